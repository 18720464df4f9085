/**
 * The borders to the page and its browser: what may throw, be missing or be forbidden is met here, and nowhere else.
 * @import {Signals, Site, Stored} from "./types"
 */
import { choose, dashed, format } from "./cookie.js";

/** @type {Site} */
export const site = __FACTS__;
// The server leaves out what is empty.
site.partners = site.partners || [];

// An element of the page may bear any name, also this property's.
const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
/** Where this file came from; where a page has inlined it, beside the hosted pages. */
export const home = new URL(own?.src || "/s/", site.page);
const nonce = own?.nonce || "";

/** @type {Set<string>} */
const said = new Set();

/** The console hears each thing once. @param {string} message @param {any} [error] */
export function report(message, error = "") {
  if (!said.has(message)) console.warn("sayso: " + message, error);
  said.add(message);
}

/**
 * The edge: between foreign code, blocked storage or an odd DOM and us, nothing thrown gets across.
 * @template T @param {() => T} work @returns {T | undefined}
 */
export function guard(work) {
  try {
    return work();
  } catch (error) {
    report("something failed", error);
  }
}

export const now = () => Math.floor(Date.now() / 1000);

/** crypto.randomUUID is missing on plain http. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  return dashed(bytes);
}

/** @returns {Signals} */
export function readSignals() {
  const browser = /** @type {any} */ (navigator);
  return {
    // The standard allows extensions behind the 1.
    dnt: [browser.doNotTrack, browser.msDoNotTrack, /** @type {any} */ (window).doNotTrack].some((value) => value == "yes" || ("" + value)[0] == "1"),
    gpc: browser.globalPrivacyControl === true,
  };
}

// ---- cookies and storage

// On another domain than the website chose, the page asks for itself.
const domain = site.cookie_domain && ("." + location.hostname).endsWith("." + site.cookie_domain) ? "; Domain=" + site.cookie_domain : "";
/** @type {Stored | null} the answer of this page, where cookies are blocked */
let memory = null;

export const cookies = () => guard(() => document.cookie) || "";
/** @param {string} cookie */
export const setCookie = (cookie) => guard(() => { document.cookie = cookie + (location.protocol == "https:" ? "; Secure" : ""); });

/** Each look at the cookies waits for the browser. @returns {[stored: Stored | null, count: number, header: string]} count: how many bear the name */
export function readStored() {
  const header = cookies();
  const { stored, count } = choose(header);
  return [stored || memory, count, header];
}

/** @param {Stored} stored @param {number} seconds how much longer */
export function writeStored(stored, seconds) {
  setCookie("sayso=" + format(stored) + "; Path=/; SameSite=Lax; Max-Age=" + seconds + domain);
  memory = choose(cookies()).stored ? null : stored;
}

// ---- scripts

/** @type {any} made when it is first needed, null where the page refused it */
let policy;
/** @param {string} value */
const same = (value) => value;

/**
 * Gives a script its source and our nonce. Under Trusted Types the page decides whether we may: where it forbids the policy, this throws.
 * @param {HTMLScriptElement} script @param {string | null} address null for an inline one
 * @param {string} [text]
 */
export function load(script, address, text = "") {
  if (policy === undefined) {
    const rules = { createScript: same, createScriptURL: same };
    policy = null;
    policy = /** @type {any} */ (window).trustedTypes?.createPolicy("sayso", rules) || rules;
  }
  // Some tags read their settings from the text of the script that loads them.
  if (text) script.text = policy.createScript(text);
  if (address != null) script.src = policy.createScriptURL(address);
  script.nonce = script.nonce || nonce;
}
