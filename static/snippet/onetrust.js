/**
 * Only in the file of a website that comes from OneTrust and chose so: markup, tags and tag managers that were written for it go on working,
 * by our decision. It adds names and marks; what may run is decided, shown and recorded as everywhere else.
 */
const { state, guard } = __TOOLS__;
const page = /** @type {any} */ (window);
/** Its usual groups as our categories; the fifth is for social media. @type {Record<string, import("./types").Code>} */
const GROUPS = { C0001: "strictly_necessary", C0002: "performance", C0003: "functional", C0004: "targeting", C0005: "targeting" };
const MARKED = "[class*=optanon-category-]";
const SETTINGS = "#ot-sdk-btn,.ot-sdk-show-settings,.optanon-show-settings,.optanon-toggle-display";
const COOKIE_LIST = "#ot-sdk-cookie-policy";

/** @param {string} group */
const isOn = (group) => group == "C0001" || !!state.decision?.grants.categories[GROUPS[group]];
const active = () => Object.keys(GROUPS).filter(isOn);
const inCommas = () => "," + active().join() + ",";

// ---- markup

/** What wanted more than one group and was started, as the groups that it wants. @type {string[][]} */
const joint = [];

/** Gives its marks ours. One of ours that is there already counts. */
function mark() {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(MARKED))) {
    if (element.dataset.category || element.dataset.partner) continue;
    const [, names = ""] = /optanon-category-(\S+)/.exec(element.className) || [];
    const groups = names.split("-").sort();
    // Unknown groups stay held back: nobody can say what was allowed.
    if (!groups.every((group) => group in GROUPS)) continue;
    if (groups[1]) {
      if (!groups.every(isOn)) continue;
      joint.push(groups);
    }
    element.dataset.category = GROUPS[groups[groups.length - 1]];
    // Put in again where it stands: only then does the gate hear of it.
    if (groups[1]) element.parentNode?.insertBefore(element, element.nextSibling);
  }
  name(SETTINGS, "open");
  name(COOKIE_LIST, "declaration");
}

/** @param {string} selector @param {string} hook */
function name(selector, hook) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector))) element.dataset.sayso = element.dataset.sayso || hook;
}

// ---- names

/** As soon as our API is there, and at once if it is. @param {(sayso: any) => void} work */
const later = (work) => (page.sayso = page.sayso || []).push(work);
const isAnswered = () => !!(state.decision && page.sayso.get().decided_at);

// Read at any moment, by whatever runs: what holds then. What others write is ignored.
for (const variable of ["OnetrustActiveGroups", "OptanonActiveGroups"]) {
  Object.defineProperty(page, variable, { configurable: true, enumerable: true, get: inCommas, set() {} });
}

page.OneTrust = page.Optanon = {
  ToggleInfoDisplay: () => { later((sayso) => sayso.open()); },
  AllowAll: () => { later((sayso) => sayso.acceptAll()); },
  RejectAll: () => { later((sayso) => sayso.rejectAll()); },
  IsAlertBoxClosed: isAnswered,
  IsAlertBoxClosedAndValid: isAnswered,
  /** @param {(event: any) => void} listener */
  OnConsentChanged: (listener) => addEventListener("consent.onetrust", listener),
  GetDomainData: () => ({ ShowAlertNotice: true, Groups: Object.keys(GROUPS).map((CustomGroupId) => ({ CustomGroupId })) }),
};

// ---- events

/** @param {boolean} isFirst */
function tell(isFirst) {
  // A file in another language may have taken over: then it tells.
  if (!state.decision) return;
  const groups = { OnetrustActiveGroups: inCommas(), OptanonActiveGroups: inCommas() };
  const layer = page.dataLayer = page.dataLayer || [];
  if (isFirst) layer.push({ event: "OneTrustLoaded", ...groups }, { event: "OptanonLoaded", ...groups });
  layer.push({ event: "OneTrustGroupsUpdated", ...groups });
  dispatchEvent(new CustomEvent("OneTrustGroupsUpdated", { detail: active() }));
  if (!isFirst) dispatchEvent(new CustomEvent("consent.onetrust", { detail: active() }));
  wrap();
}

/** The page's own function, which may stand below us. */
function wrap() {
  if (document.readyState == "loading") addEventListener("DOMContentLoaded", wrap, { once: true });
  else guard(() => page.OptanonWrapper && page.OptanonWrapper());
}

document.addEventListener("sayso:ready", () => {
  tell(true);
  mark();
});
document.addEventListener("sayso:change", () => {
  tell(false);
  mark();
  // What ran by several groups is known to the gate by one of them.
  if (joint.some((groups) => !groups.every(isOn))) setTimeout(() => location.reload(), 1000);
});
// Before the first file looks at the page, and before its own observer does.
mark();
new MutationObserver(mark).observe(document, { childList: true, subtree: true });
export {};
