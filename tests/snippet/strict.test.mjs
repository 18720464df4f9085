// The variant of the first file for websites that need no more than the strictest rule decides as the whole one does, wherever the server hands it out.
import assert from "node:assert/strict";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { decide, keeping } from "../../static/snippet/decide.js";
import { withoutLaws } from "../../static/snippet/build.mjs";
import { chance } from "./chance.mjs";
import { cases } from "./vectors.mjs";

const INPUTS = 20_000;

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../../static/snippet/decide.js", import.meta.url))], bundle: true, write: false, format: "esm", plugins: [withoutLaws],
});
const strict = await import("data:text/javascript," + encodeURIComponent(outputFiles[0].text));

/** As the server sends them where nothing goes beyond the strictest rule: see engine_for in consent/delivery/compose.py. */
function narrowed({ regime: { code, grant_days, refusal_days, accepts }, signals, stored, version: { digest, ordinals, categories, partners }, now }) {
  return {
    regime: { code, grant_days, refusal_days, ...accepts && { accepts } }, policy: {}, signals, stored, now,
    version: { digest, ordinals, categories, partners: partners.map(({ slug, category, added }) => ({ slug, category, added })) },
  };
}

const run = (rule, c) => rule(c.regime, c.policy, c.signals, c.stored, c.version, c.now);

test(`strict: decides like the whole rule on ${INPUTS} inputs, and keeps an answer as long`, () => {
  const random = chance(7);
  const reasons = new Set();
  for (let i = 0; i < INPUTS; i++) {
    const input = narrowed(random.input());
    const expected = run(decide, input);
    assert.deepEqual(run(strict.decide, input), expected, JSON.stringify(input));
    if (input.stored) assert.equal(strict.keeping(input.regime, input.stored), keeping(input.regime, input.stored));
    reasons.add(expected.reason);
  }
  assert.deepEqual([...reasons].sort(), ["changed", "decided", "expired", "moved", "signal", "undecided"]);
});

test("strict: every row of the table that is the strictest has its answer", () => {
  const plain = cases().filter((c) => JSON.stringify(run(decide, narrowed(c))) == JSON.stringify(run(decide, c)));
  assert.ok(plain.length >= 50, `${plain.length}`);
  for (const c of plain) assert.deepEqual(run(strict.decide, narrowed(c)), c.expect, c.name);
});

test("strict: what only other rules ask for is not in the file", () => {
  const text = readFileSync(new URL("../../static/dist/strict.js", import.meta.url), "utf8");
  for (const name of ["disregard", "sale_or_share", "starts_at", "grace", "announce_until", "first_layer", "opt_in"]) assert.ok(!text.includes(name), name);
});
