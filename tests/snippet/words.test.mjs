import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { words } from "./fixture.mjs";

const LANGUAGES = readdirSync(new URL("../../consent/texts/", import.meta.url)).map((name) => name.replace(".toml", ""));

const facts = {};
const Document = class { get currentScript() { return { sayso: {} }; } };
Object.assign(globalThis, { __FACTS__: facts, Document, document: new Document() });

/** The module as the second file of this language has it. */
async function speaking(language, texts = words(language)) {
  Object.assign(facts, { language, texts });
  return import(`../../static/snippet/words.js?${language}-${Object.keys(texts).length}`);
}

const COUNTED = {
  en: [[1, "1 partner"], [2, "2 partners"], [1200, "1,200 partners"]],
  de: [[1, "1 Partner"], [2, "2 Partner"]],
  is: [[1, "1 samstarfsaðili"], [2, "2 samstarfsaðilar"], [21, "21 samstarfsaðili"]],
  tr: [[1, "1 iş ortağı"], [6, "6 iş ortağı"]],
  uk: [[1, "1 партнер"], [3, "3 партнери"], [5, "5 партнерів"], [12, "12 партнерів"], [21, "21 партнер"]],
  ar: [[1, "شريك واحد (1)"], [2, "شريكان (2)"], [3, "3 شركاء"], [11, "11 شريكًا"], [100, "100 شريك"]],
  he: [[1, "שותף אחד (1)"], [2, "2 שותפים"], [20, "20 שותפים"]],
  ja: [[1, "パートナー1社"], [6, "パートナー6社"]],
  ko: [[1, "파트너 1곳"], [6, "파트너 6곳"]],
  zh: [[1, "1 家合作伙伴"], [6, "6 家合作伙伴"]],
};

for (const [language, cases] of Object.entries(COUNTED)) {
  test(`words: partners are counted in ${language}`, async () => {
    const { counted } = await speaking(language);
    for (const [count, expected] of cases) assert.equal(counted("partners", count), expected);
  });
}

test("words: below a thousand every language of ours writes numbers as they are", () => {
  for (const language of LANGUAGES) {
    for (const count of [0, 1, 7, 42, 365, 999]) assert.equal(new Intl.NumberFormat(language).format(count), String(count), language);
  }
});

test("words: every form that a browser asks for has a text in every language", () => {
  assert.ok(LANGUAGES.includes("ar"));
  const missing = LANGUAGES.flatMap((language) => {
    const texts = words(language);
    const rules = new Intl.PluralRules(language);
    const forms = new Set(Array.from({ length: 201 }, (_, count) => rules.select(count)));
    return ["partners", "cookies"].flatMap((noun) => [...forms].map((form) => `${noun}_${form}`)).filter((key) => !texts[key]).map((key) => `${language}: ${key}`);
  });
  assert.deepEqual(missing, []);
});

test("words: a form without a text is said as the others are", async () => {
  const { counted } = await speaking("fr", { partners_one: "{count} partenaire", partners_other: "{count} partenaires" });
  assert.equal(counted("partners", 1), "1 partenaire");
  assert.match(counted("partners", 1_000_000), /^1\s000\s000 partenaires$/);
});
