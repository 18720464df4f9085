// Inputs of a decision by chance, the same in every run: a seed, and generators on top of it.
import { CODES, CONSENT_ID, DAY, NOW, OPTIONAL, vectors } from "./vectors.mjs";

const DIGESTS = ["a1a1a1a1a1a1", "b2b2b2b2b2b2", "c3c3c3c3c3c3", "d4d4d4d4d4d4"];
const SLUGS = ["analytics", "ads", "chat", "constructor", "video", "sign-in"];
const ROWS = vectors.regimes.map(({ regime }) => regime);
const REGIME_CODES = [...new Set(ROWS.map(({ code }) => code)), "zz-1999"];

/** mulberry32: 32 bits of state, and all that is needed here. @param {number} seed */
export function chance(seed) {
  const next = () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
  const whole = (from, to) => from + Math.floor(next() * (to - from + 1));
  const is = (share) => next() < share;
  const one = (items) => items[whole(0, items.length - 1)];
  const some = (items) => items.filter(() => is(0.5));
  const map = (keys, value) => Object.fromEntries(keys.map((key) => [key, value()]));
  const moment = () => one([0, NOW - DAY, NOW, NOW + 1, NOW + 7 * DAY]);
  const signals = () => map(["dnt", "gpc"], () => is(0.4));
  /** As older versions have it: what they do not know is missing. */
  const without = (object, ...optional) => Object.fromEntries(Object.entries(object).filter(([key]) => !optional.includes(key) || is(0.7)));

  const row = () => is(0.5) ? one(ROWS) : without({
    code: one(REGIME_CODES), model: one(["opt_in", "opt_out", "notice"]), signals: some(["dnt", "gpc"]), grant_days: whole(1, 500), refusal_days: whole(1, 800),
    defaults: map(OPTIONAL, () => is(0.5)), reach: one(["all", "sale_or_share"]), accepts: one([null, some(REGIME_CODES)]),
  }, "defaults", "reach", "accepts");
  /** Often at one of the edges, to the second; negative for a clock that ran backwards. */
  const age = ({ grant_days, refusal_days }) =>
    one([0, -3600, -DAY, -2 * DAY, grant_days * DAY, refusal_days * DAY, whole(-3 * DAY, 900 * DAY)]) + one([-1, 0, 0, 1]);
  const stored = (regime) => ({
    version: one(DIGESTS), decided_at: NOW - age(regime), categories: map(OPTIONAL, () => is(0.6)), consent_id: CONSENT_ID,
    regime: one([regime.code, one(REGIME_CODES)]), signals: signals(), partners: map(some(SLUGS.slice(0, 4)), () => is(0.5)),
  });
  const version = () => without({
    digest: one(DIGESTS.slice(0, 3)), ordinals: map(some(DIGESTS.slice(0, 3)), () => whole(1, 4)), categories: map(OPTIONAL, () => whole(0, 4)),
    partners: some(SLUGS).map((slug) => without({ slug, category: one(CODES), added: whole(1, 4), sale_or_share: is(0.4), starts_at: moment() }, "sale_or_share", "starts_at")),
    grace: map(some(["1", "2", "3", "4"]), moment), announce_until: moment(),
  }, "grace", "announce_until");

  return {
    is, one, some, whole, signals,
    input() {
      const regime = row();
      return { regime, policy: { dnt: one(["honour", "disregard"]) }, signals: signals(), stored: is(0.15) ? null : stored(regime), version: version(), now: NOW };
    },
  };
}
