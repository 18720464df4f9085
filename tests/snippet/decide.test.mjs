import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../static/snippet/decide.js";
import { cases, vectors } from "./vectors.mjs";

const all = cases();

test("decisions: every row of the table has its cases", () => {
  assert.ok(all.length >= 150);
  for (const { label, cases } of vectors.regimes) assert.ok(cases.length, label);
});

for (const c of all) {
  test(`decide: ${c.name}`, () => {
    const before = JSON.stringify(c);
    assert.deepEqual(decide(c.regime, c.policy, c.signals, c.stored, c.version, c.now), c.expect);
    assert.equal(JSON.stringify(c), before, "a pure rule leaves its input alone");
  });
}

test("decide: a partner named like a property of every object", () => {
  const { regime, policy, version, now } = all[0];
  const partners = [{ slug: "constructor", category: "performance", added: 1 }];
  const decision = decide(regime, policy, { dnt: false, gpc: false }, null, { ...version, partners }, now);
  assert.equal(decision.grants.partners.constructor, false);
});
