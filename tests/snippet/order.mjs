// `node tests/snippet/order.mjs SECONDS`: tries other orders of the first file's functions, and prints the best for ORDER in static/snippet/build.mjs, with
// the bytes of both builds around the website of the budgets.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { compressed, ORDER, shortened } from "../../static/snippet/build.mjs";
import { compose, site } from "./fixture.mjs";

const stub = readFileSync(new URL("../../static/dist/stub.js", import.meta.url), "utf8");
const texts = [await compressed("snippet"), await compressed("strict")];
const functions = [...texts.join("").matchAll(/function (\w+)\(/g)].map(([, name]) => name);
const names = [...new Set([...ORDER, ...functions])].filter((name) => functions.includes(name));

/** @param {string[]} order @returns {Promise<number[]>} */
const sizes = (order) => Promise.all(texts.map(async (text) =>
  brotliCompressSync(compose(await shortened(text, order) + stub, site()), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length));
const sum = ([one, other]) => one + other;

let best = names;
let bytes = await sizes(best);
console.log(`as it is: ${bytes.join(" and ")}`);
for (const end = Date.now() + 1000 * Number(process.argv[2] || 60); Date.now() < end;) {
  const order = [...best];
  const [moved] = order.splice(Math.random() * order.length, 1);
  order.splice(Math.random() * (order.length + 1), 0, moved);
  const found = await sizes(order);
  if (sum(found) <= sum(bytes)) [best, bytes] = [order, found];
}
console.log(`${bytes.join(" and ")} bytes\n${JSON.stringify(best)}`);
