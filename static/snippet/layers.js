/**
 * What the visitor sees of the first file: the question, the confirmation, the settings button; one of them at a time.
 * Their words and buttons stand in the page's own DOM, so that assistive technology, filters and tests meet plain markup.
 */
import { site } from "./browser.js";
import { el, shell, style } from "./dom.js";
import css from "./layer.css";

const { texts } = site;
/** The page's own ways to the preference centre. */
export const WAY_BACK = "[data-sayso=open],[data-sayso=choices]";
/** @type {HTMLElement | null} */
let layer = null;
/** How often the page may take a layer out of its body before it stays out. */
let patience = 0;

/** @import {Act} from "./types" */

/**
 * A heading, a text, twins that differ in nothing but their word, and perhaps a third way.
 * @param {string} name @param {string} title @param {(Node | string)[]} words @param {Act[]} twins @param {Act[]} wide
 */
export function ask(name, title, words, twins, ...wide) {
  place(name, { role: "dialog", "aria-labelledby": "sayso-title" },
    [el("h2", { id: "sayso-title" }, title), ...words, ...twins.map((act) => button("acts", act)), ...wide.map((act) => button("wide", act))],
    el("section", null, el("div", null, el("slot")), el("footer", null, el("slot", { name: "acts" }), el("slot", { name: "wide" }))));
}

/** The way back, unless the page has one of its own; whether it has is known when it is read to its end. */
export function offer() {
  if (!site.settings_button || document.readyState == "loading" || document.querySelector(WAY_BACK)) clear();
  else if (shown() != "settings") place("settings", {}, [button("wide", ["preferences", texts.settings_button])], el("slot", { name: "wide" }));
}

/** @returns the name of what is shown */
export const shown = () => layer?.dataset.saysoLayer;

/** Puts the layer into the body, and back where the page has exchanged its body. */
export function attach() {
  const { body } = document;
  if (layer && body && layer.parentNode != body && patience-- > 0) {
    body.prepend(layer);
    if (layer.popover) layer.showPopover();
  }
}

export function clear() {
  if (!layer) return;
  layer.remove();
  layer = null;
  watch.disconnect();
  reserve();
}

/** @param {string} name @param {Record<string, string>} attributes @param {(Node | string)[]} words @param {Node} inside */
export function place(name, attributes, words, inside) {
  clear();
  layer = shell({ "data-sayso-layer": name, ...attributes }, css + site.layout, inside);
  layer.append(...words);
  raise.observe(layer);
  patience = 4;
  attach();
  return layer;
}

/** @param {string} slot @param {Act} act */
function button(slot, [name, label, run]) {
  const element = el("button", { type: "button", "data-sayso-action": name, slot }, label);
  element.onclick = run || null;
  return element;
}

// ---- nothing that has the focus, and nothing at the end of the page, stays behind the question

/** @type {ReturnType<typeof style> | undefined} */
let sheet;
/** @type {Event | undefined} */
let moved;
const watch = new ResizeObserver(() => reserve());
/**
 * Above whatever the page puts above everything. Not sooner: the page would have to be laid out for it in our time. What is raised may
 * have another size, of which no observer may hear within the same frame, and the page's first paint does not wait for the room it takes.
 */
const raise = new ResizeObserver(() => {
  raise.disconnect();
  if (layer?.popover === null) {
    layer.popover = "manual";
    layer.showPopover();
  }
  setTimeout(() => layer && watch.observe(layer), 99);
});

/** @param {Event} [event] */
function reserve(event) {
  moved = event || moved;
  // A filter list may hide it: then nothing needs room.
  const height = layer && shown() != "settings" && layer.offsetHeight && innerHeight - layer.getBoundingClientRect().top + 12 + "px";
  if (height) sheet = sheet || style(document, "");
  // Room at the end not before it has to be: a page that did not scroll would get a scroll bar, and jump.
  sheet?.replaceSync(height ? "html{scroll-padding-bottom:" + height + (moved ? "}html::after{content:'';display:block;height:" + height : "") + "}" : "");
}

for (const sign of ["scroll", "keydown"]) addEventListener(sign, reserve, { once: true });
