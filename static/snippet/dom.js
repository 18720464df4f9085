/**
 * Builds elements and shadow roots. No markup is ever parsed and no style element is made: a strict policy of the page allows all of it.
 */
import { site } from "./browser.js";
import base from "./base.css";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Puts values into a text: {name}, {host}, {count}. @param {string} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}

const look = site.appearance;
const brand = (/** @type {string} */ colour, /** @type {string} */ on) =>
  ":host,::slotted(*){--sayso-brand:" + colour + "!important;--sayso-on-brand:" + on + "!important;--sayso-ring:" + colour + "!important}";
const tokens = base + ":host{--sayso-radius:" + look.radius + "px}" + brand(look.brand_colour, look.brand_text_colour)
  + "@media(prefers-color-scheme:dark){" + brand(look.dark_brand_colour, look.dark_brand_text_colour) + "}";

/**
 * A layer of ours: a host in the page, a shadow root that styles it.
 * @param {Record<string, string>} attributes @param {string} css @param {Node[]} inside
 */
export function shell(attributes, css, ...inside) {
  const host = el("div", { lang: site.language, dir: site.direction, "data-nosnippet": "", ...attributes });
  const root = host.attachShadow({ mode: "open" });
  root.append(...inside);
  style(root, tokens + css);
  return host;
}

/**
 * Browsers older than constructable style sheets show our words and buttons plainly.
 * @param {Document | ShadowRoot} root @param {string} css
 * @returns {CSSStyleSheet | null}
 */
export function style(root, css) {
  if (!root.adoptedStyleSheets) return null;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return sheet;
}
