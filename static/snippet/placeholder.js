/** Stands where an embed waits for a yes: says who would learn what, and offers to load it once, always, or elsewhere. */
import { guard, site } from "./browser.js";
import { el, fill, shell } from "./dom.js";
import css from "./embed.css";
import { show } from "./gate.js";

/** @type {WeakMap<HTMLIFrameElement, HTMLElement>} */
const placeholders = new WeakMap();

/**
 * @param {HTMLIFrameElement} frame
 * @param {(slug: string, event: Event) => void} unlock "always"
 */
export function hold(frame, unlock) {
  if (placeholders.has(frame)) return;
  const address = new URL(frame.dataset.src || "", document.baseURI);
  const partner = site.partners.find(({ slug }) => slug == frame.dataset.partner);
  const name = partner ? partner.name : address.host;
  const { texts } = site;
  const inside = el("div", {}, el("h3", {}, fill(texts.placeholder_title, { name })),
    el("p", {}, fill(texts.placeholder_text, { entity: partner && partner.entity || name, name })),
    press(texts.placeholder_once, () => loadOnce(frame)),
    ...partner ? [press(fill(texts.placeholder_always, { name }), (event) => unlock(partner.slug, event))] : [], el("br"),
    el("a", { href: address.href, target: "_blank", rel: "noopener noreferrer" }, fill(texts.placeholder_link, { host: address.host })));
  const host = shell({ "data-sayso-layer": "embed" }, css + ":host{" + size(frame) + "}", el("section", {}, inside));
  placeholders.set(frame, host);
  frame.setAttribute("data-sayso-waiting", "");
  frame.before(host);
}

/** @param {HTMLIFrameElement} frame */
export function release(frame) {
  const host = placeholders.get(frame);
  if (!host) return;
  placeholders.delete(frame);
  host.remove();
  frame.removeAttribute("data-sayso-waiting");
}

/** This visit to this page only: nothing is kept, and the embed no longer waits. @param {HTMLIFrameElement} frame */
function loadOnce(frame) {
  release(frame);
  show(frame);
  frame.removeAttribute("data-src");
  frame.focus();
}

/** The embed's own room, as the page lays it out. @param {HTMLIFrameElement} frame */
function size(frame) {
  const { position } = getComputedStyle(frame);
  if (position == "absolute") return "position:absolute!important;inset:0!important";
  const width = frame.offsetWidth;
  const parent = frame.parentElement;
  // An embed as wide as its parent stays so when the window changes.
  const wide = !width || parent && parent.clientWidth <= width;
  return "width:" + (wide ? "100%" : width + "px") + "!important;max-width:100%!important;height:" + (frame.offsetHeight || frame.height || 240) + "px!important";
}

/** @param {string} label @param {(event: Event) => void} run */
function press(label, run) {
  const button = el("button", { type: "button" }, label);
  button.addEventListener("click", (event) => guard(() => run(event)));
  return button;
}
