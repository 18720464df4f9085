/**
 * Only in the file of a website under several regimes: which of them holds for this visitor, the server says. Until then, and where it
 * does not answer, the strictest holds; nobody is asked before, lest it be by the wrong rule.
 */
const { site, state, arrive, endpoint, present } = __TOOLS__;
const PATIENCE = 3000;

/** Somebody may be asked now. A file that leaves the page to another has decided nothing: it asks nobody, and starts nothing. */
function go() {
  state.waiting = undefined;
  if (state.decision) present();
}

fetch(endpoint("region"), { credentials: "omit", referrerPolicy: "strict-origin" }).then((answer) => answer.json()).then(({ regime }) => {
  // Also when it comes late: what was shown by the strictest rule then gives way to what holds.
  const found = site.regimes.find(({ code }) => code == regime);
  if (found && found != state.regime) {
    state.regime = found;
    if (state.decision) arrive();
  }
}).catch(() => {}).then(go);
setTimeout(go, PATIENCE);
export {};
