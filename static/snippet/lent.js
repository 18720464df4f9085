/**
 * What the later files work with: the facts composed into the second file and the words of each, and the first file's tools.
 * @import {Details, Tools} from "./types"
 */

// Past the document itself: there, an element of the page that bears this name would answer.
/** @type {Tools} */
export const tools = /** @type {any} */ (Document.prototype).__lookupGetter__("currentScript").call(document).sayso;
/** @type {Details} */
export const details = tools.details ? { ...tools.details, ...__FACTS__, texts: { ...tools.details.texts, ...__FACTS__.texts } } : __FACTS__;

/** @type {Record<string, Promise<any>>} */
const files = {};

/** Loads another file of ours, once, and lends it all this. @param {string} name @param {(file: any) => void} then @param {() => void} [otherwise] */
export function withFile(name, then, otherwise) {
  const file = files[name] = files[name] || new Promise((ready, failed) => {
    const script = tools.addScript(new URL(details.files[name], tools.home).href);
    Object.assign(script, { sayso: { ...tools, details, ready } });
    script.onerror = failed;
  });
  // What could not be had is asked for again the next time.
  file.then((lent) => tools.guard(() => then(lent)), () => { delete files[name]; otherwise?.(); });
}
