/**
 * Only in the file of a website that chose automatic blocking, and loads it first and synchronously: what goes to the host of a partner waits
 * until that partner may. What nobody waits for an answer of is kept for then (scripts, frames, pictures, beacons); what somebody waits for
 * (fetch, XMLHttpRequest) fails at once, as without a network. Other hosts are never touched; in a preview the console hears of them.
 *
 * It begins at once, also on a page that a browser only prepares in advance: there nothing is known of the visitor, so everything waits.
 *
 * What a program makes is met at its setters, before it acts. The parser calls none: its scripts are met by an observer, which is in time
 * because HTML makes a microtask checkpoint at a script's end tag, before the script is prepared. Inside document.write there is no such
 * checkpoint, so what a program writes as markup is gated before it is parsed.
 *
 * @import {SitePartner} from "./types"
 */
const { el, guard, home, show, site, state } = __TOOLS__;
const page = /** @type {any} */ (window);
const OURS = ["", location.hostname, home.hostname];
const ELEMENTS = "script[src],img[src],img[srcset],iframe[src]";
const TAG = /<(script|img|iframe)(\s(?:[^>]*?\s)?)(src(?:set)?\s*=\s*["']?([^\s"'>]+))/gi;
/** A second file of ours on this page, in another language or by mistake, leaves it to the first. */
const HERE = Symbol.for("sayso");
// An application that runs for days without an answer keeps the latest.
const MOST = 99;

/** What waits: for whom, and what happens then. @type {Map<any, {owners: SitePartner[], run: () => void}>} */
const held = new Map();
/** Frames that the visitor loads this once, by their address. @type {WeakMap<Element, string | undefined>} */
const once = new WeakMap();
/** As the file says that has taken over, where one has. @type {Record<string, boolean>} */
let grants = {};
/** Partners whose embed the visitor has loaded this once: what makes it asks from the page itself. What is held stays held. @type {Record<string, boolean>} */
const opened = {};

/** @param {SitePartner} partner */
const may = ({ slug, early }) => early || (state.decision ? state.decision.grants.partners : grants)[slug];
const link = el("a");

/** Whose host it is; several may share one. A pattern is a name, or `*.` and a name. @param {any} address */
function ownersOf(address) {
  link.href = address;
  const host = link.hostname;
  return site.partners.filter(({ hosts }) => !OURS.includes(host) && hosts?.some((pattern) => pattern == host || pattern[0] == "*" && host.endsWith(pattern.slice(1))));
}

/** Those who would have to be allowed first; one of several that share a host is enough. @param {any} address @returns {SitePartner[] | undefined} */
function blocked(address) {
  const owners = ownersOf(address);
  return owners[0] && !owners.some((partner) => opened[partner.slug] || may(partner)) ? owners : undefined;
}

/** @param {any} key @param {SitePartner[]} owners @param {() => void} run */
function wait(key, owners, run) {
  if (held.size > MOST) held.delete(held.keys().next().value);
  held.set(key, { owners, run });
  return true;
}

function release() {
  for (const [key, { owners, run }] of held) {
    if (owners.some(may)) guard(() => {
      run();
      held.delete(key);
      note(owners);
    });
  }
}

/** @type {Record<string, HTMLElement>} */
const notes = {};

/**
 * An empty gated element: by it the gate knows that this partner runs, so that a withdrawal loads the page again, and looks for embeds.
 * @param {SitePartner[]} owners
 */
function note(owners) {
  const { slug } = owners.find(may) || owners[0];
  document.head.append(notes[slug] = notes[slug] || el("template", { "data-partner": slug }));
}

// ---- elements

/** The browser's own: on the elements below, ours stands before it. */
const set = Element.prototype.setAttribute;

/** Meets an attribute before it is set. @param {any} element @param {string} name @param {any} value @returns {any} whether it must not be set */
function meet(element, name, value) {
  const entry = held.get(element), isScript = element.localName == "script";
  if (name == "type") return entry && [set.call(element, "data-type", value)];
  // A srcset is several addresses.
  const owners = once.get(element) == value ? undefined : String(value).split(/\s+/).map(blocked).find(Boolean);
  if (!owners) {
    if (entry && !isScript) {
      held.delete(element);
      element.removeAttribute("data-" + name);
    }
    const passing = ownersOf(value).filter(may);
    if (passing[0] && !notes[passing[0].slug]) note(passing);
  } else if (!isScript) {
    // The gate and its placeholders take over; what is in no document is for us to show.
    element.removeAttribute(name);
    set.call(element, "data-" + name, value);
    set.call(element, "data-partner", owners[0].slug);
    if (element.isConnected) note(owners);
    return wait(element, owners, () => element.hasAttribute("src") || show(element));
  } else if (!entry) {
    // Of another type it is never prepared, and can start later: the same element, with its listeners.
    const { async, type } = element;
    set.call(element, "data-type", type);
    set.call(element, "type", "text/plain");
    wait(element, owners, () => {
      set.call(element, "type", element.dataset.type);
      // No longer held up by the parser, it would be asynchronous: its turn is kept instead.
      if (!async) element.async = false;
      element.parentNode?.insertBefore(element, element.nextSibling);
    });
  }
}

/** @param {any} element */
function look(element) {
  // Of another type it does nothing: gated by hand, or held already.
  if (!element.matches(ELEMENTS) || element.localName == "script" && !/^$|module$|script$/.test(element.type)) return;
  for (const name of ["src", "srcset"]) if (element.hasAttribute(name)) meet(element, name, element.getAttribute(name));
}

/** @param {any} owner @param {string} name @param {(native: any) => any} make */
function replace(owner, name, make) {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  if (!own) return;
  const part = own.set ? "set" : "value";
  own[part] = make(own[part]);
  Object.defineProperty(owner, name, own);
}

function meetElements() {
  new MutationObserver((records) => guard(() => {
    for (const { addedNodes } of records) {
      for (const node of /** @type {any} */ (addedNodes)) if (node.matches) [node, ...node.querySelectorAll(ELEMENTS)].map(look);
    }
  })).observe(document, { childList: true, subtree: true });

  for (const [kind, ...names] of [["Script", "src", "type"], ["Image", "src", "srcset"], ["IFrame", "src"]]) {
    const { prototype } = page["HTML" + kind + "Element"];
    for (const name of names) {
      replace(prototype, name, (native) => /** @this {any} @param {any} value */ function (value) {
        if (!guard(() => meet(this, name, value))) native.call(this, value);
      });
    }
    /** @this {any} @param {any} name @param {any} value */
    prototype.setAttribute = function (name, value) {
      name = String(name).toLowerCase();
      if (!names.includes(name) || !guard(() => meet(this, name, value))) set.call(this, name, value);
    };
  }
}

// ---- markup that a program writes

/** @param {string} text @param {boolean} runs whether the browser would run a script in it */
const gated = (text, runs) => text.replace(TAG, (tag, kind, between, attribute, address) => {
  const owners = blocked(address), isScript = /^s/i.test(kind);
  if (!owners || isScript && !runs) return tag;
  return "<" + kind + ' data-partner="' + owners[0].slug + '"' + (isScript ? ' type="text/plain"' + between : between + "data-") + attribute;
});

function meetMarkup() {
  for (const [owner, ...names] of [["Document", "write", "writeln"], ["Element", ...["inner", "outer", "insertAdjacent"].map((where) => where + "HTML")]]) {
    for (const name of names) {
      replace(page[owner].prototype, name, (native) => /** @this {any} @param {any[]} texts */ function (...texts) {
        const ours = texts.map((text) => text && gated("" + text, owner != "Element"));
        try {
          if (ours.join() != texts.join()) return native.apply(this, ours);
        } catch {
          // A page that requires Trusted Types takes only its own.
        }
        return native.apply(this, texts);
      });
    }
  }
}

// ---- what programs call

/**
 * @param {any} owner @param {string} name @param {number} at which of the values is the address
 * @param {(call: () => any, refusal: string, values: any[], owners: SitePartner[]) => any} refuse
 */
function meetCalls(owner, name, at, refuse) {
  replace(owner, name, (native) => /** @this {any} @param {any[]} values */ function (...values) {
    const owners = blocked(values[at]?.url || values[at]);
    const call = () => native.apply(this, values);
    return owners ? refuse(call, "sayso: " + owners[0].slug + " waits for a yes", values, owners) : call();
  });
}

/** What was fetched, whoever asked for it. */
function preview() {
  const told = new Set(OURS);
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const owners = ownersOf(name), host = link.hostname;
      if (told.has(host) || owners.some(may)) continue;
      told.add(host);
      console.info("sayso: " + host + (owners[0] ? " reached before a yes to " + owners[0].slug : " is no partner's, so not held"));
    }
  }).observe({ type: "resource", buffered: true });
}

if (!page[HERE]) {
  page[HERE] = true;
  meetElements();
  meetMarkup();
  meetCalls(page, "fetch", 0, (_, refusal) => Promise.reject(new TypeError(refusal)));
  meetCalls(Navigator.prototype, "sendBeacon", 0, (call, _, __, owners) => wait({}, owners, call));
  meetCalls(XMLHttpRequest.prototype, "open", 1, (call, refusal, values) => {
    // There is nothing at such an address: it fails as a network does, without one, and no policy of the page minds.
    values[1] = "blob:" + refusal;
    return call();
  });
  __TOOLS__.show = (element) => {
    const { src, partner } = element.dataset;
    if (element.localName == "template") opened[partner || ""] = true;
    once.set(element, src);
    show(element);
  };
  for (const name of ["ready", "change"]) {
    document.addEventListener("sayso:" + name, (event) => {
      grants = /** @type {any} */ (event).detail.partners;
      release();
    });
  }
  if (/[?&]sayso-preview\b/.test(location.search)) preview();
}
export {};
