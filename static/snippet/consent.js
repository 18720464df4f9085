/**
 * The state of this page: what was answered, what may run, and what an answer sets in motion.
 * @import {Choice, Code, Decision, Exceptions, Optional, Signals, Stored} from "./types"
 */
import { addScript, forget, forgetStorage, guard, home, now, readSignals, readStored, report, site, uuid, writeStored } from "./browser.js";
import { format } from "./cookie.js";
import { decide, NECESSARY, OPTIONAL, own } from "./decide.js";
import { openGates } from "./gate.js";
import { createQueue } from "./queue.js";
import { run, translator } from "./steps.js";

const version = { digest: site.version.slice(0, 12), ordinals: site.ordinals, categories: site.categories, partners: site.partners };

/** @type {{stored: Stored | null, signals: Signals, decision: Decision, receipt: string}} receipt: its address, known to this page only */
export const state = /** @type {any} */ ({ receipt: "" });

/** Reads cookie and signals afresh. @returns {boolean} whether the answer is another than before */
export function look() {
  const before = state.stored;
  state.stored = readStored();
  judge();
  return (before && format(before)) != (state.stored && format(state.stored));
}

function judge() {
  state.signals = readSignals();
  state.decision = decide(site.regime, site.policy, state.signals, state.stored, version, now());
}

// ---- what may run

/** What has run on this page, as the question whether it still may. @type {(() => boolean)[]} */
const running = [];
/** @type {Set<string>} */
const loaded = new Set();

/**
 * A partner speaks for itself, whatever category its markup names.
 * @param {string | undefined} category @param {string} [partner]
 */
export function allows(category, partner) {
  const { categories, partners } = state.decision.grants;
  const granted = partner ? own(partners, partner) : own(categories, category || "");
  if (granted === undefined) report(partner ? "unknown partner " + partner : "unknown category " + category);
  return granted === true;
}

/** Every signal is told once, however many partners listen to it; it grants only what all of them may. @param {"default" | "update" | "answer"} moment */
function tell(moment) {
  const grants = state.decision.grants;
  /** @type {Map<string, {all: boolean, signal: any}>} */
  const signals = new Map();
  for (const partner of site.partners) {
    for (const signal of partner.signals || []) {
      const known = signals.get(signal.name);
      signals.set(signal.name, { signal, all: grants.partners[partner.slug] && (!known || known.all) });
    }
  }
  for (const { signal, all } of signals.values()) {
    const translate = translator(grants, all);
    for (const steps of moment == "default" ? [signal.default] : [signal.update, all ? signal.grant : moment == "answer" && signal.deny]) {
      if (steps) guard(() => run(window, steps, addScript, translate));
    }
  }
}

/** Before any tag can run. */
export function prepare() {
  tell("default");
  tell("update");
}

/**
 * Starts what may run and has not yet.
 * @param {(frame: HTMLIFrameElement) => void} release an embed that loads now @param {(frame: HTMLIFrameElement) => void} hold one that waits
 */
export function start(release, hold) {
  for (const { slug, loader } of site.partners) {
    if (!loader || loaded.has(slug) || !state.decision.grants.partners[slug]) continue;
    loaded.add(slug);
    running.push(() => state.decision.grants.partners[slug]);
    guard(() => run(window, loader, addScript));
  }
  openGates(allows, (element) => {
    const { category, partner } = element.dataset;
    running.push(() => allows(category, partner));
    if (element instanceof HTMLIFrameElement) release(element);
  }, hold);
}

/** Deletes what those who may not run have left behind. */
export function sweep() {
  const { categories, partners } = state.decision.grants;
  const refused = site.partners.filter(({ slug }) => !partners[slug]);
  const codes = OPTIONAL.filter((code) => !categories[code]);
  forget([...refused.flatMap((partner) => partner.cookies || []), ...codes.flatMap((code) => site.cookies?.[code] || [])]);
  forgetStorage([...refused.flatMap((partner) => partner.storage || []), ...codes.flatMap((code) => site.storage?.[code] || [])]);
}

// ---- answering

export const queue = createQueue(() => localStorage, send, report);
const endpoint = new URL("/api/v1/sites/" + site.key + "/events", home).href;

/** text/plain needs no preflight; an address of a page is nobody's business. @param {string} body */
function send(body) {
  return fetch(endpoint, { method: "POST", body, keepalive: true, credentials: "omit", referrerPolicy: "strict-origin" });
}

/** What closing a tab would lose is sent once more: the event's id makes the second one harmless. */
export function sendUnanswered() {
  for (const body of queue.unanswered()) guard(() => navigator.sendBeacon(endpoint, body));
}

/**
 * The switches as they stand, with some of them changed: a category moves its partners along, a partner is an exception where it differs.
 * @param {Partial<Choice>} categories @param {Exceptions} [partners]
 */
export function choose(categories, partners = {}) {
  const grants = state.decision.grants;
  const chosen = /** @type {Choice} */ ({});
  for (const code of OPTIONAL) chosen[code] = own(categories, code) ?? grants.categories[code];
  /** @type {Exceptions} */
  const exceptions = {};
  for (const { slug, category } of site.partners) {
    if (category == NECESSARY) continue;
    const wanted = own(partners, slug) ?? own(categories, category) ?? grants.partners[slug];
    if (wanted != chosen[category]) exceptions[slug] = wanted;
  }
  for (const code of Object.keys(categories)) if (own(grants.categories, code) === undefined) report("unknown category " + code);
  for (const slug of Object.keys(partners)) if (own(grants.partners, slug) === undefined) report("unknown partner " + slug);
  return { categories: chosen, partners: exceptions };
}

/** @param {boolean} granted */
export const everything = (granted) => choose({ performance: granted, functional: granted, targeting: granted });

/**
 * Keeps an answer and acts on it.
 * @param {string} action @param {string} surface @param {boolean} trusted whether a person clicked
 * @param {{categories: Choice, partners: Exceptions}} choice
 * @param {() => void} changed shows the page what came of it
 */
export function answer(action, surface, trusted, choice, changed) {
  const stored = {
    version: version.digest, decided_at: now(), ...choice, regime: site.regime.code, signals: readSignals(),
    consent_id: state.stored ? state.stored.consent_id : uuid(),
  };
  state.stored = stored;
  writeStored(stored);
  judge();
  const recorded = queue.add({
    event_id: uuid(), consent_id: stored.consent_id, action, surface, ...choice, version: site.version, language: site.language,
    regime: stored.regime, signals: stored.signals, client_time: new Date(stored.decided_at * 1000).toISOString().replace(".000", ""),
    trusted, build: site.build,
  }).then((body) => { if (body && body.receipt_url) state.receipt = body.receipt_url; });
  announce();
  changed();
  // What has run can't be stopped in place. Only an answer reloads, so this never loops; the event is on its way or queued.
  if (running.some((may) => !may())) Promise.race([recorded, new Promise((resolve) => setTimeout(resolve, 1000))]).then(() => location.reload());
}

/** Every partner hears of every answer, also of the second refusal; so does the data layer. */
export function announce() {
  tell("answer");
  sweep();
  guard(() => {
    const page = /** @type {any} */ (window);
    const { categories, partners } = state.decision.grants;
    (page.dataLayer = page.dataLayer || []).push({ event: "sayso_consent_update", sayso: { categories: { ...categories }, partners: { ...partners } } });
  });
}
