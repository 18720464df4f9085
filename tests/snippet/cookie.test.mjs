import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { choose, format, parse } from "../../static/snippet/cookie.js";
import { keeping, lifetime } from "../../static/snippet/decide.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/cookies.json", import.meta.url), "utf8"));

for (const c of vectors.format) test(`format: ${c.name}`, () => assert.equal(format(c.stored), c.expect));
for (const c of vectors.parse) test(`parse: ${c.name}`, () => assert.deepEqual(parse(c.value), c.expect));
for (const c of vectors.choose) test(`choose: ${c.name}`, () => assert.deepEqual(choose(c.header).stored, c.expect && parse(c.expect)));
for (const c of vectors.keep) {
  test(`keep: ${c.name}`, () => assert.equal(keeping(c, c.stored), c.expect));
  test(`ask: ${c.name}`, () => assert.equal(lifetime(c, c.stored), c.ask));
}

test("format: at most 120 bytes without exceptions", () => {
  for (const c of vectors.format) {
    if (!Object.keys(c.stored.partners).length) assert.ok(`sayso=${format(c.stored)}`.length <= 120, c.name);
  }
});

test("choose: counts all that bear the name, so that the others can be removed", () => {
  assert.equal(choose("sayso=x; a=1; sayso=y").count, 2);
});
