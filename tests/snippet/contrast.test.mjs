// The admin's contrast, held to the same vectors as the server's (tests/consent/test_contrast.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrastRatio, inWords, isColour } from "../../static/admin/contrast.js";

const { cases } = JSON.parse(readFileSync(new URL("../vectors/contrast.json", import.meta.url), "utf8"));

for (const { one, other, ratio } of cases) {
  test(`contrast: ${one} on ${other}`, () => assert.ok(Math.abs(contrastRatio(one, other) - ratio) <= 0.01, String(contrastRatio(one, other))));
}

test("contrast: is never shown as the 4.5 that it is not", () => assert.equal(inWords(4.499), "4.4"));

test("contrast: a colour is # and six digits", () => {
  assert.deepEqual(["#1d4ed8", "#1D4ED8"].map(isColour), [true, true]);
  assert.deepEqual(["red", "#fff", "1d4ed8", "#1d4ed80", "#1d4edg", ""].map(isColour), Array(6).fill(false));
});
