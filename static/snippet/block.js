/**
 * Only in the file of a website that chose automatic blocking, and loads it first and synchronously: what goes to a declared partner's host
 * waits until that partner may. What nobody waits for an answer of waits (scripts, frames, pictures, beacons); what somebody waits for
 * (fetch, XMLHttpRequest) fails at once, as without a network. Other hosts are never touched; in a preview the console hears of them.
 *
 * Elements that a script makes are met at their setters, before they act. The parser calls no setter: its scripts are met by an observer,
 * which runs before a script is prepared, because HTML makes a microtask checkpoint at the end tag of a script. What a script writes as
 * markup meets neither in time, so it is written as gated markup.
 */
import { matches } from "./patterns.js";

const { el, guard, home, show, site, state } = __TOOLS__;
const page = /** @type {any} */ (window);
const INERT = "text/plain", MOST = 999;
const EXECUTABLE = /^$|module$|script$/;
const ELEMENTS = "script[src],img[src],img[srcset],iframe[src]";
const TAG = /<(script|img|iframe)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
const ATTRIBUTE = /(\s)(src|srcset|type)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))/gi;

/** What waits: for whom, and what happens then. @type {Map<any, {slugs: string[], run: () => void, type?: string | null, values?: any}>} */
const held = new Map();
/** Frames that the visitor loads this once. */
const once = new WeakSet();
/** What the instance says that has taken over, where one has. @type {Record<string, boolean>} */
let partners = {};
/** @param {string} slug */
const may = (slug) => (state.decision ? state.decision.grants.partners : partners)[slug];

/** @type {Map<string, string[]>} */
const known = new Map();

/** @param {any} address @returns {string} empty for our own and the website's */
function hostOf(address) {
  try {
    const { hostname } = new URL(address, document.baseURI);
    return hostname == location.hostname || hostname == home.hostname ? "" : hostname;
  } catch {
    return "";
  }
}

/** Whose host it is; several may share one. @param {string} host @returns {string[]} */
function owners(host) {
  if (!known.has(host)) known.set(host, host ? site.partners.filter(({ hosts }) => matches(hosts || [], host)).map(({ slug }) => slug) : []);
  return /** @type {string[]} */ (known.get(host));
}

/** Those who would have to be allowed first. One of several that share a host is enough. @param {any} address @param {string} [name] @returns {string[] | undefined} */
function blocked(address, name) {
  if (name == "srcset") return String(address).split(/[\s,]+/).map((part) => blocked(part)).find(Boolean);
  const slugs = owners(hostOf(address));
  return slugs[0] && !slugs.some(may) ? slugs : undefined;
}

/** @param {any} key @param {string[]} slugs @param {() => void} run */
function wait(key, slugs, run) {
  // An application that runs for days without an answer keeps the latest.
  if (held.size > MOST) held.delete(held.keys().next().value);
  const entry = { ...held.get(key), slugs, run };
  held.set(key, entry);
  return entry;
}

function release() {
  for (const [key, { slugs, run }] of held) {
    if (!slugs.some(may)) continue;
    held.delete(key);
    guard(run);
  }
}

/** @type {Record<string, HTMLElement>} */
const marks = {};

/**
 * An empty gated element: the gate takes note that this partner runs, so that a withdrawal loads the page again; and looks for embeds.
 * @param {string} slug
 */
function mark(slug) {
  document.head.append(marks[slug] = marks[slug] || el("template", { "data-partner": slug }));
}

// ---- elements. `set` is the browser's own setAttribute: on these, ours stands before it.

const set = Element.prototype.setAttribute;

/**
 * Holds an element, or lets go of it, because of one attribute.
 * @param {any} element @param {string} name @param {any} value
 * @returns {boolean} whether the attribute must not be set
 */
function meet(element, name, value) {
  const slugs = once.has(element) ? undefined : blocked(value, name);
  const entry = held.get(element);
  if (element.localName == "script") {
    if (name == "type") {
      if (entry) entry.type = value;
      return !!entry;
    }
    if (slugs && !entry) holdScript(element, slugs);
    else if (!slugs && entry) Promise.resolve().then(() => held.delete(element) && entry.run());
  } else if (slugs) {
    if (element.localName == "img") holdPicture(element, name, value, slugs);
    else holdFrame(element, value, slugs);
    return true;
  } else if (entry) {
    if (entry.values) delete entry.values[name];
    else held.delete(element);
  }
  if (!slugs && element.localName != "img") {
    const slug = owners(hostOf(value)).find(may);
    if (slug && !marks[slug]) mark(slug);
  }
  return false;
}

/** Its own element starts later, with its listeners: of another type it is never prepared. @param {HTMLScriptElement} script @param {string[]} slugs */
function holdScript(script, slugs) {
  const { async } = script;
  const entry = wait(script, slugs, () => {
    if (entry.type == null) script.removeAttribute("type");
    else set.call(script, "type", entry.type);
    // Not held up by the parser any more, it would be asynchronous: its turn is kept instead.
    if (!async) script.async = false;
    mark(slugs.find(may) || slugs[0]);
    if (script.parentNode) script.parentNode.insertBefore(script, script.nextSibling);
  });
  entry.type = script.getAttribute("type");
  set.call(script, "type", INERT);
}

/** @param {HTMLImageElement} picture @param {string} name @param {any} value @param {string[]} slugs */
function holdPicture(picture, name, value, slugs) {
  const entry = wait(picture, slugs, () => {
    for (const each of Object.keys(entry.values)) set.call(picture, each, entry.values[each]);
  });
  entry.values = { ...entry.values, [name]: value };
  picture.removeAttribute(name);
}

/** The gate and its placeholders take over. @param {HTMLIFrameElement} frame @param {any} value @param {string[]} slugs */
function holdFrame(frame, value, slugs) {
  wait(frame, slugs, () => {
    if (!frame.hasAttribute("src")) show(frame);
  });
  frame.removeAttribute("src");
  set.call(frame, "data-src", value);
  set.call(frame, "data-partner", slugs[0]);
  if (frame.isConnected) mark(slugs[0]);
}

new MutationObserver((records) => {
  for (const { addedNodes } of records) {
    for (const node of /** @type {any} */ (addedNodes)) {
      if (node.matches) for (const element of [node, ...node.querySelectorAll(ELEMENTS)]) guard(() => look(element));
    }
  }
}).observe(document, { childList: true, subtree: true });

/** @param {any} element */
function look(element) {
  if (!element.matches(ELEMENTS) || held.has(element) || element.localName == "script" && !EXECUTABLE.test(element.type)) return;
  for (const name of ["src", "srcset"]) {
    const value = element.getAttribute(name);
    if (value) meet(element, name, value);
  }
}

// ---- what programs call

/** @param {any} owner @param {string} name @param {(native: any) => any} make @param {any} [from] */
function replace(owner, name, make, from = owner) {
  const own = Object.getOwnPropertyDescriptor(from, name);
  if (own) Object.defineProperty(owner, name, own.set ? { ...own, set: make(own.set) } : { ...own, value: make(own.value) });
}

for (const [kind, ...names] of [["Script", "src", "type"], ["Image", "src", "srcset"], ["IFrame", "src"]]) {
  const { prototype } = page["HTML" + kind + "Element"];
  for (const name of names) {
    replace(prototype, name, (native) => /** @this {any} @param {any} value */ function (value) {
      if (!guard(() => meet(this, name, value))) native.call(this, value);
    });
  }
  replace(prototype, "setAttribute", (native) => /** @this {any} @param {string} name @param {any} value */ function (name, value) {
    const lower = String(name).toLowerCase();
    if (!names.includes(lower) || !guard(() => meet(this, lower, value))) native.apply(this, arguments);
  }, Element.prototype);
}

/** Markup of the page's own, with what waits in it gated. @param {any} text */
const gate = (text) => String(text).replace(TAG, (tag, kind, attributes) => {
  /** @type {string[] | undefined} */
  let slugs;
  const isScript = /^s/i.test(kind);
  const changed = attributes.replace(ATTRIBUTE, (/** @type {string} */ all, /** @type {string} */ space, /** @type {string} */ name, /** @type {string} */ value) => {
    if (/e$/i.test(name)) return isScript ? space + "data-type=" + value : all;
    const found = blocked(value.replace(/^["']|["']$/g, ""), name.toLowerCase());
    slugs = slugs || found;
    return found && !isScript ? space + "data-" + name + "=" + value : all;
  });
  return slugs ? "<" + kind + (isScript ? ' type="' + INERT + '"' : "") + ' data-partner="' + slugs[0] + '"' + changed + ">" : tag;
});

/** @param {any} owner @param {string[]} names */
function gateMarkup({ prototype }, ...names) {
  for (const name of names) {
    replace(prototype, name, (native) => /** @this {any} @param {any[]} values */ function (...values) {
      const gated = values.map((value) => guard(() => gate(value)));
      if (!gated.some((text, i) => text != values[i])) return native.apply(this, values);
      try {
        return native.apply(this, gated);
      } catch {
        // A page that requires Trusted Types takes its own only.
        return native.apply(this, values);
      }
    });
  }
}
gateMarkup(Document, "write", "writeln");
gateMarkup(Range, "createContextualFragment");
gateMarkup(Element, ...["inner", "outer", "insertAdjacent"].map((where) => where + "HTML"));

/** @param {string[]} slugs */
const refusal = (slugs) => "sayso: " + slugs[0] + " waits for a yes";

replace(page, "fetch", (native) => /** @this {any} @param {any} input */ function (input) {
  const slugs = guard(() => blocked(input.url || input));
  return slugs ? Promise.reject(new TypeError(refusal(slugs))) : native.apply(this, arguments);
});

replace(Navigator.prototype, "sendBeacon", (native) => /** @this {any} @param {any} address */ function (address) {
  const slugs = guard(() => blocked(address));
  if (!slugs) return native.apply(this, arguments);
  wait({}, slugs, () => native.apply(this, arguments));
  return true;
});

/** @type {WeakMap<XMLHttpRequest, [address: any, asynchronous: boolean]>} */
const calls = new WeakMap();
const { prototype } = XMLHttpRequest;
replace(prototype, "open", (native) => /** @this {any} @param {any} _ @param {any} address @param {any} asynchronous */ function (_, address, asynchronous = true) {
  calls.set(this, [address, asynchronous]);
  delete this.readyState;
  return native.apply(this, arguments);
});
replace(prototype, "send", (native) => /** @this {any} */ function () {
  const [address, asynchronous] = calls.get(this) || [];
  const slugs = guard(() => blocked(address));
  if (!slugs) return native.apply(this, arguments);
  if (!asynchronous) throw new DOMException(refusal(slugs), "NetworkError");
  setTimeout(() => {
    Object.defineProperty(this, "readyState", { value: 4, configurable: true });
    for (const name of ["readystatechange", "error", "loadend"]) this.dispatchEvent(new ProgressEvent(name));
  });
});

// ---- answers

__TOOLS__.show = (element) => {
  once.add(element);
  show(element);
};
for (const name of ["ready", "change"]) {
  document.addEventListener("sayso:" + name, (event) => {
    partners = /** @type {any} */ (event).detail.partners;
    release();
  });
}

// ---- the preview: what was fetched, whoever asked for it

if (/[?&]sayso-preview\b/.test(location.search)) {
  const told = new Set();
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const host = hostOf(name), slugs = owners(host);
      if (!host || told.has(host) || slugs.some(may)) continue;
      told.add(host);
      console.info("sayso preview: " + host + (slugs[0] ? " was reached before a yes to " + slugs[0] : " belongs to no declared partner, so nothing is held"));
    }
  }).observe({ type: "resource", buffered: true });
}
export {};
