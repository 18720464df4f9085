/**
 * Holds back what waits for a yes, and starts it once: scripts, templates, embeds, pictures, in the order of the document.
 */
import { load, nonce } from "./browser.js";

const GATED = ["script[type='text/plain']", "template", "iframe[data-src]", "img[data-src]", "img[data-srcset]"]
  .map((markup) => markup + "[data-category]," + markup + "[data-partner]").join();
const EXECUTABLE = /^($|module$|(text|application)\/(x-)?(java|ecma)script)/;

/** Each element is started at most once. */
const done = new WeakSet();
/** The last ordered external script that has not run yet: inline ones after it wait for it, as they would in plain markup. @type {HTMLScriptElement | null} */
let tail = null;

/**
 * @param {(category: string | undefined, partner: string | undefined) => boolean} allowed
 * @param {(element: HTMLElement) => void} started
 * @param {(frame: HTMLIFrameElement) => void} waiting an embed that may not load yet
 */
export function openGates(allowed, started, waiting) {
  visit(document);

  /** @param {ParentNode} root */
  function visit(root) {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(GATED))) {
      if (done.has(element) || isUnfinished(element)) continue;
      const { category, partner } = element.dataset;
      if (allowed(category, partner)) {
        done.add(element);
        start(element);
        started(element);
      } else if (element instanceof HTMLIFrameElement) waiting(element);
    }
  }

  /** @param {HTMLElement} element */
  function start(element) {
    if (element instanceof HTMLTemplateElement) unfold(element);
    else if (element instanceof HTMLScriptElement) revive(element);
    else show(/** @type {HTMLImageElement} */ (element));
  }

  /** @param {HTMLTemplateElement} template */
  function unfold(template) {
    const content = document.importNode(template.content, true);
    // A cloned script would run at once and out of order: each becomes a gated one and takes its turn.
    for (const script of content.querySelectorAll("script")) {
      if (!EXECUTABLE.test(script.type)) continue;
      Object.assign(script.dataset, { ...template.dataset, type: script.type });
      script.type = "text/plain";
    }
    template.before(content);
    visit(/** @type {ParentNode} */ (template.parentNode));
  }
}

/** @param {Node} node whether something in it concerns the gate or the snippet's own hooks */
export function concerns(node) {
  const element = /** @type {Element} */ (node);
  const watched = GATED + ",[data-sayso]";
  return !!element.matches && (element.matches(watched) || !!element.querySelector(watched));
}

/** Loads an embed or a picture. @param {HTMLImageElement | HTMLIFrameElement} element */
export function show(element) {
  const { src, srcset } = element.dataset;
  if (srcset) /** @type {HTMLImageElement} */ (element).srcset = srcset;
  if (src) element.src = src;
}

/** @param {HTMLScriptElement} gated */
function revive(gated) {
  const script = /** @type {HTMLScriptElement} */ (gated.cloneNode());
  const { type } = gated.dataset;
  const address = gated.getAttribute("src");
  script.removeAttribute("type");
  if (type) script.type = type;
  script.async = gated.hasAttribute("async");
  script.nonce = gated.nonce || nonce;
  if (!load(script, address, gated.text)) return;
  const insert = () => gated.replaceWith(script);
  // Only plain scripts hold up what follows; modules and deferred ones never did.
  if (address != null) {
    if (!script.async && !gated.defer && type != "module") follow(script);
    insert();
  } else if (tail && type != "module") after(tail, insert);
  else insert();
}

/** @param {HTMLScriptElement} script */
function follow(script) {
  tail = script;
  after(script, () => { if (tail == script) tail = null; });
}

/** A script that fails to load holds up nothing. @param {HTMLScriptElement} script @param {() => void} then */
function after(script, then) {
  script.addEventListener("load", then);
  script.addEventListener("error", then);
}

/** The parser may still be inside an element that nothing follows yet. @param {Node} element */
function isUnfinished(element) {
  if (document.readyState != "loading" || !/^(SCRIPT|TEMPLATE)$/.test(element.nodeName)) return false;
  /** @type {Node | null} */
  let node = element;
  for (; node; node = node.parentNode) if (node.nextSibling) return false;
  return true;
}
