/** The page around the check: a file in, plain words out. Nothing is sent anywhere; the page's own policy forbids it. */
import { checkReceipt, isProved } from "./check.js";

/** @typedef {import("./check.js").Step} Step */
/** The page's words in its language, by name; `actions` and `categories` hold words by code. @type {any} */
const words = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("words")).textContent || "{}");
const { lang } = document.documentElement;

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const file = /** @type {HTMLInputElement} */ (byId("file"));
const key = /** @type {HTMLTextAreaElement} */ (byId("key"));
/** @type {string | null} */
let text = null;

/** @param {string} tag @param {string} content */
function element(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}

async function check() {
  if (text === null) return;
  let receipt = null;
  try {
    receipt = JSON.parse(text);
  } catch {
    // Not even JSON: the first step says so.
  }
  show(receipt, await checkReceipt(receipt, key.value.split(/\s+/).filter(Boolean)));
}

/** @param {any} receipt @param {Step[]} steps */
function show(receipt, steps) {
  const wrong = steps.some((step) => step.holds === false);
  const verdict = isProved(steps) ? "good" : wrong ? "wrong" : "wait";
  byId("result").dataset.verdict = verdict;
  byId("verdict").textContent = words["verdict_" + verdict];
  byId("meaning").textContent = words["meaning_" + verdict + (verdict == "good" && key.value.trim() ? "_own_key" : "")];
  byId("steps").replaceChildren(...steps.map(line));
  const readable = steps.filter((step) => step.holds).length > 1;
  byId("shown").hidden = !readable;
  if (readable) byId("facts").replaceChildren(...facts(JSON.parse(receipt.leaf), receipt.opened).map(([name, value]) => row(name, value)));
  byId("result").hidden = false;
  byId("status").textContent = byId("verdict").textContent;
  byId("result").focus();
}

/** @param {Step} step */
function line({ code, holds, why }) {
  const item = document.createElement("li");
  item.className = holds ? "good" : holds === null ? "wait" : "wrong";
  const said = holds ? words["holds_" + code] : why.startsWith("value ") ? words.why_value.replace("{name}", () => field(why.slice(6))) : words["why_" + why];
  const both = document.createElement("div");
  both.append(element("strong", words["step_" + code]), element("span", said));
  item.append(element("b", words[holds ? "holds" : holds === null ? "wait" : "wrong"]), both);
  return item;
}

/** What a field of the record is called. @param {string} name */
const field = (name) => words[({ client_time: "time", consent_ref: "consent_id" })[name] || name] || name;

/** A code in the reader's language; as it is where it names nothing. @param {"language" | "region"} type @param {string} code */
function named(type, code) {
  try {
    return code && new Intl.DisplayNames(lang, { type }).of(code) || code;
  } catch {
    return code;
  }
}

/** Whose rules held: `eu`, `us-ca`. The place is named where its code is one; what follows says which of its rules. @param {string} code */
function rules(code) {
  const [, place, rest] = /^(\w\w)(?:-(.+))?$/.exec(code) || [];
  return place ? named("region", place.toUpperCase()) + (rest ? ` (${rest.toUpperCase()})` : "") : code;
}

/** @param {any} record @param {Record<string, {value: string}>} opened @returns {[string, string][]} */
function facts(record, opened) {
  const answers = Object.entries(record.categories).filter(([code]) => code != "strictly_necessary");
  const list = new /** @type {any} */ (Intl).ListFormat(lang, { type: "unit" });
  /** @param {boolean} yes */
  const answered = (yes) => list.format(answers.filter(([, value]) => value === yes).map(([code]) => words.categories[code] || code)) || words.none;
  const partners = list.format(Object.entries(record.partners).map(([slug, yes]) => `${slug}: ${yes ? words.yes : words.no}`));
  const signals = ["dnt", "gpc"].filter((name) => record.signals[name] || record.signals_seen[name]).map((name) => ({ dnt: "Do Not Track", gpc: "Global Privacy Control" })[name]);
  const when = new Date(record.received_at);
  return /** @type {[string, string][]} */ ([
    [words.fact_website, record.site],
    [words.time, isNaN(+when) ? record.received_at : new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "long", timeZone: "UTC" }).format(when)],
    [words.decision, words.actions[record.action] || record.action],
    [words.granted, answered(true)],
    [words.refused, answered(false)],
    [words.fact_partners, partners],
    [words.signals, signals.join(", ")],
    [words.fact_rules, rules(record.regime_shown)],
    [words.language, named("language", opened.language.value)],
    [words.country, named("region", opened.country.value)],
    [words.fact_version, record.version],
    [words.fact_given_by, record.trusted === true ? words.given_by_person : record.trusted === false ? words.given_by_program : ""],
  ]).filter(([, value]) => value);
}

/** @param {string} name @param {string} value */
function row(name, value) {
  const both = document.createElement("div");
  both.append(element("dt", name), element("dd", value));
  return both;
}

/** @param {File | undefined | null} chosen */
async function open(chosen) {
  if (!chosen) return;
  // A receipt has a few kilobytes; what is larger is something else, and is not read.
  text = chosen.size < 1_000_000 ? await chosen.text() : "";
  await check();
}

file.addEventListener("change", () => open(file.files && file.files[0]));
key.addEventListener("change", check);
const drop = byId("drop");
for (const name of ["dragover", "dragleave", "drop"]) {
  addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name == "dragover");
  });
}
addEventListener("drop", (event) => open(event.dataTransfer && event.dataTransfer.files[0]));
// What was saved to a disk is in one language.
if (location.protocol == "file:") byId("languages").remove();
