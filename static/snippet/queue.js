/**
 * Events on their way to the record. They wait in localStorage, so that a closed tab or a server that is down loses none.
 * Nothing is stored before a decision: the queue only ever holds decisions.
 */

export const KEY = "sayso-queue";
const MOST = 20;

/**
 * @typedef {{event_id: string}} Queued
 * @typedef {{ok: boolean, status: number, json(): Promise<any>}} Answer
 */

/**
 * @param {() => Storage} storage may throw, where storage is blocked
 * @param {(body: string) => Promise<Answer>} send
 * @param {(message: string) => void} report
 */
export function createQueue(storage, send, report) {
  /** What this page knows to be on its way, also where storage is blocked. @type {Map<string, Queued>} */
  const open = new Map();

  /** @returns {Queued[]} */
  function read() {
    try {
      const events = JSON.parse(storage().getItem(KEY) || "[]");
      return Array.isArray(events) ? events.filter((event) => event && event.event_id) : [];
    } catch {
      return [];
    }
  }

  /** @param {Queued[]} events */
  function write(events) {
    try {
      if (events.length) storage().setItem(KEY, JSON.stringify(events.slice(-MOST)));
      else storage().removeItem(KEY);
    } catch { /* blocked or full: the event is still sent, it only does not outlive the page */ }
  }

  /** @param {Queued} event @returns {Promise<any>} the acknowledgement, or nothing */
  async function deliver(event) {
    const answer = await send(JSON.stringify(event)).catch(() => null);
    if (!answer || answer.status == 429 || answer.status >= 500) return;
    open.delete(event.event_id);
    // Read again: another tab may have queued or delivered meanwhile.
    write(read().filter((other) => other.event_id != event.event_id));
    if (answer.ok) return answer.json().catch(() => {});
    report("the record refused an event, status " + answer.status);
  }

  return {
    /** @param {Queued} event */
    add(event) {
      open.set(event.event_id, event);
      write([...read(), event]);
      return deliver(event);
    },
    /** What an earlier page, or a moment without network, left behind. */
    flush() {
      for (const event of new Map([...open, ...read().map((event) => /** @type {const} */ ([event.event_id, event]))]).values()) deliver(event);
    },
    /** @returns {string[]} what this page has sent without an answer */
    unanswered: () => [...open.values()].map((event) => JSON.stringify(event)),
  };
}
