/**
 * The first file: decides, holds back, asks, and keeps the answer. What is needed later or rarely is in the second file: the preference
 * centre, the declaration, placeholders of embeds, the question that follows a visit to the hosted page.
 * @import {Choice, Exceptions, Panel, Tools} from "./types"
 */
import { addScript, guard, home, report, site } from "./browser.js";
import { allows, announce, answer, choose, copyOfGrants, everything, look, prepare, queue, reloadIfRevoked, sendUnanswered, start, state, sweep } from "./consent.js";
import { el, shell, style } from "./dom.js";
import { concerns, show } from "./gate.js";
import { ask, attach, confirm, offer, shown } from "./layers.js";

const page = /** @type {any} */ (window);
const { texts, pages } = site;
/** What opens the preference centre, ours and the page's own. */
const OPENS = "[data-sayso=open],[data-sayso-action=preferences]";

const api = {
  get,
  /** @param {string} category @param {string} [partner] */
  allows: (category, partner) => !!allows(category, partner),
  open: () => open(),
  acceptAll: () => settle("accept_all", "api", null, everything(true)),
  rejectAll: () => settle("reject_all", "api", null, everything(false)),
  /** @param {{categories?: Partial<Choice>, partners?: Exceptions}} [choice] what is not named stays as it is */
  save: ({ categories = {}, partners } = {}) => settle("save", "api", null, choose(categories, partners)),
  withdraw: () => settle("withdraw", "api", null, everything(false)),
  on,
  /** @param {((sayso: any) => void)[]} work */
  push: (...work) => work.forEach((item) => guard(() => item(api))),
};

function get() {
  const { decision: { reason }, stored, signals } = state;
  const held = reason == "decided" || reason == "changed" ? stored : null;
  return {
    ...copyOfGrants(), decided_at: held && held.decided_at, version: held && held.version, source: reason, signals: { ...signals }, regime: site.regime.code,
  };
}

// ---- what the page hears: DOM events, and callbacks that learn the last state however late they come

/** @type {Set<string>} */
const happened = new Set();

/** @param {string} name @param {(state: any) => void} listener */
function on(name, listener) {
  document.addEventListener("sayso:" + name, (event) => listener(/** @type {CustomEvent} */ (event).detail));
  if (happened.has(name)) guard(() => listener(get()));
}

/** @param {string} name */
function emit(name) {
  happened.add(name).delete({ open: "close", close: "open" }[name] || "");
  document.dispatchEvent(new CustomEvent("sayso:" + name, { detail: get() }));
}

// ---- answers

/**
 * Keeps an answer, starts what it allows, and says so.
 * @param {string} action @param {string} surface @param {Event | null} event @param {{categories: Choice, partners: Exceptions}} choice
 */
function settle(action, surface, event, choice) {
  const recorded = answer(action, surface, !!event && event.isTrusted, choice);
  change();
  if (surface == "api" || surface == "embed") present();
  else confirm(present);
  reloadIfRevoked(recorded);
}

function change() {
  announce();
  apply();
  emit("change");
}

/** Starts what may run, and lets embeds wait for the rest. */
function apply() {
  start((frame) => details((panel) => panel.hold(frame)));
  document.querySelectorAll("[data-sayso=declaration]").forEach((place) => details((panel) => panel.declare(place)));
}

/** Whether somebody comes back from the hosted preference page, and is to be asked in the banner's place. */
let returning = location.hash.startsWith("#sayso=");

/** Shows what the decision asks for. */
function present() {
  if (returning && details((panel) => {
    returning = panel.welcome();
    if (!returning) present();
  })) return;
  if (state.decision.show == "banner") {
    if (shown() != "banner") {
      ask("banner", texts.banner_title, [el("p", null, texts.banner_text, " "), el("a", { href: pages.declaration }, texts.details_link)], [
        ["reject-all", texts.reject_all, (event) => settle("reject_all", "banner", event, everything(false))],
        ["accept-all", texts.accept_all, (event) => settle("accept_all", "banner", event, everything(true))],
      ], ["preferences", texts.choose]);
    }
  } else offer();
}

// ---- the second file

/** @type {Promise<Panel> | null | undefined} */
let second;

/** @param {(panel: Panel) => void} [then] @returns {boolean} false where the page allows no script of ours */
function details(then) {
  if (!second) {
    const script = guard(() => addScript(new URL(site.preferences, home).href));
    if (!script) return false;
    second = new Promise((ready) => {
      /** @type {Tools} */
      const tools = { site, state, allows, ask, choose, el, emit, everything, guard, present, settle, shell, show, style, ready };
      // The second file finds its tools on its own element: nothing of them is global.
      Object.assign(script, { sayso: tools });
    });
    script.onerror = () => {
      report("the preference centre could not be loaded");
      second = null;
      returning = false;
      present();
    };
  }
  if (then) second.then((panel) => guard(() => then(panel)));
  return true;
}

function open() {
  if (!details((panel) => panel.open())) location.assign(pages.preferences + "?return=" + encodeURIComponent(location.origin + location.pathname));
}

// ---- what happens later

function observe() {
  new MutationObserver((records) => guard(() => {
    attach();
    if (document.readyState == "loading" || records.some(({ addedNodes }) => [...addedNodes].some(concerns))) settleIn();
  })).observe(document, { childList: true, subtree: true });
  addEventListener("DOMContentLoaded", settleIn);
  // Fetched with the first sign of interest, opened on a click.
  for (const interest of ["pointerover", "focusin", "click"]) {
    addEventListener(interest, (event) => {
      const target = event.composedPath()[0];
      if (!(target instanceof Element) || !target.closest(OPENS)) return;
      details();
      if (interest != "click") return;
      event.preventDefault();
      open();
    });
  }

  // Another tab has answered: it touches the queue. Where storage is blocked, coming back to this tab has to do.
  for (const chance of ["storage", "visibilitychange", "pageshow"]) addEventListener(chance, sync);
  addEventListener("online", queue.flush);
  addEventListener("pagehide", sendUnanswered);
}

/** The page has grown. */
function settleIn() {
  apply();
  if (shown() != "confirmation" && shown() != "returned") present();
}

function sync() {
  if (!look()) return;
  change();
  present();
}

guard(() => {
  const early = page.sayso;
  // The same tag twice: the second has nothing to do.
  if (early?.withdraw) return;
  page.sayso = api;
  look();
  prepare();
  // What time or a signal has taken back leaves nothing behind. The cookie of an answer whose time is over is usually gone as well.
  if (state.decision.reason != "decided") sweep();
  guard(apply);
  guard(present);
  observe();
  happened.add("change");
  emit("ready");
  if (Array.isArray(early)) api.push(...early);
  queue.flush();
});
