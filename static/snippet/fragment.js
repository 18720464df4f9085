/**
 * What comes in the address: the choice that the hosted preference page sends back, `#sayso=pf.*video~!ads`, or the token of a preview link,
 * `#sayso=preview.TOKEN`. Pure.
 * @import {Choice, Exceptions} from "./types"
 */
import { parseExceptions, parseLetters } from "./cookie.js";

const FORM = /^#sayso=(-|p?f?t?)(?:\.([*!][a-z0-9-]{1,40}(?:~[*!][a-z0-9-]{1,40})*))?$/;

/** @param {string} hash @returns {{categories: Choice, partners: Exceptions} | null} null where nothing valid came back */
export function returned(hash) {
  const match = FORM.exec(hash);
  return match && match[1] ? { categories: parseLetters(match[1]), partners: parseExceptions(match[2] || "") } : null;
}

/** @param {string} hash @returns {string | undefined} */
export const previewed = (hash) => /^#sayso=preview\.([\w:-]{20,400})$/.exec(hash)?.[1];
