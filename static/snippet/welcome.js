/** Somebody comes back from the hosted preference page: what they chose there counts here once they say so here. */
import { returned } from "./fragment.js";
import { details, tools } from "./lent.js";

const { texts } = details;
const { ask, choose, el, present, settle } = tools;
let asking = false;

/** @returns {boolean} whether there is something to ask */
export function welcome() {
  const back = returned(location.hash);
  if (!back || asking) return asking;
  const done = () => {
    asking = false;
    history.replaceState(history.state, "", location.pathname + location.search);
  };
  asking = true;
  ask("returned", texts.returned_title, [el("p", null, texts.returned_text)], [
    ["apply", texts.returned_apply, (event) => { done(); settle("save", "page", event, choose(back.categories, back.partners)); }],
    ["ignore", texts.returned_ignore, () => { done(); present(); }],
  ]);
  return asking;
}
