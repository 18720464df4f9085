/**
 * Holds back what waits for a yes, and starts it once: scripts, templates, embeds, pictures, in the order of the document.
 */
import { guard, load } from "./browser.js";

const GATED = ["script[type='text/plain']", "template", "iframe[data-src]", "img[data-src]", "img[data-srcset]"]
  .map((markup) => markup + "[data-category]," + markup + "[data-partner]").join();
const EXECUTABLE = /^$|module$|script$/;

/** Each element is started at most once. */
const done = new WeakSet();
/** The last ordered external script that has not run yet: inline ones after it wait for it, as they would in plain markup. @type {HTMLScriptElement | null} */
let tail = null;

/** Starts what may start by now, in this part of the page. @type {(root: ParentNode) => void} */
let visit;

/**
 * @param {(category: string | undefined, partner: string | undefined) => boolean | undefined} allows undefined for what nobody knows
 * @param {(() => any)[]} running takes note of what has started, as the question whether it still may
 * @param {(element: HTMLElement) => void} hold is told of what may not start yet
 */
export function openGates(allows, running, hold) {
  visit = (root) => {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(GATED))) {
      if (done.has(element) || isUnfinished(element)) continue;
      const { category, partner } = element.dataset;
      const may = () => allows(category, partner);
      const allowed = may();
      if (allowed) {
        done.add(element);
        running.push(may);
        guard(() => show(element));
      } else if (allowed === false) hold(element);
    }
  };
  visit(document);
}

/** @param {Node} node whether something in it concerns the gate or the snippet's own hooks */
export function concerns(node) {
  const element = /** @type {Element} */ (node);
  const watched = GATED + ",[data-sayso]";
  return !!element.matches && (element.matches(watched) || !!element.querySelector(watched));
}

/** Starts what waits: a script, a template, an embed or a picture. @param {HTMLElement} element */
export function show(element) {
  if (element instanceof HTMLTemplateElement) unfold(element);
  else if (element instanceof HTMLScriptElement) revive(element);
  else {
    const { src, srcset } = element.dataset;
    if (srcset) /** @type {HTMLImageElement} */ (element).srcset = srcset;
    if (src) /** @type {HTMLImageElement | HTMLIFrameElement} */ (element).src = src;
  }
}

/** @param {HTMLTemplateElement} template */
function unfold(template) {
  const content = document.importNode(template.content, true);
  // A cloned script would run at once and out of order, and not at all under Trusted Types: each leaves its place and takes its turn.
  const turns = [...content.querySelectorAll("script")].filter((script) => EXECUTABLE.test(script.type)).map((script) => {
    const place = new Comment();
    script.replaceWith(place);
    return () => revive(script, place);
  });
  template.before(content);
  for (const turn of turns) turn();
  visit(/** @type {ParentNode} */ (template.parentNode));
}

/** @param {HTMLScriptElement} gated @param {ChildNode} [place] */
function revive(gated, place = gated) {
  const script = /** @type {HTMLScriptElement} */ (gated.cloneNode());
  const address = gated.getAttribute("src");
  script.type = gated.dataset.type || gated.type.replace("text/plain", "");
  script.async = gated.hasAttribute("async");
  // The attribute reads empty where the page has a policy; the property does not.
  script.nonce = gated.nonce;
  load(script, address, gated.text);
  const insert = () => place.replaceWith(script);
  // Only plain scripts wait and are waited for; modules and deferred ones never did.
  const plain = script.type != "module" && !gated.defer;
  if (address == null && plain && tail) after(tail, insert);
  else insert();
  if (address == null || !plain || script.async) return;
  tail = script;
  after(script, () => { if (tail == script) tail = null; });
}

/** A script that fails to load holds up nothing. @param {HTMLScriptElement} script @param {() => void} then */
function after(script, then) {
  script.addEventListener("load", then);
  script.addEventListener("error", then);
}

/** While the page is read, the parser may still be inside an element that nothing follows. @param {Node} element */
const isUnfinished = (element) => document.readyState == "loading" && !followed(element);
/** @type {(node: Node | null) => any} */
const followed = (node) => node && (node.nextSibling || followed(node.parentNode));
