/**
 * The first file: decides, holds back, asks, and keeps the answer. The preference centre is a second file, fetched when somebody wants it.
 * @import {Choice, Exceptions, Panel, Tools} from "./types"
 */
import { addScript, guard, home, report, site } from "./browser.js";
import { allows, announce, answer, choose, everything, look, prepare, queue, sendUnanswered, start, state, sweep } from "./consent.js";
import { el, fill, shell, style } from "./dom.js";
import { emit, on, remember } from "./events.js";
import { returned } from "./fragment.js";
import { concerns } from "./gate.js";
import { ask, attach, confirm, offer, shown } from "./layers.js";
import { hold, release } from "./placeholder.js";
import { KEY } from "./queue.js";

const page = /** @type {any} */ (window);
const { texts, pages, partners } = site;
const OPENS = "[data-sayso=open]";

const api = {
  get,
  /** @param {string} category @param {string} [partner] */
  allows: (category, partner) => allows(category, partner),
  open: () => open(),
  acceptAll: () => settle("accept_all", "api", null, everything(true)),
  rejectAll: () => settle("reject_all", "api", null, everything(false)),
  /** @param {{categories?: Partial<Choice>, partners?: Exceptions}} [choice] what is not named stays as it is */
  save: (choice = {}) => settle("save", "api", null, choose(choice.categories || {}, choice.partners)),
  withdraw: () => settle("withdraw", "api", null, everything(false)),
  on,
  /** @param {((sayso: any) => void)[]} work */
  push(...work) {
    for (const item of work) guard(() => item(api));
  },
};

guard(() => {
  // The same tag twice: the second has nothing to do.
  if (page.sayso && page.sayso.withdraw) return;
  const early = Array.isArray(page.sayso) ? page.sayso : [];
  page.sayso = api;
  look();
  prepare();
  // What time or a signal has taken back leaves nothing behind.
  if (state.stored && state.decision.reason != "decided") sweep();
  guard(apply);
  guard(present);
  guard(observe);
  remember("change", get());
  emit("ready", get());
  api.push(...early);
  queue.flush();
});

function get() {
  const { decision: { reason, grants }, stored, signals } = state;
  const holds = reason == "decided" || reason == "changed" ? stored : null;
  return {
    categories: { ...grants.categories }, partners: { ...grants.partners }, decided_at: holds && holds.decided_at, version: holds && holds.version,
    source: reason, signals: { ...signals }, regime: site.regime.code,
  };
}

/**
 * Keeps an answer, starts what it allows, and says so.
 * @param {string} action @param {string} surface @param {Event | null} event @param {{categories: Choice, partners: Exceptions}} choice
 */
function settle(action, surface, event, choice) {
  answer(action, surface, !!event && event.isTrusted, choice, () => {
    apply();
    emit("change", get());
    if (surface == "api" || surface == "embed") present();
    else confirm(present);
  });
}

/** Starts what may run, and lets embeds wait for the rest. */
function apply() {
  start(release, (frame) => hold(frame, (slug, event) => settle("embed_unlock", "embed", event, choose({}, { [slug]: true }))));
  for (const place of document.querySelectorAll("[data-sayso=declaration]")) details().then((panel) => panel.declare(place), () => {});
}

/** Shows what the decision asks for. */
function present() {
  const back = returned(location.hash);
  if (back) confirmReturn(back);
  else if (state.decision.show == "banner") askForConsent();
  // Whether the page has a way back of its own is known when it is read to its end.
  else if (document.readyState != "loading") offer(open);
  else offer();
}

function askForConsent() {
  if (shown() == "banner") return;
  const words = partners.some(({ category }) => category != "strictly_necessary") ? texts.banner_text
    : Object.values(site.categories).some(Boolean) ? texts.banner_text_alone : texts.banner_text_nothing;
  ask("banner", texts.banner_title, [el("p", {}, words || texts.banner_text), " ", el("a", { href: pages.declaration }, texts.details_link)], [
    { name: "reject-all", label: texts.reject_all, run: (event) => settle("reject_all", "banner", event, everything(false)) },
    { name: "accept-all", label: texts.accept_all, run: (event) => settle("accept_all", "banner", event, everything(true)) },
  ], { name: "preferences", label: texts.choose, run: open });
}

/** What was chosen on the hosted page counts here only once the visitor says so here. @param {{categories: Choice, partners: Exceptions}} back */
function confirmReturn(back) {
  const clear = () => history.replaceState(history.state, "", location.pathname + location.search);
  ask("returned", texts.returned_title, [el("p", {}, texts.returned_text)], [
    { name: "apply", label: texts.returned_apply, run: (event) => { clear(); settle("save", "page", event, choose(back.categories, back.partners)); } },
    { name: "ignore", label: texts.returned_ignore, run: () => { clear(); present(); } },
  ]);
}

// ---- the second file

/** @type {Promise<Panel> | null} */
let panel = null;

/** @returns {Promise<Panel>} */
function details() {
  return panel || (panel = new Promise((resolve, reject) => {
    const script = addScript(new URL(site.preferences, home).href);
    if (!script) return reject("policy");
    /** @type {Tools} */
    const tools = { site, state, el, fill, shell, style, guard, settle, choose, everything, emit, ready: resolve };
    // The second file finds its tools on its own element: nothing of them is global.
    Object.assign(script, { sayso: tools });
    script.onerror = () => {
      report("the preference centre could not be loaded");
      panel = null;
      script.remove();
      reject();
    };
  }));
}

function open() {
  details().then((ready) => ready.open(), (reason) => {
    // Where the page allows no script of ours, the hosted page does the same.
    if (reason) location.assign(pages.preferences + "?return=" + encodeURIComponent(location.origin + location.pathname));
  });
}

// ---- what happens later

function observe() {
  new MutationObserver((records) => guard(() => {
    attach();
    const loading = document.readyState == "loading";
    for (const { removedNodes } of records) for (const node of removedNodes) if (node instanceof HTMLIFrameElement && !node.isConnected) release(node);
    if (!loading && !records.some(({ addedNodes }) => [...addedNodes].some(concerns))) return;
    apply();
    if (shown() == "settings" && document.querySelector(OPENS)) present();
  })).observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => guard(() => { apply(); present(); }));

  document.addEventListener("click", (event) => {
    if (!within(event, OPENS)) return;
    event.preventDefault();
    open();
  });
  for (const intent of ["pointerover", "focusin"]) {
    document.addEventListener(intent, (event) => { if (within(event, OPENS + ",[data-sayso-action=preferences]")) details().catch(() => {}); });
  }

  // Another tab has answered: it touches the queue. Where storage is blocked, coming back to this tab has to do.
  addEventListener("storage", ({ key }) => { if (!key || key == KEY) sync(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) sync(); });
  addEventListener("online", () => queue.flush());
  addEventListener("pagehide", sendUnanswered);
}

/** @param {Event} event @param {string} selector */
function within(event, selector) {
  const target = event.composedPath()[0];
  return target instanceof Element && target.closest(selector);
}

function sync() {
  guard(() => {
    if (!look()) return;
    announce();
    apply();
    emit("change", get());
    present();
  });
}
