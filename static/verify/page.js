/** The page around the check: a file in, plain words out. Nothing is sent anywhere; the page's own policy forbids it. */
import { checkReceipt, isProved } from "./check.js";

/** @typedef {import("./check.js").Step} Step */
const NAMES = { form: "The file", leaf: "The record", values: "The values", place: "The ledger", signature: "The signature" };
const HOLDS = {
  form: "The receipt is complete.",
  leaf: "The record is the one that its fingerprint says, and names the text that was shown.",
  values: "Language, country, device, time and consent id are the ones that were recorded.",
  place: "The record stands in the ledger, at the place that the receipt names.",
  signature: "The ledger's keeper signed it, so it can't be changed without being found out.",
};
/** @type {Record<string, string>} */
const WHY = {
  format: "This is no receipt of a kind that this page knows.",
  incomplete: "Something is missing. Was the file cut short?",
  unreadable: "It can't be read. Was the file changed or cut short?",
  uncanonical: "It is not in the form in which records are sealed.",
  changed: "It was changed: its fingerprint is another.",
  text: "It names another text than the one that was shown.",
  values: "They are not the ones that the record holds.",
  unsealed: "The record was not sealed yet when the receipt was made. Download the receipt again in a few minutes.",
  checkpoint: "The ledger's signed state can't be read.",
  website: "It is the ledger of another website.",
  proof: "The proof does not fit this place in the ledger.",
  root: "The record is not in this ledger.",
  base64: "It can't be read. Was the file changed?",
  note: "The signature can't be read.",
  signature: "It is wrong: somebody else made it, or what was signed has changed.",
  stranger: "No key that this page was given has signed the ledger.",
  key: "A key can't be read.",
  browser: "This browser can't check such signatures (Ed25519). Use a newer one.",
};
/** @type {Record<string, string>} */
const ACTIONS = { accept_all: "Accepted all", reject_all: "Rejected all", save: "Saved a choice", withdraw: "Withdrew", embed_unlock: "Allowed an embed" };

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
  byId("verdict").textContent = { good: "Proved", wrong: "Not proved", wait: "Not proved yet" }[verdict];
  byId("meaning").textContent = {
    good: `This decision was recorded exactly so, and stands in the signed ledger. ${key.value.trim() ? "The signature is by the key that you gave." : "The key is the one that the receipt names; compare it with the published one to be sure."}`,
    wrong: "This receipt does not prove what it says.",
    wait: "What is here holds together. It is not in the ledger yet.",
  }[verdict];
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
  const said = holds ? HOLDS[code] : why.startsWith("value ") ? `${why.slice(6)} is not the value that was recorded.` : WHY[why];
  item.append(element("b", holds ? "Holds" : holds === null ? "Not yet" : "Wrong"), element("span", `${NAMES[code]}: ${said}`));
  return item;
}

/** @param {any} record @param {Record<string, {value: string}>} opened @returns {[string, string][]} */
function facts(record, opened) {
  const answers = Object.entries(record.categories).filter(([code]) => code != "strictly_necessary");
  /** @param {boolean} yes */
  const named = (yes) => answers.filter(([, value]) => value === yes).map(([code]) => code).join(", ") || "none";
  const partners = Object.entries(record.partners).map(([slug, yes]) => `${slug}: ${yes ? "yes" : "no"}`).join(", ");
  const signals = ["dnt", "gpc"].filter((name) => record.signals[name] || record.signals_seen[name]).map((name) => ({ dnt: "Do Not Track", gpc: "Global Privacy Control" })[name]);
  const when = new Date(record.received_at);
  return /** @type {[string, string][]} */ ([
    ["Website", record.site],
    ["When", isNaN(+when) ? record.received_at : new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "long", timeZone: "UTC" }).format(when)],
    ["Answer", ACTIONS[record.action] || record.action],
    ["Allowed", named(true)],
    ["Refused", named(false)],
    ["Partners apart", partners],
    ["Signals", signals.join(", ")],
    ["Rules of", record.regime_shown],
    ["Language", opened.language.value],
    ["Country", opened.country.value],
    ["Text that was shown", record.version],
    ["Given by", record.trusted === true ? "a person's click" : record.trusted === false ? "a program" : ""],
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
