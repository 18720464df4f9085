/**
 * The visitor's own record, in the preference centre: what they decided and when, to read, download and erase. The consent id is the key
 * to it, and travels as a bearer only.
 * @typedef {{received_at: string, action: string, categories: Record<string, boolean>, partners: Record<string, boolean>, version: string, version_url: string}} OwnEvent
 */
import { details, tools } from "./lent.js";
import { away, say } from "./words.js";

const { texts, language, categories, partners } = details;
const { el, endpoint, guard, site, state } = tools;

/** @param {string} method */
const ask = (method) => fetch(endpoint("consents"), {
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
  const tools_ = el("p", { class: "tools" }, button(texts.history_download, () => download(body)), button(texts.history_erase, sure));
  const history = el("ol", { "aria-label": texts.history_title }, ...body.results.map(decision));
  place.replaceChildren(history, tools_, status);
  place.scrollIntoView({ block: "nearest" });

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

/** @param {OwnEvent} event */
function decision({ received_at, action, categories: answers, partners: exceptions, version, version_url }) {
  const when = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(received_at));
  const allowed = [
    ...Object.keys(answers).filter((code) => answers[code] && code != "strictly_necessary").map((code) => categories.find((category) => category.code == code)?.title || code),
    ...Object.keys(exceptions).filter((slug) => exceptions[slug]).map((slug) => partners.find((partner) => partner.slug == slug)?.name || slug),
  ];
  return el("li", null, el("b", null, when), " · ", texts["action_" + action] || action, ...allowed[0] ? [": " + allowed.join(", ")] : [], " · ",
    away(version_url, say("history_version", { digest: version.slice(0, 12) })));
}

/** @param {any} body */
function download(body) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(body, null, 2)], { type: "application/json" }));
  const link = el("a", { href: address, download: site.key + "-consent-record.json" });
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
