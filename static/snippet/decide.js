/**
 * The decision: what may run, and whether to ask. Pure and total; the server has a twin, and both run tests/vectors/decisions.json.
 * @import {Choice, Code, Decision, Exceptions, Grants, Optional, Policy, Reason, Regime, Signals, Stored, Version} from "./types"
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
  const binding = regime.signals.filter((signal) => signals[signal] && !(signal == "dnt" && policy.dnt == "disregard"));
  const reason = standing(regime, stored, now);
  if (reason != "decided" || !stored) return outcome(binding.length ? "signal" : reason, version, null);
  // A grant holds against a signal only if the signal was there when it was given.
  const { signals: given } = stored;
  return grantsAnything(stored) && binding.some((signal) => !given[signal]) ? outcome("signal", version, null) : outcome(reason, version, stored);
}

/** @param {Regime} regime @param {Stored | null} stored @param {number} now @returns {Reason} */
function standing(regime, stored, now) {
  // A clock that was wrong by more than a day proves nothing about when the answer was given.
  if (!stored || stored.decided_at > now + DAY) return "undecided";
  return now - stored.decided_at > lifetime(regime, stored) ? "expired" : "decided";
}

/**
 * How long an answer is remembered, in seconds.
 * @param {{grant_days: number, refusal_days: number}} regime
 * @param {{categories: Choice, partners: Exceptions}} stored
 */
export function lifetime(regime, stored) {
  return DAY * (grantsAnything(stored) ? regime.grant_days : regime.refusal_days);
}

/** @param {{categories: Choice, partners: Exceptions}} stored */
function grantsAnything({ categories, partners }) {
  return OPTIONAL.some((code) => categories[code]) || Object.values(partners).includes(true);
}

/**
 * What was added after the answered version is off until answered; an unknown version counts as the oldest.
 * @param {Reason} reason @param {Version} version @param {Stored | null} stored @returns {Decision}
 */
function outcome(reason, version, stored) {
  const answered = stored && own(version.ordinals, stored.version) || 0;
  /** @param {Code} code */
  const gave = (code) => !!stored && stored.categories[/** @type {Optional} */ (code)];
  const grants = /** @type {Grants} */ ({ categories: { [NECESSARY]: true }, partners: {} });
  /** Only those who had granted a category are asked about what was added to it: asking refusers again would be nagging. @param {boolean} granted @param {number} added */
  const judge = (granted, added) => {
    if (granted && added > answered) reason = "changed";
    return granted && added <= answered;
  };
  for (const code of OPTIONAL) grants.categories[code] = judge(gave(code), version.categories[code]);
  for (const { slug, category, added } of version.partners) {
    const exception = stored ? own(stored.partners, slug) : undefined;
    grants.partners[slug] = category == NECESSARY || judge(exception !== false && gave(category), added) || !!exception && added <= answered;
  }
  return { show: reason == "decided" || reason == "signal" ? "nothing" : "banner", reason, grants };
}

/**
 * A website may have put anything on Object.prototype, and a partner may be called "constructor".
 * @template T @param {Record<string, T>} map @param {string} key @returns {T | undefined}
 */
export function own(map, key) {
  return Object.prototype.hasOwnProperty.call(map, key) ? map[key] : undefined;
}
