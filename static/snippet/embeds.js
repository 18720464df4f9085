/** Stands where an embed waits for a yes: says who would learn what, and offers to load it once, always, or elsewhere. */
import css from "./embed.css";
import { details, tools } from "./lent.js";
import { away, say } from "./words.js";

const { texts } = details;
const { allows, choose, el, settle, shell, show, style } = tools;
const MARKS = ["data-category", "data-partner"];
/** @typedef {HTMLIFrameElement | HTMLTemplateElement} Waiting a frame, or the template with what scripts make an embed of */
/** @type {Map<Waiting, HTMLElement>} */
const placeholders = new Map();

/** @param {HTMLElement} place a frame, or what the page marked as an embed's place, with its template inside */
function hold(place) {
  const waiting = place instanceof HTMLIFrameElement ? place : /** @type {HTMLTemplateElement | null} */ (place.querySelector(MARKS.map((mark) => `template[${mark}]`).join()));
  // What was loaded once comes into sight, and has no mark any more.
  if (!waiting || !MARKS.some((mark) => waiting.hasAttribute(mark))) return;
  // It may have been answered while this file was on its way.
  if (placeholders.has(waiting) || !waiting.isConnected || allows(waiting.dataset.category, waiting.dataset.partner)) return;
  const inside = words(waiting, place);
  if (!inside) return;
  if (!placeholders.size) prepare();
  const host = shell({ "data-sayso-layer": "embed" }, css + ":host{" + (waiting instanceof HTMLIFrameElement ? room(waiting) : roomIn(place)) + ";}",
    el("section", null, el("div", null, ...inside)));
  placeholders.set(waiting, host);
  waiting.setAttribute("data-sayso-waiting", "");
  waiting.before(host);
}

/** Nothing where nobody could be named. @param {Waiting} waiting @param {HTMLElement} place */
function words(waiting, place) {
  const { category, src, href = src, text, partner: slug } = waiting.dataset;
  const content = waiting instanceof HTMLTemplateElement ? waiting.content : null;
  const source = content ? content.querySelector("[src]")?.getAttribute("src") : src;
  const partner = details.partners.find((each) => each.slug == slug);
  const name = partner ? partner.name : category && source && hostOf(source);
  if (!name) return;
  return [
    el("h3", null, say("placeholder_title", { name })),
    el("p", null, say("placeholder_text", { entity: partner ? partner.entity || name : name, name })),
    // A template that starts nothing itself waits for what only a lasting yes starts.
    ...!content || content.querySelector("script,[src]") ? [button(texts.placeholder_once, () => loadOnce(waiting, place))] : [],
    ...partner ? [button(say("placeholder_always", { name }), (event) => {
      settle("embed_unlock", "embed", event, choose({}, { [partner.slug]: true }));
      enter(place);
    })] : [],
    ...href ? wayOut(absolute(href), text) : [],
  ];
}

/** Without a yes: to where the same is without us. @param {URL} address @param {string} [text] the page's own words for it */
function wayOut({ href, host, pathname, protocol }, text) {
  // Where markup comes from strangers, an address must not run anything.
  if (!/^(https?|mailto|tel):/.test(protocol)) return [];
  return [el("p", null, away(href, text || (host ? say("placeholder_link", { host }) : pathname)))];
}

/** @param {string} address */
const absolute = (address) => new URL(address, document.baseURI);

/** @param {string} address */
const hostOf = (address) => absolute(address).host;

/** @param {Waiting} waiting */
function release(waiting) {
  const host = placeholders.get(waiting);
  if (!host) return;
  placeholders.delete(waiting);
  host.remove();
  waiting.removeAttribute("data-sayso-waiting");
}

/** For this visit to this page: nothing is kept, and the embed no longer waits. @param {Waiting} waiting @param {HTMLElement} place */
function loadOnce(waiting, place) {
  release(waiting);
  show(waiting);
  for (const mark of ["data-src", ...MARKS]) waiting.removeAttribute(mark);
  enter(place);
}

/** What had the focus is gone: it stays where the embed is. @param {HTMLElement} place */
function enter(place) {
  if (place.tabIndex < 0 && !place.hasAttribute("tabindex")) {
    place.tabIndex = -1;
    place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  }
  place.focus();
}

let prepare = () => {
  prepare = () => {};
  style(document, "[data-sayso-waiting]{display:none!important}");
  // An embed that loads, or that the page takes away, takes its placeholder along.
  const tidy = () => {
    for (const waiting of placeholders.keys()) if (!waiting.isConnected || allows(waiting.dataset.category, waiting.dataset.partner)) release(waiting);
  };
  document.addEventListener("sayso:change", tidy);
  new MutationObserver(tidy).observe(document, { childList: true, subtree: true });
};

/** The embed's own room, as the page lays it out. @param {HTMLIFrameElement} frame */
function room(frame) {
  if (getComputedStyle(frame).position == "absolute") return "position:absolute;inset:0";
  const { offsetWidth: width, offsetHeight: height, parentElement } = frame;
  // An embed as wide as its parent stays so when the window changes.
  const wide = !width || parentElement && parentElement.clientWidth <= width;
  return "width:" + (wide ? "100%" : width + "px") + ";height:" + (height || frame.height || 240) + "px";
}

/** The room that the page has left in an embed's place; with more to say than fits, it grows. @param {HTMLElement} place */
function roomIn(place) {
  const { paddingTop, paddingBottom } = getComputedStyle(place);
  return "display:grid;min-height:" + (place.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom)) + "px";
}

/** @param {string} label @param {(event: Event) => void} run */
function button(label, run) {
  const element = el("button", { type: "button" }, label);
  element.onclick = run;
  return element;
}

tools.ready?.({ hold });
