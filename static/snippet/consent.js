/**
 * The state of this page: what was answered, what may run, and what an answer sets in motion.
 * @import {Choice, Exceptions, State} from "./types"
 */
import { guard, home, now, readSignals, readStored, report, site, uuid, writeStored } from "./browser.js";
import { format } from "./cookie.js";
import { asksFirst, decide, keeping, NECESSARY, OPTIONAL, own } from "./decide.js";
import { addScript } from "./dom.js";
import { openGates } from "./gate.js";
import { LAWS } from "./laws.js";
import { createQueue, KEY } from "./queue.js";
import { run, translator } from "./steps.js";

const version = { ...site, digest: site.version.slice(0, 12) };

/** Several regimes: the first is the strictest, and holds until the server has said which one does. @type {State} */
export const state = /** @type {any} */ ({ receipt: "", regime: site.regimes[0], waiting: LAWS && site.regimes[1] });

/** Reads cookie and signals afresh. @returns {boolean} whether the answer is another than before */
export function look() {
  const before = state.stored;
  [state.stored, state.count, state.header] = readStored();
  judge();
  return (before && format(before)) != (state.stored && format(state.stored));
}

export function judge() {
  state.signals = readSignals();
  state.decision = decide(state.regime, site.policy, state.signals, state.stored, version, now());
}

/** Writes the answer for as long as it counts; where it is kept as long as browsers allow, each visit begins that anew. */
export function keep() {
  const { regime, stored } = state;
  if (stored) writeStored(stored, keeping(regime, stored) - (asksFirst(regime) ? now() - stored.decided_at : 0));
}

// ---- what may run

/** What has run on this page, as the question whether it still may. @type {(() => any)[]} */
const running = [];
/** @type {Set<string>} */
const loaded = new Set();

/**
 * A partner speaks for itself, whatever category its markup names.
 * @param {string | undefined} category @param {string} [partner]
 * @returns {boolean | undefined} undefined for what nobody knows
 */
export function allows(category, partner) {
  const { categories, partners } = state.decision.grants;
  const granted = partner ? own(partners, partner) : own(categories, category || "");
  if (granted === undefined) report("unknown: " + (partner || category));
  return granted;
}

/** Every signal is told once, however many partners listen to it; it grants only what all of them may. @param {("default" | "update" | "grant" | "deny")[]} moments */
function tell(...moments) {
  const { grants } = state.decision;
  /** @type {Map<string, [signal: import("./types").PartnerSignal, granted: boolean]>} */
  const signals = new Map();
  for (const { slug, signals: own_ } of site.partners) {
    for (const signal of own_ || []) signals.set(signal.name, [signal, grants.partners[slug] && (signals.get(signal.name) || [0, true])[1]]);
  }
  for (const [signal, granted] of signals.values()) {
    for (const moment of moments) {
      if (moment != (granted ? "deny" : "grant")) guard(() => run(window, signal[moment], addScript, translator(grants, granted)));
    }
  }
}

/** Before any tag can run: what holds without an answer, and what a stored one says. */
export const prepare = () => {
  tell("default");
  widen();
};

/** What may run by now; again where a place has become known. */
export const widen = () => tell("update", "grant");

/** Starts what may run and has not yet. @param {(element: HTMLElement) => void} hold is told of what waits */
export function start(hold) {
  for (const { slug, loader } of site.partners) {
    const may = () => state.decision.grants.partners[slug];
    if (!loader || loaded.has(slug) || !may()) continue;
    loaded.add(slug);
    running.push(may);
    guard(() => run(window, loader, addScript));
  }
  openGates(allows, running, hold);
}

/** Names and patterns of what those keep who may not. @param {"cookies" | "storage" | "databases"} kind @returns {string[]} */
export function unwanted(kind) {
  const { categories, partners } = state.decision.grants;
  return [...site.partners.flatMap((partner) => !partners[partner.slug] && partner[kind] || []),
    ...OPTIONAL.flatMap((code) => !categories[code] && own(site[kind] || {}, code) || [])];
}

/**
 * Whether something may have been left behind: where an answer was given or no longer holds, or a cookie bore the name of one when we
 * last looked. The second file looks closer, and deletes it.
 * @param {boolean} [answered]
 */
export function hasLeftovers(answered) {
  const { stored, count, header, decision: { reason, grants } } = state;
  return count > 1 || (answered || stored && /^[ems]/.test(reason)) && /:false/.test(JSON.stringify(grants)) || unwanted("cookies").some((pattern) => (" " + header).includes(" " + pattern.split("*")[0]));
}

// ---- answering

/** The website's own addresses at the platform. @param {string} name */
export const endpoint = (name) => new URL("/api/v1/sites/" + site.key + "/" + name, home).href;

/** Where storage is blocked. @type {any[]} */
let unstored = [];

export const queue = createQueue(
  () => guard(() => JSON.parse(localStorage.getItem(KEY) || "[]")) || unstored,
  (events) => guard(() => {
    unstored = events;
    if (events[0]) localStorage.setItem(KEY, JSON.stringify(events));
    else localStorage.removeItem(KEY);
  }),
  // text/plain needs no preflight, and the address of the page is nobody's business.
  (body) => fetch(endpoint("events"), { method: "POST", body, keepalive: true, credentials: "omit", referrerPolicy: "strict-origin" }),
  report,
);

/** What closing a tab would lose is sent once more, without waiting for an answer: the event's id makes the second one harmless. */
export const sendUnanswered = () => queue.list().forEach((event) => navigator.sendBeacon(endpoint("events"), JSON.stringify(event)));

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
    if (wanted != chosen[/** @type {import("./types").Optional} */ (category)]) exceptions[slug] = wanted;
  }
  return { categories: chosen, partners: exceptions };
}

/** @param {boolean} granted */
export const everything = (granted) => choose({ performance: granted, functional: granted, targeting: granted });

/**
 * From here on the answer holds on this page. Keeping and recording it is the caller's, as soon as what was clicked is gone from the screen:
 * browsers hold everything up while a cookie is written and their storage is opened.
 * @param {string} action @param {string} surface @param {boolean} trusted whether a person clicked
 * @param {{categories: Choice, partners: Exceptions}} choice
 * @returns {() => Promise<void>} keeps it, and sends it: done when it is recorded, or known that it has to wait
 */
export function answer(action, surface, trusted, choice) {
  const consent_id = state.stored?.consent_id || uuid();
  const context = { regime: state.regime.code, signals: readSignals() };
  const event = {
    event_id: uuid(), consent_id, action, surface, ...choice, version: site.version, language: site.language, ...context,
    client_time: new Date(), trusted, ...site.sent,
  };
  state.stored = { version: version.digest, decided_at: now(), ...choice, consent_id, ...context };
  judge();
  return () => {
    keep();
    return queue.add(event)().then((body) => { state.receipt = body?.receipt_url || ""; });
  };
}

/** Every partner hears of every answer, also of the second refusal; so does the data layer. */
export function announce() {
  tell("update", "grant", "deny");
  const page = /** @type {any} */ (window);
  guard(() => (page.dataLayer = page.dataLayer || []).push({ event: "sayso_consent_update", sayso: copyOfGrants() }));
}

/** Foreign code gets its own, so that it can't change ours. */
export function copyOfGrants() {
  const { categories, partners } = state.decision.grants;
  return { categories: { ...categories }, partners: { ...partners } };
}

/** What has run can't be stopped in place. Called for an answer only, so it never loops. @param {Promise<any>} done recorded, and swept */
export function reloadIfRevoked(done) {
  if (running.some((may) => !may())) Promise.race([done, new Promise((later) => setTimeout(later, 1000))]).then(() => location.reload());
}
