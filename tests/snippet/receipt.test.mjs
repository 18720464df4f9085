// The browser's check of a receipt holds to the same cases as the server's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { STEPS, checkReceipt, isProved } from "../../static/verify/check.js";

const { bases, cases } = JSON.parse(readFileSync(new URL("../vectors/receipts.json", import.meta.url), "utf8"));

for (const each of cases) {
  test(`receipt: ${each.name}`, async () => {
    const receipt = structuredClone(bases[each.base]);
    for (const [path, value] of each.set) {
      const inner = path.slice(0, -1).reduce((at, name) => at[name], receipt);
      inner[path.at(-1)] = value;
    }
    const steps = await checkReceipt(receipt, each.trusted);
    assert.deepEqual(steps.map(({ code, holds }) => [code, holds]), each.expect);
    assert.equal(isProved(steps), JSON.stringify(each.expect) == JSON.stringify(STEPS.map((code) => [code, true])));
  });
}

for (const wrong of [null, [], "x", 1, {}, { format: "consent-receipt-1" }]) {
  test(`receipt: ${JSON.stringify(wrong)} is none`, async () => {
    const steps = await checkReceipt(wrong);
    assert.deepEqual(steps.map(({ code, holds }) => [code, holds]), [["form", false]]);
  });
}
