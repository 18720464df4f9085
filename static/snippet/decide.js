/**
 * The decision: what may run, and whether to ask. Pure and total; the server has a twin, and both run tests/vectors/decisions.json.
 * @import {Choice, Code, Decision, Exceptions, Optional, Policy, Reason, Regime, Signal, Signals, Stored, Version} from "./types"
 */

/** @type {Optional[]} in the order in which the cookie writes their letters */
export const OPTIONAL = ["performance", "functional", "targeting"];
/** @type {Code} */
export const NECESSARY = "strictly_necessary";
const DAY = 86400;

/**
 * @param {Regime} regime
 * @param {Policy} policy
 * @param {Signals} signals what the browser sends now
 * @param {Stored | null} stored the parsed consent cookie
 * @param {Version} version what is live
 * @param {number} now Unix seconds
 * @returns {Decision}
 */
export function decide(regime, policy, signals, stored, version, now) {
  const binding = bindingSignals(regime, policy, signals);
  // A clock that was wrong by more than a day proves nothing about when the answer was given.
  if (stored && stored.decided_at > now + DAY) stored = null;
  const expired = !!stored && now - stored.decided_at > lifetime(regime, stored);
  if (!stored || expired) {
    if (binding.length) return outcome("signal", version, null);
    return outcome(expired ? "expired" : "undecided", version, null);
  }
  const given = stored.signals;
  if (grantsAnything(stored) && binding.some((signal) => !given[signal])) return outcome("signal", version, null);
  return outcome(isChanged(stored, version) ? "changed" : "decided", version, stored);
}

/**
 * How long an answer is remembered, in seconds.
 * @param {{grant_days: number, refusal_days: number}} regime
 * @param {{categories: Choice, partners: Exceptions}} stored
 */
export function lifetime(regime, stored) {
  return DAY * (grantsAnything(stored) ? regime.grant_days : regime.refusal_days);
}

/**
 * The signals that speak for the visitor in this regime.
 * @param {Regime} regime @param {Policy} policy @param {Signals} signals
 * @returns {Signal[]}
 */
export function bindingSignals(regime, policy, signals) {
  return regime.signals.filter((signal) => signals[signal] && !(signal == "dnt" && policy.dnt == "disregard"));
}

/** @param {{categories: Choice, partners: Exceptions}} stored */
function grantsAnything(stored) {
  return OPTIONAL.some((code) => stored.categories[code]) || Object.values(stored.partners).includes(true);
}

/**
 * Only those who had granted a category are asked about what was added to it: asking refusers again would be nagging.
 * @param {Stored} stored @param {Version} version
 */
function isChanged(stored, version) {
  const answered = ordinal(stored, version);
  return OPTIONAL.some((code) => stored.categories[code] && (version.categories[code] > answered
    || version.partners.some((partner) => partner.category == code && partner.added > answered && own(stored.partners, partner.slug) !== false)));
}

/** @param {Reason} reason @param {Version} version @param {Stored | null} stored @returns {Decision} */
function outcome(reason, version, stored) {
  const answered = stored ? ordinal(stored, version) : 0;
  const categories = /** @type {Decision["grants"]["categories"]} */ ({ [NECESSARY]: true });
  for (const code of OPTIONAL) categories[code] = !!stored && stored.categories[code] && version.categories[code] <= answered;
  /** @type {Record<string, boolean>} */
  const partners = {};
  for (const { slug, category, added } of version.partners) {
    partners[slug] = category == NECESSARY
      || !!stored && added <= answered && (own(stored.partners, slug) ?? stored.categories[/** @type {Optional} */ (category)]);
  }
  return { show: reason == "decided" || reason == "signal" ? "nothing" : "banner", reason, grants: { categories, partners } };
}

/** An unknown version counts as the oldest. @param {Stored} stored @param {Version} version */
function ordinal(stored, version) {
  return own(version.ordinals, stored.version) || 0;
}

/**
 * A website may have put anything on Object.prototype, and a partner may be called "constructor".
 * @template T @param {Record<string, T>} map @param {string} key @returns {T | undefined}
 */
export function own(map, key) {
  return Object.prototype.hasOwnProperty.call(map, key) ? map[key] : undefined;
}
