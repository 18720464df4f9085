import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";
import { bundle, FILES, OURS } from "../../static/snippet/build.mjs";
import { compose, details, RARE, rare, site, words } from "./fixture.mjs";

// Bytes of brotli 11, as visitors load them: engine, words and facts together. The server's tests hold the demonstration websites to the same.
const FIRST_FILE = 8_000;
// For a website that needs no more than the strictest rule.
const STRICT_FILE = 7_700;
const SECOND_FILE = 8_000;
const RARE_FILE = 3_000;
// Only in the first file of websites that chose it.
const BLOCKING = 1_600;
const KEEPING = 400;
const STUB = 200;
// Only while two banners are tested: the part that draws, and the second banner's words and look.
const TESTING = 500;

const dist = (name) => readFileSync(new URL(`../../static/dist/${name}.js`, import.meta.url), "utf8");
const size = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

test("budget: the first file of a website with six partners and twenty cookies", (t) => {
  // One of the six wants a function that calls wait in: the part for it is in its file.
  const bytes = size(compose(dist("snippet") + dist("stub"), site()));
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes <= FIRST_FILE, `${bytes} bytes`);
});

test("budget: the same where the strictest rule is enough", (t) => {
  const bytes = size(compose(dist("strict") + dist("stub"), site()));
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes <= STRICT_FILE, `${bytes} bytes`);
});

test("budget: the second file", (t) => {
  const bytes = size(compose(dist("preferences"), details()));
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes <= SECOND_FILE, `${bytes} bytes`);
});

for (const name of Object.keys(RARE)) {
  test(`budget: the file of ${name}`, (t) => {
    const bytes = size(compose(dist(name), rare(name)));
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes <= RARE_FILE, `${bytes} bytes`);
  });
}

test("budget: what automatic blocking adds to the first file", (t) => {
  const bytes = size(compose(dist("snippet") + dist("block"), site())) - size(compose(dist("snippet"), site()));
  t.diagnostic(`${bytes} bytes; ${size(dist("block"))} by itself`);
  assert.ok(bytes <= BLOCKING, `${bytes} bytes`);
});

test("budget: what setting the cookie by header adds to the first file", (t) => {
  const bytes = size(compose(dist("snippet") + dist("keep"), site({ keep_path: "/sayso/keep" }))) - size(compose(dist("snippet"), site()));
  t.diagnostic(`${bytes} bytes; ${size(dist("keep"))} by itself`);
  assert.ok(bytes <= KEEPING, `${bytes} bytes`);
});

test("budget: what a stub that calls wait in adds to the first file", (t) => {
  const bytes = size(compose(dist("snippet") + dist("stub"), site())) - size(compose(dist("snippet"), site()));
  t.diagnostic(`${bytes} bytes; ${size(dist("stub"))} by itself`);
  assert.ok(bytes <= STUB, `${bytes} bytes`);
});

test("budget: what a test of two banners adds to the first file", (t) => {
  const [control, other] = [site(), site()];
  const words = Object.fromEntries(Object.entries(other.texts).map(([key, text]) => [key, text.split(" ").reverse().join(" ")]));
  const layout = ":host{left:0}" + readFileSync(new URL("../../static/dist/bar.css", import.meta.url), "utf8");
  const facts = { version: control.version.split("").reverse().join(""), texts: words, layout, preferences: "numonix.9d7a5b3c1f2e3b9f5c7e1d2a4f6b8c0e.js" };
  const draw = `(function(__ARMS__){${dist("arms")}\n})(${JSON.stringify({ until: 1796000000, arms: [{ share: 50, variant: "1a", facts: {} }, { share: 50, variant: "1b", facts }] })});`;
  const bytes = size(compose(draw + dist("snippet"), control)) - size(compose(dist("snippet"), control));
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes <= TESTING, `${bytes} bytes`);
});

test("build: no name that is made short stands in the server's data", () => {
  const keys = new Set();
  JSON.stringify([site(), details(), words("en")], (key, value) => { keys.add(key); return value; });
  assert.deepEqual([...keys].filter((key) => OURS.test(key)), []);
});

for (const name of Object.keys(FILES)) {
  test(`dist: ${name}.js is what its sources build`, async () => assert.equal(await bundle(name), dist(name)));

  test(`dist: ${name}.js parses no markup, evaluates no text and sets no inline style`, () => {
    for (const forbidden of ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style.", ".style=", 'setAttribute("style"', 'createElement("style")']) {
      assert.ok(!dist(name).includes(forbidden), forbidden);
    }
  });

  test(`dist: ${name}.js runs inside the function that the server wraps around it`, () => {
    assert.doesNotThrow(() => new Function("__FACTS__", "__EXTRAS__", "__LATER__", "__TOOLS__", "__ARMS__", dist(name)));
  });
}
