/**
 * Shows a visitor's own record. The consent id stands in the address's fragment, which is never sent; it travels as a bearer only.
 * @typedef {{event_id: string, received_at: string, action: string, categories: Record<string, boolean>, partners: Record<string, boolean>,
 *   version: string, version_url: string, language: string, signals: Record<string, boolean>, signals_seen: Record<string, boolean>}} OwnEvent
 * @typedef {Record<string, string> & {actions: Record<string, string>, signal_names: Record<string, string>,
 *   categories: Record<string, string>, partners: Record<string, string>}} Words
 */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const record = byId("record");
const words = /** @type {Words} */ (JSON.parse(record.dataset.words || "{}"));
const language = document.documentElement.lang;
/** @type {unknown} */
let held = null;

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} tag @param {string | Node} content @param {string} [className] */
function element(tag, content, className) {
  const made = document.createElement(tag);
  made.append(content);
  if (className) made.className = className;
  return made;
}

/** @param {boolean} on @param {string} text what happens or happened; "" for nothing @param {string} [kind] */
function show(on, text, kind) {
  record.textContent = "";
  const status = byId("status");
  status.hidden = !text;
  status.className = "note " + (kind || "");
  status.textContent = text;
  byId("tools").hidden = !on;
  openConfirmation(false);
}

/** @param {boolean} open */
function openConfirmation(open) {
  byId("confirm").hidden = !open;
  byId("erase").setAttribute("aria-expanded", String(open));
}

function consentId() {
  const id = location.hash.slice(1);
  return UUID.test(id) ? id : "";
}

/** @param {string} method @param {string} [address] */
function ask(method, address) {
  return fetch(address || /** @type {string} */ (record.dataset.api), {
    method, cache: "no-store", credentials: "omit", headers: { Authorization: "Bearer " + consentId() },
  });
}

async function load() {
  held = null;
  byId("how").hidden = !!consentId();
  if (!consentId()) return show(false, "");
  show(false, words.wait);
  try {
    const answer = await ask("GET");
    if (answer.status == 404) return show(false, words.none);
    if (!answer.ok) return show(false, words.failed, "warning");
    const body = /** @type {{results: OwnEvent[]}} */ (await answer.json());
    held = body;
    fill(body.results);
  } catch {
    show(false, words.failed, "warning");
  }
}

/** @param {OwnEvent[]} events newest first */
function fill(events) {
  const wanted = location.pathname.split("/").pop();
  const found = events.find((event) => event.event_id == wanted);
  const others = events.filter((event) => event != found);
  show(true, wanted && !found ? words.absent : "");
  if (found) record.append(element("h2", words.this), decision(found, "surface decision this"));
  if (others.length) record.append(element("h2", found ? words.others : words.history));
  for (const event of others) record.append(decision(event, "surface decision"));
}

/** @param {OwnEvent} event @param {string} className */
function decision(event, className) {
  const facts = document.createElement("dl");
  facts.className = "facts";
  /** @param {string} name @param {string | Node} value */
  const fact = (name, value) => {
    if (!value) return;
    const row = element("div", element("dt", name));
    row.append(element("dd", value));
    facts.append(row);
  };
  const time = document.createElement("time");
  time.dateTime = event.received_at;
  time.textContent = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium" }).format(new Date(event.received_at));
  fact(words.time, time);
  fact(words.decision, words.actions[event.action] || event.action);
  fact(words.granted, named(event.categories, true, words.categories));
  fact(words.refused, named(event.categories, false, words.categories));
  fact(words.exceptions_granted, named(event.partners, true, words.partners));
  fact(words.exceptions_refused, named(event.partners, false, words.partners));
  fact(words.version, versionLink(event));
  fact(words.language, new Intl.DisplayNames(language, { type: "language" }).of(event.language) || event.language);
  fact(words.signals, named({ ...event.signals_seen, ...trueOnes(event.signals) }, true, words.signal_names) || words.no_signals);
  const whole = element("div", facts, className);
  whole.append(receipts(event));
  return whole;
}

/** The receipt in three formats; the first is the one that proves. @param {OwnEvent} event */
function receipts(event) {
  const line = element("p", words.get + ": ", "formats small");
  for (const [form, name] of [["ours", "JSON"], ["27560", "ISO/IEC TS 27560"], ["kantara", "Kantara 1.1"]]) {
    const button = element("button", name, "quiet");
    button.addEventListener("click", () => take(record.dataset.receipts + event.event_id + "?as=" + form, form + "-" + event.event_id.slice(0, 8) + ".json"));
    line.append(button);
  }
  return line;
}

/** @param {string} address @param {string} name */
async function take(address, name) {
  try {
    const answer = await ask("GET", address);
    if (!answer.ok) throw new Error(String(answer.status));
    save(await answer.blob(), "receipt-" + name);
  } catch {
    byId("status").hidden = false;
    byId("status").className = "note warning";
    byId("status").textContent = words.failed;
  }
}

/** Names of what was answered so; a category that this page does not know is named by its code, necessity is no answer.
 * @param {Record<string, boolean>} answers @param {boolean} wanted @param {Record<string, string>} names */
function named(answers, wanted, names) {
  const codes = Object.keys(answers || {}).filter((code) => code != "strictly_necessary" && answers[code] == wanted);
  const listed = Object.keys(names).filter((code) => codes.includes(code)).concat(codes.filter((code) => !(code in names)));
  return listed.map((code) => names[code] || code).join(", ");
}

/** @param {Record<string, boolean>} answers */
function trueOnes(answers) {
  return Object.fromEntries(Object.entries(answers || {}).filter(([, value]) => value));
}

/** @param {OwnEvent} event */
function versionLink(event) {
  const link = document.createElement("a");
  link.href = "/api/v1/versions/" + event.version;
  const code = element("code", event.version.slice(0, 12));
  code.dir = "ltr";
  link.append(code);
  return link;
}

function download() {
  save(new Blob([JSON.stringify(held, null, 2) + "\n"], { type: "application/json" }), record.dataset.file || "record.json");
}

/** @param {Blob} content @param {string} name */
function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function erase() {
  const before = /** @type {{results: OwnEvent[]} | null} */ (held);
  show(false, words.erasing);
  try {
    const answer = await ask("DELETE");
    if (!answer.ok && answer.status != 404) throw new Error(String(answer.status));
    held = null;
    show(false, words.erased, "good");
    // The id opens nothing any more; it need not stay in the browser's history either.
    history.replaceState(null, "", location.pathname + location.search);
  } catch {
    if (before) fill(before.results);
    byId("status").hidden = false;
    byId("status").className = "note warning";
    byId("status").textContent = words.not_erased;
  }
}

byId("download").addEventListener("click", download);
byId("download-csv").addEventListener("click", () => take(record.dataset.api + "?as=csv", "record.csv"));
byId("print").addEventListener("click", () => print());
byId("erase").addEventListener("click", () => {
  openConfirmation(true);
  byId("confirm-title").focus();
});
byId("erase-cancel").addEventListener("click", () => {
  openConfirmation(false);
  byId("erase").focus();
});
byId("erase-confirm").addEventListener("click", erase);
addEventListener("hashchange", load);
load();
