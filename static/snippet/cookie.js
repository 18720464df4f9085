/**
 * The consent cookie's value: written, read, and chosen among several. Pure; the server has a twin, and both run tests/vectors/cookies.json.
 * @import {Choice, Exceptions, Stored} from "./types"
 */
import { OPTIONAL } from "./decide.js";

// Fields: format . version . time . letters . id . regime~signals [. exceptions]
// The id is a version 4 UUID: in base64url, its version and variant stand in the ninth and the eleventh character.
const FORM = /^1\.([0-9a-f]{12})\.([0-9a-z]{1,8})\.(-|p?f?t?)\.([\w-]{8}[Q-T][\w-][CGKOSWaeimquy26-][\w-]{10}[AQgw])\.([a-z0-9-]{1,32})~(g?)(d?)(?:\.([*!][a-z0-9-]{1,40}(?:~[*!][a-z0-9-]{1,40})*))?$/;

/** @param {Stored} stored */
export function format(stored) {
  const { signals, partners } = stored;
  const exceptions = Object.keys(partners).sort().map((slug) => (partners[slug] ? "*" : "!") + slug).join("~");
  return [1, stored.version, stored.decided_at.toString(36), letters(stored.categories), encodeId(stored.consent_id),
    stored.regime + "~" + (signals.gpc ? "g" : "") + (signals.dnt ? "d" : "")].concat(exceptions || []).join(".");
}

/** Null for anything that this format would not have written. @param {string} value @returns {Stored | null} */
export function parse(value) {
  const match = FORM.exec(value);
  if (!match || !match[3]) return null;
  const [, version, time, granted, id, regime, gpc, dnt, exceptions] = match;
  return {
    version, decided_at: parseInt(time, 36), categories: parseLetters(granted), consent_id: decodeId(id), regime,
    signals: { dnt: !!dnt, gpc: !!gpc }, partners: parseExceptions(exceptions || ""),
  };
}

/**
 * Several cookies of one name can stand on different paths and domains: the newest valid one counts, the first of equals.
 * @param {string} header document.cookie
 * @returns {{stored: Stored | null, count: number}} count: how many bear the name
 */
export function choose(header) {
  /** @type {Stored | null} */
  let newest = null;
  let count = 0;
  for (const [, value] of header.matchAll(/(?:^|;) *sayso=([^;]*)/g)) {
    const stored = parse(value);
    if (stored && (!newest || stored.decided_at > newest.decided_at)) newest = stored;
    count++;
  }
  return { stored: newest, count };
}

/** @param {Choice} categories */
function letters(categories) {
  return OPTIONAL.map((code) => categories[code] ? code[0] : "").join("") || "-";
}

/** @param {string} text @returns {Choice} */
export function parseLetters(text) {
  const [performance, functional, targeting] = OPTIONAL.map((code) => text.includes(code[0]));
  return { performance, functional, targeting };
}

/** @param {string} text @returns {Exceptions} */
export function parseExceptions(text) {
  /** @type {Exceptions} */
  const partners = {};
  for (const item of text.split("~")) if (item) partners[item.slice(1)] = item[0] == "*";
  return partners;
}

/** @param {string} uuid */
function encodeId(uuid) {
  const bytes = /** @type {string[]} */ (uuid.match(/\w\w/g)).map((pair) => parseInt(pair, 16));
  return btoa(String.fromCharCode(...bytes)).slice(0, 22).replace(/\+/g, "-").replace(/\//g, "_");
}

/** @param {string} text 22 characters @returns {string} a version 4 UUID */
function decodeId(text) {
  const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return dashed(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/** @param {Uint8Array} bytes sixteen */
export function dashed(bytes) {
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  return hex.replace(/^(.{8})(....)(....)(....)/, "$1-$2-$3-$4-");
}
