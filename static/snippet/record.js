/**
 * The visitor's own record, in the preference centre: what they decided and when, to read, download and erase. The consent id is the key
 * to it, and travels as a bearer only.
 * @typedef {{event_id: string, received_at: string, action: string, categories: Record<string, boolean>, partners: Record<string, boolean>, version: string, version_url: string}} OwnEvent
 */
import { details, tools } from "./lent.js";
import { away, say } from "./words.js";

const { texts, language, categories, partners } = details;
const { el, endpoint, guard, site, state } = tools;

/** @param {string} method @param {string} [path] */
const ask = (method, path = "consents") => fetch(endpoint(path), {
  method, cache: "no-store", credentials: "omit", referrerPolicy: "strict-origin", headers: { Authorization: "Bearer " + state.stored?.consent_id },
});

/** Reads the record into its place, afresh. @param {HTMLElement} place */
function open(place) {
  const status = el("p", { role: "status" });
  place.replaceChildren(status);
  // A screen reader speaks what changes inside a status.
  const tell = (/** @type {string} */ text) => { status.textContent = text; };
  ask("GET").then((answer) => answer.status == 404 ? tell(texts.history_none) : answer.ok ? answer.json().then((body) => show(place, status, body, tell)) : tell(texts.history_failed))
    .catch(() => tell(texts.history_failed));
}

/** @param {HTMLElement} place @param {HTMLElement} status @param {{results: OwnEvent[]}} body @param {(text: string) => void} tell */
function show(place, status, body, tell) {
  const check = away(new URL("/verify/?language=" + language, site.page).href, texts.page_receipt_check);
  const tools_ = el("p", { class: "tools" }, button(texts.history_download, () => download(body)), check, button(texts.history_erase, sure));
  const history = el("ol", { "aria-label": texts.history_title }, ...body.results.map((event) => decision(event, () => receipt(event.event_id))));
  place.replaceChildren(history, tools_, status);
  place.scrollIntoView({ block: "nearest" });

  /** @param {string} id */
  function receipt(id) {
    ask("GET", "receipts/" + id).then((answer) => answer.ok ? answer.json().then((found) => download(found, "-receipt-" + id.slice(0, 8))) : tell(texts.history_failed))
      .catch(() => tell(texts.history_failed));
  }

  function sure() {
    const question = el("p", { class: "tools" }, texts.history_erase_sure, " ", button(texts.history_erase_yes, erase), button(texts.history_erase_no, () => {
      question.replaceWith(tools_);
      tools_.querySelectorAll("button")[1].focus();
    }));
    tools_.replaceWith(question);
    question.querySelector("button")?.focus();
  }

  function erase() {
    ask("DELETE").then((answer) => {
      if (!answer.ok && answer.status != 404) throw answer;
      place.replaceChildren(status);
      tell(texts.history_erased);
      status.tabIndex = -1;
      status.focus();
    }).catch(() => tell(texts.history_failed));
  }
}

/** @param {OwnEvent} event @param {() => void} take */
function decision({ received_at, action, categories: answers, partners: exceptions, version, version_url }, take) {
  const when = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(received_at));
  const allowed = [
    ...Object.keys(answers).filter((code) => answers[code] && code != "strictly_necessary").map((code) => categories.find((category) => category.code == code)?.title || code),
    ...Object.keys(exceptions).filter((slug) => exceptions[slug]).map((slug) => partners.find((partner) => partner.slug == slug)?.name || slug),
  ];
  return el("li", null, el("b", null, when), " · ", texts["action_" + action] || action, ...allowed[0] ? [": " + allowed.join(", ")] : [], " · ",
    away(version_url, say("history_version", { digest: version.slice(0, 12) })), " · ", button(texts.history_receipt, take));
}

/** @param {any} body @param {string} [name] */
function download(body, name = "-consent-record") {
  const address = URL.createObjectURL(new Blob([JSON.stringify(body, null, 2)], { type: "application/json" }));
  const link = el("a", { href: address, download: site.key + name + ".json" });
  link.click();
  setTimeout(() => guard(() => URL.revokeObjectURL(address)), 10_000);
}

/** @param {string} label @param {() => void} run */
function button(label, run) {
  const element = el("button", { type: "button", class: "link" }, label);
  element.onclick = run;
  return element;
}

tools.ready?.({ open });
