/**
 * Only in the file of a website that chose it: Safari keeps what a script writes into document.cookie for seven days. So the website's own
 * server is asked to set the cookie once more, by header. What it sets is the cookie that came with the request; we say for how long.
 */
import { asksFirst, keeping } from "./decide.js";

const { site, state, cookies, guard, keep } = __TOOLS__;
/** @type {AbortController | undefined} */
let sending;
/** The answer that the server was last asked to keep, or had before this page. @type {import("./types").Stored | null | undefined} */
let known;

/** As the script would keep it; for somebody on a journey, by the rule that keeps it longer. @param {import("./types").Stored} stored */
function seconds(stored) {
  const rows = site.regimes.filter((row) => row == state.regime || row.code == stored.regime);
  const age = Math.floor(Date.now() / 1000) - stored.decided_at;
  return Math.max(...rows.map((row) => keeping(row, stored) - (asksFirst(row) ? age : 0)));
}

function send() {
  const { stored } = state;
  known = stored;
  if (sending) {
    // An answer that is overtaken must not arrive last: it would bring a withdrawn yes back.
    sending.abort();
    keep();
  }
  if (!stored || !cookies().includes("sayso=") || seconds(stored) < 1) return;
  const mine = sending = new AbortController();
  const done = () => { if (sending == mine) sending = undefined; };
  // A header of our own: no other origin can send it without being asked first.
  fetch(location.origin + site.keep_path, { method: "POST", headers: { "Sayso-Keep": "" + seconds(stored) }, keepalive: true, signal: mine.signal }).then(done, done);
}

// Whoever writes the cookie anew shortens it to seven days again.
__TOOLS__.keep = () => {
  keep();
  guard(send);
};
document.addEventListener("sayso:ready", () => guard(() => {
  known = state.stored;
  // What could not be set then is set with the next visit, in the browsers that would forget it.
  if (known && /^Apple/.test(navigator.vendor) && document.referrer.split("/")[2] != location.host) send();
}));
// Answers; and where things run until they are refused, each page writes the cookie anew.
document.addEventListener("sayso:change", () => guard(() => {
  if (state.stored != known || state.stored && state.regime.model) send();
}));
