/**
 * What counts as sale or sharing where the law gives a right against it: targeting, and whoever is marked so.
 * @import {Exceptions} from "./types"
 */
import { NECESSARY, SIGNALS } from "./decide.js";
import { tools } from "./lent.js";

const { choose, site, state } = tools;

/** The answer that opts out of sale and sharing, or in again; the rest stays as it is. @param {boolean} allowed */
export function withSale(allowed) {
  /** @type {Exceptions} */
  const partners = {};
  for (const { slug, category, sale_or_share } of site.partners) if (sale_or_share && category != NECESSARY) partners[slug] = allowed;
  return choose({ targeting: allowed }, partners);
}

/** Whether a signal has opted the visitor out, and still does. */
export function isHonoured() {
  const { decision: { grants }, regime, signals } = state;
  const { signals: bound = SIGNALS } = regime;
  return bound.some((signal) => signals[signal] && !(signal == "dnt" && site.policy.dnt == "disregard")) && !grants.categories.targeting;
}
