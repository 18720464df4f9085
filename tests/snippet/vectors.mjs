// The cases of decisions.json, written out in full: what they leave out, and what they call by name. (pytest: tests/vector_files.py)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "../../static/snippet/cookie.js";

export const vectors = JSON.parse(readFileSync(new URL("../vectors/decisions.json", import.meta.url), "utf8"));
export const DAY = 86400;
export const NOW = vectors.moments.now;
export const OPTIONAL = ["performance", "functional", "targeting"];
export const CODES = ["strictly_necessary", ...OPTIONAL];
export const CONSENT_ID = "3f2b8c1e-9a4d-4c7b-8e21-5d6f7a8b9c0d";

export const cases = () => vectors.regimes.flatMap((group) => group.cases.map((c) => whole(group, c)));

const mapped = (keys, value) => Object.fromEntries(keys.map((key) => [key, value(key)]));
const present = (names = []) => ({ dnt: names.includes("dnt"), gpc: names.includes("gpc") });

function whole(group, { name, policy = { dnt: "honour" }, signals, stored, cookie, version = group.version, expect }) {
  if (cookie) assert.equal(parse(cookie), null, "what stands as a cookie here is corrupt");
  const live = versionOf(version);
  return {
    name: `${group.label}: ${name}`, regime: group.regime, policy, signals: present(signals), stored: stored ? storedOf(group, stored) : null,
    version: live, now: NOW, expect: { ...expect, grants: grantsOf(expect.grants, live.partners) },
  };
}

function storedOf(group, stored) {
  const { answer, days_ago = 10, seconds_ago = 0, version = "a1a1a1a1a1a1", regime = group.regime.code, signals } = stored.answer ? stored : { answer: stored };
  const { yes, partners = {} } = vectors.answers[answer];
  const categories = mapped(OPTIONAL, (code) => yes.includes(code));
  return { version, decided_at: NOW - days_ago * DAY - seconds_ago, categories, consent_id: CONSENT_ID, regime, signals: present(signals), partners };
}

/** A version may be like another one, and then says only what is different; null for a partner that left. */
function versionOf(name) {
  const { about, like, ...own } = vectors.versions[name];
  const base = like ? versionOf(like) : { categories: {}, partners: [], grace: {} };
  const partners = new Map(base.partners.map((partner) => [partner.slug, partner]));
  for (const [slug, facts] of Object.entries(own.partners || {})) partners.set(slug, facts && { ...(partners.get(slug) || { slug }), ...inSeconds(facts) });
  return {
    ...base, ...inSeconds(own), categories: { ...base.categories, ...own.categories },
    partners: [...partners.values()].filter(Boolean), grace: inSeconds(own.grace || base.grace),
  };
}

/** Moments have names there. */
const inSeconds = (facts) => mapped(Object.keys(facts), (key) => vectors.moments[facts[key]] ?? facts[key]);

function grantsOf(named, partners) {
  const slugs = partners.map(({ slug }) => slug);
  if (named.categories) {
    for (const item of [...named.categories, ...named.partners]) assert.ok(CODES.includes(item) || slugs.includes(item), item);
    return { categories: mapped(CODES, (code) => named.categories.includes(code)), partners: mapped(slugs, (slug) => named.partners.includes(slug)) };
  }
  const granted = { everything: CODES, "no sale": CODES.filter((code) => code != "targeting"), necessary: ["strictly_necessary"] }[named];
  const mayRun = ({ category, sale_or_share }) => granted.includes(category) && !(named == "no sale" && sale_or_share);
  return { categories: mapped(CODES, (code) => granted.includes(code)), partners: Object.fromEntries(partners.map((partner) => [partner.slug, mayRun(partner)])) };
}
