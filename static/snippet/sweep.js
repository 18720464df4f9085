/** Deletes what those who may not run have left behind, and cookies of ours that are one too many. */
import { tools } from "./lent.js";
import { matches, places } from "./patterns.js";

const { cookies, guard, keep, setCookie, state, unwanted } = tools;

export function sweep() {
  // One whose time is over here may be a refusal that still counts elsewhere.
  if (state.count > 1 && state.decision.reason != "expired") {
    forget(["sayso"]);
    keep();
    state.count = 1;
  }
  forget(unwanted("cookies"));
  const patterns = unwanted("storage");
  const databases = unwanted("databases");
  if (databases[0]) guard(() => indexedDB.databases().then((found) => found.forEach(({ name }) => name && matches(databases, name) && indexedDB.deleteDatabase(name))));
  for (const area of /** @type {const} */ (["localStorage", "sessionStorage"])) {
    guard(() => Object.keys(window[area]).forEach((name) => matches(patterns, name) && window[area].removeItem(name)));
  }
}

/** Cookies of this page by name or pattern, on every level where they may stand. @param {string[]} patterns */
function forget(patterns) {
  for (const name of cookies().split(/; *|=.*?(?:; *|$)/)) {
    if (matches(patterns, name)) {
      for (const place of places(location.hostname, location.pathname)) {
        setCookie(name + "=; Max-Age=0" + place);
        // What was set in a partition is found there only.
        setCookie(name + "=; Max-Age=0; Secure; Partitioned; SameSite=None" + place);
      }
    }
  }
}
