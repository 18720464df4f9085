import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decide } from "../../static/snippet/decide.js";

const { cases } = JSON.parse(readFileSync(new URL("../vectors/decisions.json", import.meta.url), "utf8"));

test("decisions: the opt-in regime has its table of cases", () => assert.ok(cases.filter((c) => c.regime.model == "opt_in").length >= 45));

for (const c of cases) {
  test(`decide: ${c.name}`, () => {
    const before = JSON.stringify(c);
    assert.deepEqual(decide(c.regime, c.policy, c.signals, c.stored, c.version, c.now), c.expect);
    assert.equal(JSON.stringify(c), before, "a pure rule leaves its input alone");
  });
}

test("decide: a partner named like a property of every object", () => {
  const { regime, policy, version, now } = cases[0];
  const partners = [{ slug: "constructor", category: "performance", added: 1 }];
  const decision = decide(regime, policy, { dnt: false, gpc: false }, null, { ...version, partners }, now);
  assert.equal(decision.grants.partners.constructor, false);
});
