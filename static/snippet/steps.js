/**
 * Runs what a tag or a signal does. Steps are data, so that a website's policy can allow us without allowing eval.
 * @import {Grants, Step} from "./types"
 */

/** What few websites' steps do is a part of its own (stub.js), which puts itself here. @type {{stub?: (scope: any, name: string, queue: string) => void}} */
export const kinds = {};

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
    if (kind == "stub") kinds.stub?.(scope, name, items[0]);
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

/** @param {any} scope @param {string} path @param {any[]} items */
function call(scope, path, items) {
  const names = path.split(".");
  const last = /** @type {string} */ (names.pop());
  const owner = names.reduce((object, name) => object && object[name], scope);
  if (owner && typeof owner[last] == "function") owner[last](...items);
}
