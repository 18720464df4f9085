/**
 * Builds elements and shadow roots. No markup is ever parsed and no style element is made: a strict policy of the page allows all of it.
 */
import { load, site } from "./browser.js";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number> | null} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, /** @type {string} */ (value));
  element.append(...children);
  return element;
}

/** An asynchronous script at the end of the head. @param {string} address @param {Record<string, string>} [attributes] */
export function addScript(address, attributes) {
  const script = el("script", attributes);
  load(script, address);
  return document.head.appendChild(script);
}

/**
 * A layer of ours: a host in the page, and a shadow root that styles it.
 * @param {Record<string, string>} attributes @param {string} css each declaration ends with a semicolon, where `!important` goes in
 * @param {Node[]} inside
 */
export function shell(attributes, css, ...inside) {
  const host = el("div", { lang: site.language, dir: site.direction, "data-nosnippet": "", ...attributes });
  const root = host.attachShadow({ mode: "open" });
  root.append(...inside);
  style(root, (site.tokens + css).replaceAll(";", "!important;"));
  return host;
}

/**
 * Browsers older than constructable style sheets show our words and buttons plainly.
 * @param {Document | ShadowRoot} root @param {string} css
 */
export function style(root, css) {
  /** @type {{replaceSync(css: string): void}} */
  let sheet = { replaceSync() {} };
  if (root.adoptedStyleSheets) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet = new CSSStyleSheet()];
  sheet.replaceSync(css);
  return sheet;
}
