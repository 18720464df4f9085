/** Stands where an embed waits for a yes: says who would learn what, and offers to load it once, always, or elsewhere. */
import css from "./embed.css";
import { details, tools } from "./lent.js";
import { away, say } from "./words.js";

const { texts } = details;
const { allows, choose, el, settle, shell, show, style } = tools;
/** @type {Map<HTMLIFrameElement, HTMLElement>} */
const placeholders = new Map();

/** @param {HTMLIFrameElement} frame */
function hold(frame) {
  const { src, category, partner: slug } = frame.dataset;
  // It may have been answered while this file was on its way.
  if (placeholders.has(frame) || !frame.isConnected || !src || allows(category, slug)) return;
  if (!placeholders.size) prepare();
  const address = new URL(src, document.baseURI);
  const partner = details.partners.find((each) => each.slug == slug);
  const name = partner ? partner.name : address.host;
  const host = shell({ "data-sayso-layer": "embed" }, css + ":host{" + room(frame) + "}",
    el("section", null, el("div", null, el("h3", null, say("placeholder_title", { name })),
      el("p", null, say("placeholder_text", { entity: partner ? partner.entity || name : name, name })),
      button(texts.placeholder_once, () => loadOnce(frame)),
      ...partner ? [button(say("placeholder_always", { name }), (event) => {
        settle("embed_unlock", "embed", event, choose({}, { [partner.slug]: true }));
        frame.focus();
      })] : [],
      el("p", null, away(address.href, say("placeholder_link", { host: address.host }))))));
  placeholders.set(frame, host);
  frame.setAttribute("data-sayso-waiting", "");
  frame.before(host);
}

/** @param {HTMLIFrameElement} frame */
function release(frame) {
  const host = placeholders.get(frame);
  if (!host) return;
  placeholders.delete(frame);
  host.remove();
  frame.removeAttribute("data-sayso-waiting");
}

/** For this visit to this page: nothing is kept, and the embed no longer waits. @param {HTMLIFrameElement} frame */
function loadOnce(frame) {
  release(frame);
  show(frame);
  frame.removeAttribute("data-src");
  frame.focus();
}

let prepare = () => {
  prepare = () => {};
  style(document, "[data-sayso-waiting]{display:none!important}");
  // An embed that loads, or that the page takes away, takes its placeholder along.
  const tidy = () => {
    for (const frame of placeholders.keys()) if (!frame.isConnected || allows(frame.dataset.category, frame.dataset.partner)) release(frame);
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

/** @param {string} label @param {(event: Event) => void} run */
function button(label, run) {
  const element = el("button", { type: "button" }, label);
  element.onclick = run;
  return element;
}

tools.ready?.({ hold });
