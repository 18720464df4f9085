// What a website's own server is asked to keep, and when: the part as it is built, with its surroundings made up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const DAY = 86_400;
const EU = { code: "eu", grant_days: 180, refusal_days: 190 };
const CALIFORNIA = { code: "us-ca", model: "opt_out", grant_days: 365, refusal_days: 365 };
// The clock stands still.
const NOW = 1_795_000_000;

const { outputFiles: [{ text }] } = await build({
  entryPoints: [fileURLToPath(new URL("../../static/snippet/keep.js", import.meta.url))], bundle: true, write: false, format: "iife",
});

/** @param {{age?: number, granted?: boolean, regime?: string}} [options] */
const answer = ({ age = 0, granted = true, regime = "eu" } = {}) => ({
  decided_at: NOW - age, regime, partners: {}, categories: { performance: granted, functional: false, targeting: false },
});

/** A page whose visitor has this answer. `requests` is what was sent; each waits for `reply`. */
function open({ stored = null, regimes = [EU], regime = regimes[0], vendor = "Google Inc.", referrer = "https://www.example.com/", cookie = "theme=dark; sayso=1.x" } = {}) {
  const listeners = {};
  const requests = [];
  let written = 0;
  const tools = {
    site: { keep_path: "/sayso/keep", regimes }, state: {}, cookies: () => cookie, guard: (work) => work(), keep: () => { written++; },
  };
  const page = {
    tools, requests,
    get written() { return written; },
    say: (name) => listeners["sayso:" + name](),
    change(state) { Object.assign(tools.state, state); this.say("change"); },
    seconds: () => requests.map(({ options }) => Number(options.headers["Sayso-Keep"])),
  };
  const fetch = (address, options) => new Promise((done, fail) => {
    requests.push({ address, options, reply: done, fail });
    options.signal.addEventListener("abort", () => fail(options.signal.reason));
  });
  const location = { origin: "https://www.example.com", host: "www.example.com" };
  const document = { referrer, addEventListener: (name, listener) => { listeners[name] = listener; } };
  const clock = { now: () => NOW * 1000 };
  new Function("__TOOLS__", "document", "location", "navigator", "fetch", "Date", text)(tools, document, location, { vendor }, fetch, clock);
  Object.assign(tools.state, { stored, regime });
  page.say("ready");
  return page;
}

test("keep: nothing is sent before an answer", () => {
  const page = open({ vendor: "Apple Computer, Inc.", referrer: "" });
  page.change({ regime: CALIFORNIA });
  assert.deepEqual(page.requests, []);
});

test("keep: an answer is sent at once, to the page's own origin, with the seconds and nothing of the answer", () => {
  const page = open();
  page.change({ stored: answer() });
  const [{ address, options }] = page.requests;
  assert.equal(address, "https://www.example.com/sayso/keep");
  assert.deepEqual({ ...options, signal: null }, { method: "POST", headers: { "Sayso-Keep": String(180 * DAY) }, keepalive: true, signal: null });
});

test("keep: the seconds are those for which the script keeps it", () => {
  for (const [stored, options, expected] of [
    [answer({ granted: false }), {}, 190 * DAY],
    [answer({ age: 100 * DAY }), {}, 80 * DAY],
    [answer({ age: 100 * DAY, regime: "us-ca" }), { regimes: [EU, CALIFORNIA], regime: CALIFORNIA }, 400 * DAY],
    // On a journey it is left as long as it was given.
    [answer({ age: 100 * DAY, regime: "us-ca" }), { regimes: [EU, CALIFORNIA], regime: EU }, 400 * DAY],
  ]) {
    const page = open(options);
    page.change({ stored });
    assert.deepEqual(page.seconds(), [expected]);
  }
});

test("keep: what is over, and what no cookie holds, is not sent", () => {
  const page = open();
  page.change({ stored: answer({ age: 200 * DAY }) });
  const blocked = open({ cookie: "" });
  blocked.change({ stored: answer() });
  assert.deepEqual([page.requests, blocked.requests], [[], []]);
});

test("keep: a page that changes nothing asks for nothing", () => {
  const stored = answer();
  const page = open({ stored });
  page.change({});
  assert.deepEqual(page.requests, []);
});

test("keep: where each page writes the cookie anew, each has it set again", () => {
  const page = open({ stored: answer({ regime: "us-ca" }), regimes: [EU, CALIFORNIA] });
  page.change({ regime: CALIFORNIA });
  assert.equal(page.requests.length, 1);
});

test("keep: a visit begins with it only in browsers that would forget", () => {
  const begun = (options) => open({ stored: answer(), ...options }).requests.length;
  assert.equal(begun({ vendor: "Apple Computer, Inc.", referrer: "" }), 1);
  assert.equal(begun({ vendor: "Apple Computer, Inc.", referrer: "https://search.example/" }), 1);
  assert.equal(begun({ vendor: "Apple Computer, Inc." }), 0);
  assert.equal(begun({ referrer: "" }), 0);
});

test("keep: an answer that is overtaken is called off, written anew, and can't arrive last", async () => {
  const page = open();
  page.change({ stored: answer() });
  page.change({ stored: answer({ granted: false }) });
  const [first, second] = page.requests;
  assert.ok(first.options.signal.aborted);
  assert.ok(!second.options.signal.aborted);
  assert.equal(page.written, 1);
  second.reply({});
  await new Promise(setImmediate);
  // Nothing is under way any more.
  page.change({ stored: answer() });
  assert.equal(page.written, 1);
  assert.ok(!second.options.signal.aborted);
});

test("keep: what fails is let go", async () => {
  const page = open();
  page.change({ stored: answer() });
  page.requests[0].fail(new Error("offline"));
  await new Promise(setImmediate);
  page.change({ stored: answer() });
  assert.equal(page.requests.length, 2);
});

test("keep: who writes the cookie anew has it set again", () => {
  const page = open({ stored: answer() });
  page.tools.keep();
  assert.equal(page.written, 1);
  assert.equal(page.requests.length, 1);
});
