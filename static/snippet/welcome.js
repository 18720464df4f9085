/** Somebody comes back from the hosted preference page: what they chose there counts here once they say so here. */
import { returned } from "./fragment.js";
import { details, tools } from "./lent.js";

const { texts } = details;
const { ask, choose, el, settle, shown } = tools;

/** @param {() => void} otherwise what to do where there is nothing to ask, or no longer */
function welcome(otherwise) {
  const back = returned(location.hash);
  if (!back) return otherwise();
  if (shown() == "returned") return;
  const done = () => history.replaceState(history.state, "", location.pathname + location.search);
  ask("returned", texts.returned_title, [el("p", null, texts.returned_text)], [
    ["apply", texts.returned_apply, (event) => { done(); otherwise(); settle("save", "page", event, choose(back.categories, back.partners)); }],
    ["ignore", texts.returned_ignore, () => { done(); otherwise(); }],
  ]);
}

tools.ready?.({ welcome });
