/**
 * The consent cookie's value: written, read, and chosen among several. Pure; the server has a twin, and both run tests/vectors/cookies.json.
 * @import {Choice, Exceptions, Stored} from "./types"
 */
import { OPTIONAL } from "./decide.js";

export const NAME = "sayso";

// Fields: format . version . time . letters . id . regime~signals [. exceptions]
const FORM = /^1\.([0-9a-f]{12})\.([0-9a-z]{1,8})\.(-|p?f?t?)\.([\w-]{21}[AQgw])\.([a-z0-9-]{1,32})~(g?)(d?)(?:\.([*!][a-z0-9-]{1,40}(?:~[*!][a-z0-9-]{1,40})*))?$/;
const UUID4 = /^(.{8})(.{4})(4.{3})([89ab].{3})(.{12})$/;

/** @param {Stored} stored */
export function format(stored) {
  const { signals } = stored;
  const fields = ["1", stored.version, stored.decided_at.toString(36), letters(stored.categories), encodeId(stored.consent_id),
    stored.regime + "~" + (signals.gpc ? "g" : "") + (signals.dnt ? "d" : "")];
  const exceptions = formatExceptions(stored.partners);
  return fields.concat(exceptions || []).join(".");
}

/** Null for anything that this format would not have written. @param {string} value @returns {Stored | null} */
export function parse(value) {
  const match = FORM.exec(value);
  const consent_id = match && match[3] && decodeId(match[4]);
  if (!consent_id) return null;
  const [, version, time, granted, , regime, gpc, dnt, exceptions] = match;
  return {
    version, decided_at: parseInt(time, 36), categories: parseLetters(granted), consent_id, regime,
    signals: { dnt: !!dnt, gpc: !!gpc }, partners: parseExceptions(exceptions || ""),
  };
}

/**
 * Several cookies of one name can stand on different paths and domains: the newest valid one counts, the first of equals.
 * @param {string} header document.cookie
 * @returns {{stored: Stored | null, count: number}} count: how many bear the name
 */
export function choose(header) {
  const values = header.split(";").map((pair) => pair.trim()).filter((pair) => pair.startsWith(NAME + "=")).map((pair) => pair.slice(NAME.length + 1));
  /** @type {Stored | null} */
  let newest = null;
  for (const value of values) {
    const stored = parse(value);
    if (stored && (!newest || stored.decided_at > newest.decided_at)) newest = stored;
  }
  return { stored: newest, count: values.length };
}

/** @param {Choice} categories */
export function letters(categories) {
  return OPTIONAL.map((code) => categories[code] ? code[0] : "").join("") || "-";
}

/** @param {string} text @returns {Choice} */
export function parseLetters(text) {
  const [performance, functional, targeting] = OPTIONAL.map((code) => text.includes(code[0]));
  return { performance, functional, targeting };
}

/** @param {Exceptions} partners */
export function formatExceptions(partners) {
  return Object.keys(partners).sort().map((slug) => (partners[slug] ? "*" : "!") + slug).join("~");
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
  const bytes = uuid.replace(/-/g, "").replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)));
  return btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/** @param {string} text 22 characters @returns {string} a version 4 UUID, or "" */
function decodeId(text) {
  const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const hex = [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  const parts = UUID4.exec(hex);
  return parts ? parts.slice(1).join("-") : "";
}
