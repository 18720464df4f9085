// What holds of every decision, whatever the row, the version, the answer and the clock. The server's twin is held to the same laws in tests/property.
import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, format, parse } from "../../static/snippet/cookie.js";
import { decide } from "../../static/snippet/decide.js";
import { chance } from "./chance.mjs";
import { CODES, DAY, OPTIONAL, vectors } from "./vectors.mjs";

const INPUTS = 3000;
const NEVER = { dnt: false, gpc: false };
const NECESSARY = "strictly_necessary";
const run = (c) => decide(c.regime, c.policy, c.signals, c.stored, c.version, c.now);

/** Codes and slugs of what may run. */
const granted = ({ grants }) => [grants.categories, grants.partners].flatMap((map) => Object.keys(map).filter((name) => map[name]));
const within = (few, many, input) => assert.deepEqual(granted(few).filter((name) => !granted(many).includes(name)), [], JSON.stringify(input));

/** @param {string} name @param {(input: any, random: ReturnType<typeof chance>) => void} holds */
function law(name, holds) {
  test(`law: ${name}`, () => {
    const random = chance(name.length);
    for (let i = 0; i < INPUTS; i++) holds(random.input(), random);
  });
}

law("a binding signal never adds a grant", (input) => within(run(input), run({ ...input, signals: NEVER }), input));

law("honouring a signal never adds a grant", (input) =>
  within(run({ ...input, policy: { dnt: "honour" } }), run({ ...input, policy: { dnt: "disregard" } }), input));

law("a signal that came after the answer stops every sale", (input) => {
  const { reach, signals } = input.regime;
  if (!signals.includes("gpc")) return;
  const { grants } = run({ ...input, stored: input.stored && { ...input.stored, signals: NEVER }, signals: { dnt: false, gpc: true } });
  for (const code of OPTIONAL) if (code == "targeting" || reach != "sale_or_share") assert.equal(grants.categories[code], false, JSON.stringify(input));
  for (const { slug, category, sale_or_share } of input.version.partners) {
    if (category != NECESSARY && (category == "targeting" || sale_or_share || reach != "sale_or_share")) assert.equal(grants.partners[slug], false, JSON.stringify(input));
  }
});

law("what is strictly necessary is always granted, from the day it starts", (input) => {
  const { grants } = run(input);
  assert.equal(grants.categories[NECESSARY], true);
  for (const { slug, category, starts_at = 0 } of input.version.partners) {
    if (category == NECESSARY) assert.equal(grants.partners[slug], starts_at <= input.now, JSON.stringify(input));
    else if (starts_at > input.now) assert.equal(grants.partners[slug], false, JSON.stringify(input));
  }
});

test("law: an unknown place is never laxer than any row of the website", () => {
  const random = chance(1);
  // The row of a website in the EU and California is as strict as that of one in every regime.
  const groups = vectors.regimes.filter(({ regime }) => regime.code == "unknown");
  for (const { regime: everybodyElse, memory } of groups) {
    const rows = vectors.regimes.filter((group) => !group.published && JSON.stringify(group.memory) == JSON.stringify(memory));
    for (let i = 0; i < INPUTS; i++) {
      const input = random.input();
      const there = run({ ...input, regime: everybodyElse });
      for (const { regime } of rows) within(there, run({ ...input, regime }), { ...input, regime });
    }
  }
});

law("a refusal is never turned into a grant", (input) => {
  const { stored, version } = input;
  if (!stored) return;
  const { grants } = run(input);
  for (const code of OPTIONAL) if (!stored.categories[code]) assert.equal(grants.categories[code], false, JSON.stringify(input));
  for (const { slug, category, added, sale_or_share } of version.partners) {
    if (category == NECESSARY) continue;
    const exception = Object.hasOwn(stored.partners, slug) ? stored.partners[slug] : stored.categories[category];
    const isLaterBuyer = input.regime.reach == "sale_or_share" && sale_or_share && !stored.categories.targeting && added > (version.ordinals[stored.version] || 0);
    if (!exception || isLaterBuyer) assert.equal(grants.partners[slug], false, JSON.stringify(input));
  }
});

/** Given today, in this place. */
const held = (input) => input.stored && {
  ...input, regime: { ...input.regime, accepts: null }, stored: { ...input.stored, decided_at: input.now, regime: input.regime.code },
};

law("who refused is never asked because something changed", (input) => {
  const today = held(input);
  if (!today) return;
  const refused = { ...today.stored, categories: { performance: false, functional: false, targeting: false }, partners: {} };
  const { show, reason } = run({ ...today, stored: refused });
  // To be told what changed is not to be asked.
  assert.ok(show == "nothing" || show == "notice" && reason == "announced", JSON.stringify(input));
});

law("what came after the answer is off while the answer holds", (input) => {
  const today = held(input);
  if (!today) return;
  const answered = today.version.ordinals[today.stored.version] || 0;
  const { grants } = run(today);
  for (const code of OPTIONAL) if (today.version.categories[code] > answered) assert.equal(grants.categories[code], false, JSON.stringify(input));
  for (const { slug, category, added } of today.version.partners) {
    if (category != NECESSARY && added > answered) assert.equal(grants.partners[slug], false, JSON.stringify(input));
  }
});

law("nothing optional runs before a yes where one is asked for", (input) => {
  const regime = { ...input.regime, model: "opt_in", defaults: {} };
  const { grants } = run({ ...input, regime, stored: null });
  assert.deepEqual(OPTIONAL.filter((code) => grants.categories[code]), []);
  for (const { slug, category } of input.version.partners) if (category != NECESSARY) assert.equal(grants.partners[slug], false, JSON.stringify(input));
});

law("total, deterministic, and nothing that it was not asked about", (input, random) => {
  const cookie = input.stored && { ...input.stored, decided_at: random.whole(0, 36 ** 8 - 1) };
  const whole = { ...input, stored: cookie && parse(format(cookie)) };
  if (cookie) assert.deepEqual(whole.stored, cookie);
  const decision = run(whole);
  assert.deepEqual(run(JSON.parse(JSON.stringify(whole))), decision);
  assert.ok(["banner", "notice", "nothing"].includes(decision.show));
  assert.ok(["undecided", "expired", "moved", "signal", "changed", "announced", "decided"].includes(decision.reason));
  assert.deepEqual(Object.keys(decision.grants.categories), CODES);
  assert.deepEqual(Object.keys(decision.grants.partners), whole.version.partners.map(({ slug }) => slug));
});

law("a corrupt cookie equals no cookie", (input, random) => {
  if (!input.stored) return;
  const value = format({ ...input.stored, decided_at: Math.max(0, input.stored.decided_at) });
  const at = random.whole(0, value.length);
  const broken = value.slice(0, at) + random.some(["~", ".", "!", "A", "%", "é"]).join("") + value.slice(at + random.whole(0, 3));
  // A change may happen to give another cookie that is whole.
  if (parse(broken)) return;
  const { stored } = choose(`a=1; sayso=${broken}; b=2`);
  assert.equal(stored, null, broken);
  assert.deepEqual(run({ ...input, stored }), run({ ...input, stored: null }));
});

law("time never adds a grant to an answer", (input) => {
  if (!input.stored || input.stored.decided_at > input.now) return;
  const version = { ...input.version, partners: input.version.partners.map((partner) => ({ ...partner, starts_at: 0 })) };
  const byDefault = granted(run({ ...input, version, stored: null }));
  const now = [...granted(run({ ...input, version })), ...byDefault];
  for (const days of [1, 400, 50_000]) {
    assert.deepEqual(granted(run({ ...input, version, now: input.now + days * DAY })).filter((name) => !now.includes(name)), [], JSON.stringify(input));
  }
});

law("what a row leaves out is as in the strictest row", (input) => {
  const { code, grant_days, refusal_days, accepts } = input.regime;
  const said = { code, grant_days, refusal_days, accepts };
  const strictest = { ...said, model: "opt_in", signals: ["dnt", "gpc"], defaults: { performance: false, functional: false, targeting: false }, reach: "all" };
  assert.deepEqual(run({ ...input, regime: said }), run({ ...input, regime: strictest }));
});
