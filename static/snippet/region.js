/**
 * Only in the file of a website under several regimes: which of them holds for this visitor, the server says. Until then, and where it
 * does not answer, the strictest holds; nobody is asked before, lest it be by the wrong rule.
 */
const { site, state, arrive, endpoint, present } = __TOOLS__;
const PATIENCE = 3000;

/** @param {string} [code] of the regime that holds here */
function learn(code) {
  if (!state.waiting) return;
  state.waiting = undefined;
  const found = site.regimes.find((regime) => regime.code == code);
  if (found && found != state.regime) {
    state.regime = found;
    arrive();
  }
  present();
}

fetch(endpoint("region"), { credentials: "omit", referrerPolicy: "strict-origin" }).then((answer) => answer.json()).then(({ regime }) => learn(regime)).catch(() => learn());
setTimeout(learn, PATIENCE);
export {};
