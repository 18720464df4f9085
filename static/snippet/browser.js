/**
 * The borders to the page and its browser: what may throw, be missing or be forbidden is met here, and nowhere else.
 * @import {Signals, Site} from "./types"
 */
import { choose, format, NAME } from "./cookie.js";
import { lifetime } from "./decide.js";
import { matches, places } from "./patterns.js";

/** @type {Site} */
export const site = __SITE__;

const own = /** @type {HTMLScriptElement | null} */ (document.currentScript);
/** Where this file came from; where a page has inlined it, beside the hosted pages. */
export const home = new URL(own && own.src || "/s/", site.pages.preferences);
export const nonce = own && own.nonce || "";

/** @type {Set<string>} */
const said = new Set();

/** The console hears each thing once. @param {string} message @param {any} [error] */
export function report(message, ...error) {
  if (!said.has(message)) console.warn("sayso: " + message, ...error);
  said.add(message);
}

/**
 * The outermost edge: between foreign code or foreign DOM and us, nothing thrown gets across.
 * @template T @param {() => T} work @returns {T | undefined}
 */
export function guard(work) {
  try {
    return work();
  } catch (error) {
    report("something went wrong", error);
  }
}

export const now = () => Math.floor(Date.now() / 1000);

/** crypto.randomUUID is missing on plain http, so it is made by hand. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(....)(....)(....)/, "$1-$2-$3-$4-");
}

/** @returns {Signals} */
export function readSignals() {
  const browser = /** @type {any} */ (navigator);
  const dnt = [browser.doNotTrack, browser.msDoNotTrack, /** @type {any} */ (window).doNotTrack];
  // The standard allows extensions behind the 1.
  return { dnt: dnt.some((value) => /^(1|yes$)/.test(value)), gpc: browser.globalPrivacyControl === true };
}

// ---- the consent cookie

/** @type {import("./types").Stored | null} the answer of this page, where cookies are blocked */
let memory = null;
const secure = location.protocol == "https:" ? "; Secure" : "";

export function readStored() {
  const { stored, count } = choose(cookies());
  if (count > 1 && stored) {
    forget([NAME]);
    writeStored(stored);
  }
  return stored || memory;
}

/** @param {import("./types").Stored} stored */
export function writeStored(stored) {
  const left = stored.decided_at + lifetime(site.regime, stored) - now();
  // Two on different levels are healed by the next reading; one that can't be written is remembered for this page.
  setCookie(NAME + "=" + format(stored) + "; Path=/; Max-Age=" + left + "; SameSite=Lax");
  memory = choose(cookies()).stored ? null : stored;
}

/** @param {string} cookie */
function setCookie(cookie) {
  try {
    document.cookie = cookie + secure;
  } catch { /* a sandboxed page has no cookies */ }
}

function cookies() {
  try {
    return document.cookie;
  } catch {
    return "";
  }
}

/** Removes cookies of this page by name or pattern, on every level where they may stand. @param {string[]} patterns */
export function forget(patterns) {
  const names = cookies().split(";").map((pair) => pair.split("=")[0].trim());
  for (const name of names) {
    if (!patterns.some((pattern) => matches(pattern, name))) continue;
    for (const place of places(location.hostname, location.pathname)) setCookie(name + "=; Max-Age=0" + place);
  }
}

/** @param {string[]} patterns */
export function forgetStorage(patterns) {
  for (const area of /** @type {const} */ (["localStorage", "sessionStorage"])) {
    try {
      for (const key of Object.keys(window[area])) if (patterns.some((pattern) => matches(pattern, key))) window[area].removeItem(key);
    } catch { /* storage is blocked: nothing stands there */ }
  }
}

// ---- scripts

/** @type {any} undefined until it is needed, null where the page refuses it */
let policy;

/**
 * Under Trusted Types the page decides whether we may start scripts at all.
 * @param {"createScript" | "createScriptURL"} kind @param {string} text
 * @returns {any} null where it may not
 */
function trusted(kind, text) {
  const factory = /** @type {any} */ (window).trustedTypes;
  if (!factory) return text;
  if (policy === undefined) {
    try {
      /** @param {string} value */
      const same = (value) => value;
      policy = factory.createPolicy("sayso", { createScript: same, createScriptURL: same });
    } catch {
      policy = null;
      report("this page's Trusted Types do not allow the policy \"sayso\": gated scripts stay off");
    }
  }
  return policy && policy[kind](text);
}

/**
 * Gives a script that is not in the page yet its source, our nonce and permission.
 * @param {HTMLScriptElement} script @param {string | null} address @param {string} [text]
 * @returns {boolean} false where the page forbids it
 */
export function load(script, address, text) {
  const allowed = address == null ? trusted("createScript", text || "") : trusted("createScriptURL", address);
  if (allowed === null) return false;
  if (address == null) script.text = allowed;
  else script.src = allowed;
  script.nonce = script.nonce || nonce;
  return true;
}

/** An asynchronous script at the end of the head. @param {string} address @param {Record<string, string>} [attributes] */
export function addScript(address, attributes) {
  const script = document.createElement("script");
  for (const [name, value] of Object.entries(attributes || {})) script.setAttribute(name, value);
  if (!load(script, address)) return null;
  (document.head || document.documentElement).append(script);
  return script;
}
