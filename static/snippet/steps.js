/**
 * Runs what a tag or a signal does. Steps are data, so that a website's policy can allow us without allowing eval.
 * @import {Grants, Step} from "./types"
 */

/**
 * @param {any} scope the page's window
 * @param {Step[] | undefined} steps
 * @param {(address: string, attributes?: Record<string, string>) => void} addScript
 * @param {(argument: any) => any} [translate] fills in what depends on the decision
 */
export function run(scope, steps, addScript, translate = (argument) => argument) {
  for (const [kind, name, ...rest] of steps || []) {
    const items = fill(rest, translate);
    if (kind == "set") scope[name] = items[0];
    if (kind == "stub") scope[name] = scope[name] || stub(items[0]);
    if (kind == "push") (scope[name] = scope[name] || []).push(...items);
    // Google's queue tells commands from events by this: an arguments object, not an array.
    if (kind == "gtag") (function () { (scope.dataLayer = scope.dataLayer || []).push(arguments); }).apply(null, /** @type {any} */ ([name, ...items]));
    if (kind == "call") call(scope, name, items);
    if (kind == "script") addScript(name, items[0]);
  }
}

/**
 * `@category` reads "granted" or "denied", `?category` true or false; so does the name of a partner, and `partner` is who is told.
 * @param {Grants} grants @param {boolean} partner
 */
export function translator({ categories, partners }, partner) {
  const known = /** @type {Record<string, boolean>} */ ({ ...partners, ...categories, partner });
  /** @param {any} argument */
  return (argument) => {
    const granted = /^[@?]/.test(argument) ? known[argument.slice(1)] : undefined;
    return granted === undefined ? argument : argument[0] == "?" ? granted : granted ? "granted" : "denied";
  };
}

/** @param {any} item @param {(argument: any) => any} translate @returns {any} */
function fill(item, translate) {
  if (item === "@now") return new Date();
  if (Array.isArray(item)) return item.map((inner) => fill(inner, translate));
  if (item && typeof item == "object") return Object.fromEntries(Object.entries(item).map((pair) => fill(pair, translate)));
  return translate(item);
}

/** The queue that Meta's and its imitators' tags look for. @param {string} queue */
function stub(queue) {
  /** @type {any} */
  const f = function () {
    f.callMethod ? f.callMethod.apply(f, arguments) : (f[queue] = f[queue] || []).push(arguments);
  };
  return Object.assign(f, { push: f, loaded: true, version: "2.0" });
}

/** @param {any} scope @param {string} path @param {any[]} items */
function call(scope, path, items) {
  const names = path.split(".");
  const last = /** @type {string} */ (names.pop());
  const owner = names.reduce((object, name) => object && object[name], scope);
  if (owner && typeof owner[last] == "function") owner[last](...items);
}
