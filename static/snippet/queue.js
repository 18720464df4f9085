/**
 * Events on their way to the record. They wait in the browser's storage, so that a closed tab or a server that is down loses none.
 * Nothing is stored before a decision: the queue only ever holds decisions.
 */

export const KEY = "sayso-queue";
const MOST = 20;

/**
 * @typedef {{event_id: string, [field: string]: any}} Queued
 * @typedef {{ok: boolean, status: number, json(): Promise<any>}} Answer
 */

/**
 * @param {() => any} recall what is kept; anything at all, where somebody else wrote it
 * @param {(events: Queued[]) => void} keep
 * @param {(body: string) => Promise<Answer>} send
 * @param {(message: string) => void} report
 */
export function createQueue(recall, keep, send, report) {
  /** Read afresh each time: another tab may have queued or delivered meanwhile. @returns {Queued[]} */
  const list = () => [].concat(recall()).filter((/** @type {any} */ event) => event?.event_id);

  /** What is underway is not sent beside it. @type {Record<string, Promise<any> | 0>} */
  const underway = {};
  /** @param {Queued} event @returns {Promise<any>} the acknowledgement, or nothing */
  const deliver = ({ event_id, ...rest }) => underway[event_id] = underway[event_id] || Promise.resolve(JSON.stringify({ event_id, ...rest })).then(send).then((answer) => {
    if (answer.status == 429 || answer.status > 499) throw answer;
    keep(list().filter((event) => event_id != event.event_id));
    if (answer.ok) return answer.json();
    report("refused: " + answer.status);
  }).catch(() => { underway[event_id] = 0; });

  return {
    list,
    /** Keeps it at once. @param {Queued} event @returns what delivers it */
    add(event) {
      keep([...list(), event].slice(-MOST));
      return () => deliver(event);
    },
    /** What an earlier page, or a moment without network, left behind. */
    flush: () => list().forEach(deliver),
  };
}
