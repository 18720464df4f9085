/**
 * Only in the file of a website that counts visits: adds one to a counter, on a page that was entered from elsewhere, after it has loaded.
 * It says what was shown and which signals were sent, and nothing about anyone.
 */
const { site, state, endpoint } = __TOOLS__;

/** @type {boolean | undefined} */
let asked;

function count() {
  // It has left the page to another file, which counts.
  if (!state.decision) return;
  // Before the page has loaded, the visitor may have answered already.
  if (!state.waiting) asked ??= state.decision.show == "banner";
  if (document.readyState != "complete" || state.waiting) return setTimeout(count, 500);
  const body = JSON.stringify({ version: site.version, language: site.language, regime: state.regime.code, signals: state.signals, asked, variant: site.sent.variant });
  fetch(endpoint("impressions"), { method: "POST", body, keepalive: true, credentials: "omit", referrerPolicy: "strict-origin" }).catch(() => {});
}

// A visit begins on a page that is entered from elsewhere: what is counted once a visit needs no memory. Who looks at a preview is no visitor.
if (document.referrer.split("/")[2] != location.host && !location.hash.startsWith("#sayso=preview.")) setTimeout(count);
export {};
