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
    const filled = rest.map((item) => fill(item, translate));
    if (kind == "set") scope[name] = filled[0];
    else if (kind == "stub") scope[name] = scope[name] || stub(rest[0]);
    else if (kind == "push") (scope[name] = scope[name] || []).push(...filled);
    else if (kind == "gtag") (scope.dataLayer = scope.dataLayer || []).push(asArguments(fill(name, translate), ...filled));
    else if (kind == "call") call(scope, name, filled);
    else if (kind == "script") addScript(name, rest[0]);
  }
}

/**
 * `@category` reads "granted" or "denied", `?category` true or false; `@partner` is the partner's own grant.
 * @param {Grants} grants @param {boolean} partner
 */
export function translator(grants, partner) {
  /** @param {any} argument */
  return (argument) => {
    const [, mark, name] = typeof argument == "string" && /^([@?])(\w+)$/.exec(argument) || [];
    const granted = name == "partner" ? partner : /** @type {Record<string, boolean>} */ (grants.categories)[name];
    if (!mark || granted === undefined) return argument;
    return mark == "?" ? granted : granted ? "granted" : "denied";
  };
}

/** @param {any} item @param {(argument: any) => any} translate @returns {any} */
function fill(item, translate) {
  if (item == "@now") return new Date();
  if (Array.isArray(item)) return item.map((inner) => fill(inner, translate));
  if (item && typeof item == "object") return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, fill(inner, translate)]));
  return translate(item);
}

/** Google's queue tells commands from events by this: an arguments object, not an array. */
function asArguments(/** @type {any[]} */ ..._items) {
  return arguments;
}

/** The queue that Meta's and its imitators' tags look for. @param {string} queue */
function stub(queue) {
  /** @type {any} */
  const f = function () {
    if (f.callMethod) f.callMethod.apply(f, arguments);
    else (f[queue] = f[queue] || []).push(arguments);
  };
  f.push = f;
  f.loaded = true;
  f.version = "2.0";
  return f;
}

/** @param {any} scope @param {string} path @param {any[]} items */
function call(scope, path, items) {
  let owner = scope;
  let target = scope;
  for (const name of path.split(".")) {
    owner = target;
    target = target && target[name];
  }
  if (typeof target == "function") target.apply(owner, items);
}
