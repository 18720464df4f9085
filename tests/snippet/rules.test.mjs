import assert from "node:assert/strict";
import { test } from "node:test";
import { returned } from "../../static/snippet/fragment.js";
import { matches, places } from "../../static/snippet/patterns.js";
import { createQueue as makeQueue, KEY } from "../../static/snippet/queue.js";
import { kinds, run, translator } from "../../static/snippet/steps.js";

// ---- patterns

test("matches: a name without a wildcard is itself only", () => {
  assert.ok(matches(["_ga"], "_ga"));
  assert.ok(!matches(["_ga"], "_gax"));
  assert.ok(!matches(["_ga"], "x_ga"));
});

test("matches: a star stands for any run, also an empty one", () => {
  assert.ok(matches(["_ga_*"], "_ga_AB12"));
  assert.ok(matches(["_ga_*"], "_ga_"));
  assert.ok(!matches(["_ga_*"], "_ga"));
  assert.ok(matches(["*_id"], "my_id"));
  assert.ok(matches(["_pk_*.*.1"], "_pk_id.7.1"));
  assert.ok(!matches(["_pk_*.*.1"], "_pk_id.1"));
  assert.ok(matches(["*"], "anything"));
  assert.ok(matches(["a**b"], "ab"));
  assert.ok(!matches(["ab*ba"], "aba"), "the ends may not overlap");
  assert.ok(matches(["a*b*c"], "a-b-b-c"));
});

test("matches: the signs of regular expressions are plain letters", () => {
  assert.ok(matches(["a.b"], "a.b"));
  assert.ok(!matches(["a.b"], "axb"));
  assert.ok(matches(["(x+*"], "(x+1"));
  assert.ok(!matches(["(a+)+$*"], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
});

test("places: every domain level and every path level", () => {
  const found = places("www.shop.example.co.uk", "/a/b/c.html");
  for (const domain of ["", "; Domain=www.shop.example.co.uk", "; Domain=shop.example.co.uk", "; Domain=example.co.uk"]) {
    for (const path of ["/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c.html"]) assert.ok(found.includes("; Path=" + path + domain), path + domain);
  }
});

test("places: the cookie without a domain is among them", () => {
  assert.ok(places("localhost", "/").includes("; Path=/"));
});

// ---- fragment

test("returned: letters and exceptions", () => {
  assert.deepEqual(returned("#sayso=pt.*video~!ads-2"), {
    categories: { performance: true, functional: false, targeting: true }, partners: { video: true, "ads-2": false },
  });
  assert.deepEqual(returned("#sayso=-"), { categories: { performance: false, functional: false, targeting: false }, partners: {} });
});

for (const hash of ["", "#", "#sayso", "#sayso=", "#sayso=tp", "#sayso=pp", "#sayso=x", "#sayso=p.", "#sayso=p.video", "#sayso=p.*Video", "#sayso=p&x=1", "#sayso=p.*a~", "#Sayso=p", "#sayso=p\n"]) {
  test(`returned: ignores ${JSON.stringify(hash)}`, () => assert.equal(returned(hash), null));
}

// ---- steps

const no = () => assert.fail("no script was asked for");

test("steps: set, push and script", () => {
  const scope = { list: [1] };
  const scripts = [];
  run(scope, [["set", "flag", true], ["push", "list", 2, ["a"]], ["push", "fresh", { b: 1 }], ["script", "https://x.example/t.js", { id: "t" }]], (...given) => scripts.push(given));
  assert.deepEqual(scope, { list: [1, 2, ["a"]], flag: true, fresh: [{ b: 1 }] });
  assert.deepEqual(scripts, [["https://x.example/t.js", { id: "t" }]]);
});

test("steps: gtag pushes an arguments object, with the time where it is asked for", () => {
  const scope = {};
  run(scope, [["gtag", "js", "@now"], ["gtag", "config", "G-1", { a: "@performance" }]], no, translator({ categories: { performance: true }, partners: {} }, false));
  assert.equal(Object.prototype.toString.call(scope.dataLayer[0]), "[object Arguments]");
  assert.ok(scope.dataLayer[0][1] instanceof Date);
  assert.deepEqual([...scope.dataLayer[1]], ["config", "G-1", { a: "granted" }]);
});

// The part for websites whose partners want stubs finds its tools as the server composes them in.
globalThis.__TOOLS__ = { kinds };
await import("../../static/snippet/stub.js");

test("steps: a stub queues until the real thing takes over, and never replaces it", () => {
  const scope = {};
  run(scope, [["stub", "fbq", "queue"], ["call", "fbq", "init", "1"]], no);
  assert.deepEqual(scope.fbq.queue.map((a) => [...a]), [["init", "1"]]);
  assert.equal(scope.fbq.push, scope.fbq);
  assert.equal(scope.fbq.loaded, true);
  assert.equal(scope.fbq.version, "2.0");
  const seen = [];
  scope.fbq.callMethod = (...items) => seen.push(items);
  scope.fbq("track", 2);
  assert.deepEqual(seen, [["track", 2]]);
  const mine = scope.fbq;
  run(scope, [["stub", "fbq", "queue"]], no);
  assert.equal(scope.fbq, mine);
});

test("steps: a stub's queue can have any name", () => {
  const scope = {};
  run(scope, [["stub", "clarity", "q"], ["call", "clarity", "consentv2", { ad_Storage: "denied" }]], no);
  assert.deepEqual([...scope.clarity.q[0]], ["consentv2", { ad_Storage: "denied" }]);
});

test("steps: call reaches into objects with the right this, and is nothing where there is none", () => {
  const scope = { a: { n: 1, b(x) { this.n += x; } } };
  run(scope, [["call", "a.b", 2], ["call", "a.c", 1], ["call", "x.y.z"]], no);
  assert.equal(scope.a.n, 3);
});

test("steps: a signal says what is granted, in words and as booleans, at any depth", () => {
  const scope = {};
  const grants = { categories: { strictly_necessary: true, performance: true, functional: false, targeting: false }, partners: {} };
  run(scope, [["push", "q", ["set", { analytics: "?performance", ads: "?targeting", own: "?partner", word: "@partner", mail: "@someone", none: "@functional" }]]], no, translator(grants, true));
  assert.deepEqual(scope.q, [["set", { analytics: true, ads: false, own: true, word: "granted", mail: "@someone", none: "denied" }]]);
});

test("steps: a signal that several share can say what each of them may, and a category keeps its name", () => {
  const scope = {};
  const grants = { categories: { performance: true, targeting: false }, partners: { "google-analytics": false, "google-ads": true, performance: false } };
  run(scope, [["push", "q", { analytics: "@google-analytics", ads: "?google-ads", other: "@performance", none: "@linkedin", marks: ["@", "?", "a@b"] }]], no, translator(grants, false));
  assert.deepEqual(scope.q, [{ analytics: "denied", ads: true, other: "granted", none: "@linkedin", marks: ["@", "?", "a@b"] }]);
});

test("steps: the data stays as it was, so that it can be told again", () => {
  const steps = [["push", "q", ["set", { a: "?performance" }]]];
  const before = JSON.stringify(steps);
  run({}, steps, no, translator({ categories: { performance: true }, partners: {} }, true));
  assert.equal(JSON.stringify(steps), before);
});

// ---- queue

function fakeStorage() {
  const values = new Map();
  return { values, getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value), removeItem: (key) => values.delete(key) };
}
/** As the engine uses it: whatever can't be read is nothing, whatever can't be written is not. */
function createQueue(storage, send, report) {
  const recall = () => { try { return JSON.parse(storage.getItem(KEY)); } catch { return undefined; } };
  return makeQueue(recall, (events) => storage.setItem(KEY, JSON.stringify(events)), send, report);
}
const held = (storage) => JSON.parse(storage.values.get(KEY) || "[]").map((event) => event.event_id);
const answer = (status, body = {}) => Promise.resolve({ ok: status < 300, status, json: () => Promise.resolve(body) });

test("queue: an acknowledged event leaves nothing behind", async () => {
  const storage = fakeStorage();
  const queue = createQueue(storage, () => answer(201, { receipt_url: "https://r" }), assert.fail);
  const sent = queue.add({ event_id: "1" })();
  assert.deepEqual(held(storage), ["1"], "queued before it is sent");
  assert.deepEqual(await sent, { receipt_url: "https://r" });
  assert.deepEqual(held(storage), []);
});

for (const [name, send] of [["429", () => answer(429)], ["503", () => answer(503)], ["no answer", () => Promise.reject(new TypeError("offline"))]]) {
  test(`queue: ${name} keeps the event, and the next page sends it again`, async () => {
    const storage = fakeStorage();
    const first = createQueue(storage, send, assert.fail);
    assert.equal(await first.add({ event_id: "1" })(), undefined);
    assert.deepEqual(held(storage), ["1"]);
    const bodies = [];
    createQueue(storage, (body) => { bodies.push(body); return answer(200); }, assert.fail).flush();
    await new Promise(setImmediate);
    assert.deepEqual(bodies, ['{"event_id":"1"}']);
    assert.deepEqual(held(storage), []);
  });
}

test("queue: another 4xx drops the event and says so", async () => {
  const storage = fakeStorage();
  const said = [];
  await createQueue(storage, () => answer(409), (message) => said.push(message)).add({ event_id: "1" })();
  assert.deepEqual(held(storage), []);
  assert.equal(said.length, 1);
});

test("queue: holds the newest twenty", async () => {
  const storage = fakeStorage();
  const queue = createQueue(storage, () => answer(503), assert.fail);
  for (let i = 1; i <= 25; i++) await queue.add({ event_id: String(i) })();
  assert.equal(held(storage).length, 20);
  assert.equal(held(storage)[19], "25");
});

test("queue: what another tab queued meanwhile is kept", async () => {
  const storage = fakeStorage();
  let release;
  const queue = createQueue(storage, () => new Promise((resolve) => { release = () => resolve({ ok: true, status: 201, json: () => Promise.resolve({}) }); }), assert.fail);
  const sent = queue.add({ event_id: "mine" })();
  storage.setItem(KEY, JSON.stringify([{ event_id: "mine" }, { event_id: "theirs" }]));
  await new Promise(setImmediate);
  release();
  await sent;
  assert.deepEqual(held(storage), ["theirs"]);
});

for (const rubbish of ["{", "null", "5", '{"a":1}', '[null, 3, {"x": 1}]']) {
  test(`queue: survives ${rubbish} in storage`, async () => {
    const storage = fakeStorage();
    storage.setItem(KEY, rubbish);
    const bodies = [];
    const queue = createQueue(storage, (body) => { bodies.push(body); return answer(201); }, assert.fail);
    queue.flush();
    await queue.add({ event_id: "1" })();
    assert.deepEqual(bodies, ['{"event_id":"1"}']);
  });
}

test("queue: what is underway is not sent a second time, and what was put off is", async () => {
  const storage = fakeStorage();
  const bodies = [];
  let status = 503;
  const queue = createQueue(storage, (body) => { bodies.push(body); return answer(status); }, assert.fail);
  const sent = queue.add({ event_id: "1" })();
  queue.flush();
  await sent;
  assert.equal(bodies.length, 1);
  status = 201;
  queue.flush();
  await new Promise((then) => setTimeout(then));
  assert.equal(bodies.length, 2);
  assert.deepEqual(held(storage), []);
});
