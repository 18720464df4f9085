/**
 * The decision: what may run, and what to show. Pure and total; the server has a twin, and both run tests/vectors/decisions.json.
 * @import {Code, Decision, Grants, Optional, Policy, Reason, Regime, Signal, Signals, Stored, Version} from "./types"
 */

import { LAWS } from "./laws.js";

/** @type {Optional[]} in the order in which the cookie writes their letters */
export const OPTIONAL = ["performance", "functional", "targeting"];
/** @type {Code} */
export const NECESSARY = "strictly_necessary";
const DAY = 86400;
/** @type {Signal[]} what binds where a row says nothing else */
export const SIGNALS = ["dnt", "gpc"];

/** Where a row says nothing else, nothing runs before a yes. @param {{model?: string}} regime */
export const asksFirst = ({ model }) => !LAWS || !model || model == "opt_in";

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
  const isOptIn = asksFirst(regime);
  const isSale = LAWS && regime.reach == "sale_or_share";
  const binding = (LAWS && regime.signals || SIGNALS).filter((signal) => signals[signal] && (!LAWS || signal != "dnt" || policy.dnt != "disregard"));
  const reason = standing(regime, stored, now);
  const held = reason == "decided" && stored;
  // A grant holds against a signal only if the signal was there when it was given.
  const silenced = binding.some((signal) => !held || !held.signals[signal]);
  // An unknown version counts as the oldest.
  const answered = stored && own(version.ordinals, stored.version) || 0;
  let asks = false;
  let cuts = false;

  /** @param {string} code @param {number} added @param {boolean} [exception] @param {boolean} [forSale] @param {number} [startsAt] */
  const judge = (code, added, exception, forSale, startsAt = 0) => {
    const followed = !!stored && stored.categories[/** @type {Optional} */ (code)];
    // What the law exempts from the question stays with the website: no partner that counts as sale does.
    const isDefault = LAWS && !!own(regime.defaults || {}, code) && !(forSale && isOptIn);
    if (!(stored ? exception ?? followed : isDefault) || !held && !isDefault) return false;
    if (silenced && (!isSale || code == "targeting" || forSale)) return !(cuts = true);
    if (LAWS && startsAt > now) return false;
    // Who opted out of sale has opted out of later buyers too, also once the answer is too old.
    const isOut = isSale && forSale && stored && !stored.categories.targeting;
    if (added <= answered || LAWS && !held && !isOut) return true;
    // Asking those who refused, or sooner than announced, would be nagging.
    if (followed && !isOut && !(LAWS && now < (own(version.grace || {}, added) || 0))) asks = true;
    return false;
  };

  const grants = /** @type {Grants} */ ({ categories: { [NECESSARY]: true }, partners: {} });
  for (const code of OPTIONAL) grants.categories[code] = judge(code, version.categories[code]);
  for (const partner of version.partners) {
    const { slug, category, added } = partner;
    grants.partners[slug] = category == NECESSARY ? !LAWS || (partner.starts_at || 0) <= now : judge(category, added, stored ? own(stored.partners, slug) : undefined, LAWS && partner.sale_or_share, LAWS ? partner.starts_at : 0);
  }
  const isNews = LAWS && answered < (own(version.ordinals, version.digest) || 0) && now < (version.announce_until || 0);
  /** @type {Reason} */
  const why = !held ? binding[0] ? "signal" : reason : asks ? "changed" : cuts ? "signal" : isNews ? "announced" : reason;
  return { show: why == "decided" || why == "signal" ? "nothing" : isOptIn && !(LAWS && why == "announced") ? "banner" : "notice", reason: why, grants };
}

/** @param {Regime} regime @param {Stored | null} stored @param {number} now @returns {Reason} */
function standing(regime, stored, now) {
  // A clock that was wrong by more than a day proves nothing about when the answer was given.
  if (!stored || stored.decided_at > now + DAY) return "undecided";
  if (now - stored.decided_at > lifetime(regime, stored)) return "expired";
  // A refusal is one everywhere. A yes counts only where the law under which it was given asked for one as well.
  return regime.accepts && !regime.accepts.includes(stored.regime) && grantsAnything(stored) ? "moved" : "decided";
}

/**
 * Until the visitor may be asked again, in seconds. Where the law is about sale, a refusal of anything counts as one.
 * @param {{reach?: string, grant_days: number, refusal_days: number}} regime
 * @param {Pick<Stored, "categories" | "partners">} stored
 */
export function lifetime({ reach, grant_days, refusal_days }, stored) {
  return DAY * ((LAWS && reach == "sale_or_share" ? !answers(stored).includes(false) : grantsAnything(stored)) ? grant_days : refusal_days);
}

/**
 * For how long the browser keeps an answer, in seconds. Where things run until they are refused, a refusal that is forgotten would be a
 * yes: there it is kept as long as browsers allow.
 * @param {{model?: string, reach?: string, grant_days: number, refusal_days: number}} regime @param {Pick<Stored, "categories" | "partners">} stored
 */
export const keeping = (regime, stored) => asksFirst(regime) ? lifetime(regime, stored) : 400 * DAY;

/** @param {Pick<Stored, "categories" | "partners">} stored */
const answers = ({ categories, partners }) => OPTIONAL.map((code) => categories[code]).concat(Object.values(partners));

/** @param {Pick<Stored, "categories" | "partners">} stored */
const grantsAnything = (stored) => answers(stored).includes(true);

/**
 * A website may have put anything on Object.prototype, and a partner may be called "constructor".
 * @template T @param {Record<string, T>} map @param {string | number} key @returns {T | undefined}
 */
export function own(map, key) {
  return Object.prototype.hasOwnProperty.call(map, key) ? map[key] : undefined;
}
