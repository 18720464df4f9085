// `node tests/snippet/order.mjs FILE SECONDS`: tries other orders of the functions of main.js or preferences.js, and prints the best for ORDER
// in static/snippet/build.mjs, with the bytes of each build around the website of the budgets, in three languages.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { compressed, FILES, ORDER, shortened } from "../../static/snippet/build.mjs";
import { compose, details, site } from "./fixture.mjs";

const stub = readFileSync(new URL("../../static/dist/stub.js", import.meta.url), "utf8");
const [, , file = "main.js", seconds = 60] = process.argv;
const texts = await Promise.all(Object.keys(FILES).filter((name) => FILES[name] == file).map(compressed));
// In several languages, lest an order be good by chance.
/** @param {string} text */
const composed = (text) => ["en", "de", "pl"].map((language) => file == "main.js" ? compose(text + stub, site({ language })) : compose(text, details({ language })));
const functions = [...texts.join("").matchAll(/function (\w+)\(/g)].map(([, name]) => name);
const names = [...new Set([...ORDER[file], ...functions])].filter((name) => functions.includes(name));

/** @param {string} text */
const bytesOf = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
/** @param {string[]} order @returns {Promise<number[]>} */
const sizes = async (order) => (await Promise.all(texts.map(async (text) => composed(await shortened(text, order)).map(bytesOf)))).flat();
const sum = (found) => found.reduce((one, other) => one + other);

let best = names;
let bytes = await sizes(best);
console.log(`as it is: ${bytes.join(" and ")}`);
for (const end = Date.now() + 1000 * Number(seconds); Date.now() < end;) {
  const order = [...best];
  const [moved] = order.splice(Math.random() * order.length, 1);
  order.splice(Math.random() * (order.length + 1), 0, moved);
  const found = await sizes(order);
  if (sum(found) <= sum(bytes)) [best, bytes] = [order, found];
}
console.log(`${bytes.join(" and ")} bytes\n${JSON.stringify(best)}`);
