/**
 * What the visitor sees of the first file: the question, the confirmation, the settings button; one of them at a time.
 * Their words and buttons stand in the page's own DOM, so that assistive technology, filters and tests meet plain markup.
 */
import { guard, site } from "./browser.js";
import { el, shell, style } from "./dom.js";
import css from "./layer.css";

const { texts, appearance } = site;
/** @type {HTMLElement | null} */
let layer = null;
/** How often the page may take the layer out of its body before it stays out. */
let patience = 3;
/** @type {CSSStyleSheet | null | undefined} */
let sheet;

/** @typedef {{name: string, label: string, run: (event: Event) => void}} Act */

/**
 * A heading, a text, twins that differ in nothing but their word, and perhaps a third way.
 * @param {string} name @param {string} title @param {(Node | string)[]} text @param {Act[]} twins @param {Act} [third]
 */
export function ask(name, title, text, twins, third) {
  const buttons = twins.map((act) => button(act, "acts"));
  if (third) buttons.push(button(third, "wide"));
  place(frame({ "data-sayso-layer": name, role: "dialog", "aria-labelledby": "sayso-title" },
    [el("h2", { id: "sayso-title" }, title), ...text, ...buttons],
    el("div", { class: "text" }, el("slot")), el("div", { class: "acts" }, el("slot", { name: "acts" }), el("slot", { name: "wide" }))));
}

/** Says that an answer was kept, and goes by itself or with the visitor's next step. @param {() => void} then */
export function confirm(then) {
  const text = el("p");
  const host = frame({ "data-sayso-layer": "confirmation", role: "status" }, [text], el("div", { class: "text" }, el("slot")));
  place(host);
  // A screen reader speaks what changes inside a status, not what the status came with.
  requestAnimationFrame(() => text.append(texts.confirmation));
  const leaving = ["pointerdown", "keydown"];
  const leave = () => {
    clearTimeout(timer);
    for (const name of leaving) removeEventListener(name, leave, true);
    if (layer == host) then();
  };
  const timer = setTimeout(leave, 6000);
  for (const name of leaving) addEventListener(name, leave, true);
}

/** The way back, unless the page has one of its own. @param {() => void} [run] */
export function offer(run) {
  if (!run || !appearance.settings_button || document.querySelector("[data-sayso=open]")) return place(null);
  const host = shell({ "data-sayso-layer": "settings", "data-position": appearance.position }, css, el("slot", { name: "wide" }));
  host.append(button({ name: "preferences", label: texts.settings_button, run }, "wide"));
  place(host);
}

/** @returns {string} the name of what is shown */
export const shown = () => layer ? layer.dataset.saysoLayer || "" : "";

/** Puts the layer into the body, or back where the page has exchanged its body. */
export function attach() {
  const { body } = document;
  if (!layer || !body || layer.parentNode == body || patience < 0) return;
  if (layer.dataset.placed) patience--;
  layer.dataset.placed = "";
  body.prepend(layer);
}

/** @param {HTMLElement | null} next */
function place(next) {
  if (layer) layer.remove();
  layer = next;
  watch.disconnect();
  reserve();
  if (next && next.role == "dialog") watch.observe(next);
  attach();
}

/** @param {Record<string, string>} attributes @param {Node[]} words @param {Node[]} inside */
function frame(attributes, words, ...inside) {
  const host = shell({ ...attributes, "data-layout": appearance.layout, "data-position": appearance.position }, css, el("div", { class: "card" }, ...inside));
  host.append(...words);
  return host;
}

/** @param {Act} act @param {string} slot */
function button({ name, label, run }, slot) {
  const element = el("button", { type: "button", "data-sayso-action": name, slot }, label);
  element.addEventListener("click", (event) => guard(() => run(event)));
  return element;
}

// ---- nothing that has the focus hides behind the question

const watch = new ResizeObserver(() => layer && reserve(layer.offsetHeight));

/** @param {number} [height] @param {boolean} [extend] also lets a short page scroll */
function reserve(height, extend) {
  const room = height ? "html{scroll-padding-bottom:" + (height + 36) + "px" + (extend ? ";padding-bottom:" + (height + 36) + "px" : "") + "}" : "";
  const rules = "[data-sayso-waiting]{display:none!important}" + room;
  if (sheet) sheet.replaceSync(rules);
  else if (sheet === undefined) sheet = style(document, rules);
}

addEventListener("focusin", ({ target }) => {
  if (!layer || layer.role != "dialog" || !(target instanceof Element) || layer.contains(target)) return;
  const ours = layer.getBoundingClientRect();
  const theirs = target.getBoundingClientRect();
  if (theirs.bottom <= ours.top || theirs.right <= ours.left || theirs.left >= ours.right || theirs.top >= ours.bottom) return;
  reserve(layer.offsetHeight, true);
  target.scrollIntoView({ block: "nearest" });
});
