/**
 * The first file: decides, holds back, asks, and keeps the answer. What is needed later or rarely is in the second file: the preference
 * centre, the declaration, placeholders of embeds, what opt-out laws and changes need, and what follows an answer.
 * @import {Choice, Exceptions, Panel, Tools} from "./types"
 */
import { cookies, guard, home, report, setCookie, site } from "./browser.js";
import { allows, announce, answer, choose, copyOfGrants, endpoint, everything, hasLeftovers, judge, keep, look, prepare, queue, reloadIfRevoked, sendUnanswered, start, state, unwanted, widen } from "./consent.js";
import { addScript, el, shell, style } from "./dom.js";
import { concerns, show } from "./gate.js";
import { LAWS } from "./laws.js";
import { ask, attach, clear, offer, place, shown, WAY_BACK } from "./layers.js";
import { kinds } from "./steps.js";

const page = /** @type {any} */ (window);
const { texts } = site;
/** What opens the preference centre, ours and the page's own. */
const OPENS = WAY_BACK + ",[data-sayso-action=preferences]";
/** Layers that the visitor has to leave, or that go by themselves. */
const STAYING = /^(co|ne|re)/; // confirmation, returned, news

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
  const { decision: { reason }, stored, signals, regime } = state;
  const held = /^[dca]/.test(reason) ? stored : null;
  return {
    ...copyOfGrants(), decided_at: held && held.decided_at, version: held && held.version, source: reason, signals: { ...signals }, regime: regime.code,
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

/** What the last answer still has to set in motion. */
let finish = () => {};

/**
 * Takes an answer, keeps it, starts what it allows, and says so.
 * @param {string} action @param {string} surface @param {Event | null} event @param {{categories: Choice, partners: Exceptions}} choice
 */
function settle(action, surface, event, choice) {
  finish();
  const record = answer(action, surface, !!event?.isTrusted, choice);
  const isQuiet = surface == "api" || surface == "embed";
  clear();
  finish = () => {
    finish = () => {};
    reloadIfRevoked(Promise.all([record(), change()]));
    if (isQuiet || !details((panel) => panel.confirm())) present();
  };
  // What was clicked is gone on the next frame; only then do the cookie, the record and tags get their turn, or as the page is left.
  if (isQuiet) finish();
  else requestAnimationFrame(() => setTimeout(() => finish()));
}

/** @returns {Promise<void>} done when nothing is left behind */
function change() {
  announce();
  apply();
  emit("change");
  return sweep(true);
}

/** What stands in an embed's place is fetched as it comes near. */
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) details((panel) => panel.hold(/** @type {HTMLElement} */ (target)));
}, { rootMargin: "50%" });

/** Starts what may run, and lets embeds wait for the rest. */
function apply() {
  start((element) => {
    const place = element.closest("iframe,[data-sayso=embed]");
    if (place) near.observe(place);
  });
  document.querySelectorAll("[data-sayso=declaration]").forEach((place) => details((panel) => panel.declare(place)));
}

/** Those who may not run leave nothing behind, whether an answer, time or a signal has taken it back. @param {boolean} [answered] @returns {Promise<void>} */
function sweep(answered) {
  return new Promise((done) => {
    if (!hasLeftovers(answered) || !details((panel) => { panel.sweep(); done(); })) done();
  });
}

/** Whether somebody comes back from the hosted preference page, and is to be asked in the banner's place. */
let returning = location.hash.startsWith("#sayso=");
let failed = false;

/** Shows what the decision asks for. */
function present() {
  if (LAWS && state.waiting || returning && details((panel) => panel.welcome(() => {
    returning = false;
    present();
  }))) return;
  const { regime, decision: { show, reason } } = state;
  if (show == "banner" && reason != "changed") {
    if (shown() != "banner") {
      ask("banner", texts.banner_title, [el("p", null, texts.banner_text, " "), el("a", { href: site.page + "cookies/" }, texts.details_link)], [
        ["reject-all", texts.reject_all, (event) => settle("reject_all", "banner", event, everything(false))],
        ["accept-all", texts.accept_all, (event) => settle("accept_all", "banner", event, everything(true))],
      ], ["preferences", texts.choose]);
    }
  } else if (failed || show == "nothing" && !(LAWS && regime.first_layer) || !details((panel) => panel.present())) offer();
}

/** What the visitor's place, once it is known, allows beyond the strictest rule. */
function arrive() {
  judge();
  // Where things run until refused (only such rows name a model), each visit begins the time anew. Elsewhere an answer from there is left as
  // long as it was given.
  if (state.regime.model) keep();
  widen();
  apply();
  emit("change");
}

// ---- the second file

/** @type {Promise<Panel> | null | undefined} */
let second;

/** What the other files work with. `arrive` is asked for by region.js alone, which never stands beside the strict engine. @type {Tools} */
const tools = {
  site, state, addScript, allows, arrive: LAWS ? arrive : clear, ask, boot, choose, clear, cookies, el, emit, endpoint, everything, guard, home, keep, kinds, place, present, setCookie, settle,
  shell, show, shown, style, unwanted, withDetails: details,
};

/** @param {(panel: Panel) => void} [then] @returns {boolean} false where the page allows no script of ours */
function details(then) {
  if (!second) {
    const script = guard(() => addScript(new URL(site.preferences, home).href));
    if (!script) return false;
    second = new Promise((ready) => {
      // Files of ours find their tools on their own element: nothing of them is global.
      Object.assign(script, { sayso: { ...tools, ready } });
    });
    script.onerror = () => {
      report("preferences did not load");
      second = null;
      returning = false;
      failed = true;
      present();
    };
  }
  if (then) second.then((panel) => guard(() => then(panel)));
  return true;
}

function open() {
  if (!details((panel) => panel.open())) location.assign(site.page + "?return=" + encodeURIComponent(location.origin + location.pathname));
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
      if (!/** @type {Element} */ (target).closest?.(OPENS)) return;
      details();
      if (interest != "click") return;
      event.preventDefault();
      open();
    });
  }

  addEventListener("online", queue.flush);
  addEventListener("pagehide", () => {
    finish();
    sendUnanswered();
  });
  // Browsers open their storage for the first who asks, and everything else waits for it. What another tab writes before it is open
  // here is told to nobody: the look at the answer comes last.
  setTimeout(() => {
    // Another tab has answered: it touches the queue. Where storage is blocked, coming back to this tab has to do.
    for (const chance of ["storage", "visibilitychange", "pageshow"]) addEventListener(chance, sync);
    queue.flush();
    sync();
  }, 99);
}

/** The page has grown. */
function settleIn() {
  apply();
  if (!STAYING.test(shown() || "")) present();
}

/** @param {any} [event] a page that is shown for the first time has just looked */
function sync(event) {
  finish();
  if (event?.persisted === false || !look()) return;
  change();
  present();
}

function boot() {
  const early = page.sayso;
  if (early?.withdraw) return;
  page.sayso = api;
  look();
  prepare();
  sweep();
  guard(apply);
  guard(present);
  observe();
  happened.add("change");
  emit("ready");
  if (Array.isArray(early)) api.push(...early);
}

// What only some websites need is composed in for them. A page that is only being prepared is nobody's visit yet: everything waits for
// that, but the part that holds back what such a page asks for already.
guard(() => {
  // The same line twice, or another website's: the second has nothing to do.
  if (page.sayso?.withdraw) return report("twice");
  __EXTRAS__?.(tools);
  if (/** @type {any} */ (document).prerendering) return document.addEventListener("prerenderingchange", begin, { once: true });
  // At once, but on an empty stack: a tool that looks at who reads a cookie would have this whole file compiled again for its answer.
  queueMicrotask(() => guard(begin));
});

function begin() {
  __LATER__?.(tools);
  if (!state.elsewhere) boot();
}
