/**
 * Somebody comes back from the hosted preference page: what they chose there counts here once they say so here. Or somebody has a link to
 * the draft: it stands over the page in a frame of the platform's, which can reach and keep nothing.
 */
import { previewed, returned } from "./fragment.js";
import { details, tools } from "./lent.js";

const { texts } = details;
const { ask, choose, el, guard, settle, shown, site, state, style } = tools;
const PATIENCE = 9000;
/** @type {HTMLIFrameElement | undefined} */
let frame;

/** @param {() => void} otherwise what to do where there is nothing to ask, or no longer */
function welcome(otherwise) {
  const token = previewed(location.hash);
  if (token) return preview(token, otherwise);
  const back = returned(location.hash);
  if (!back) return otherwise();
  if (shown() == "returned") return;
  ask("returned", texts.returned_title, [el("p", null, texts.returned_text)], [
    ["apply", texts.returned_apply, (event) => { done(); otherwise(); settle("save", "page", event, choose(back.categories, back.partners)); }],
    ["ignore", texts.returned_ignore, () => { done(); otherwise(); }],
  ]);
}

const done = () => history.replaceState(history.state, "", location.pathname + location.search);

/** Once; it ends when somebody leaves it, and the page's own banner comes back then. @param {string} token @param {() => void} otherwise */
function preview(token, otherwise) {
  if (frame) return;
  const query = "/?language=" + site.language + "&regime=" + state.regime.code;
  frame = el("iframe", { src: site.page + "preview/" + token + query, title: "Sayso: preview of the draft", sandbox: "allow-scripts", "data-sayso-preview": "", lang: "en" });
  const sheet = style(document, "");
  /** The page stays in the visitor's hands where the frame shows nothing. @param {string} seen */
  const draw = (seen) => sheet.replaceSync("[data-sayso-preview]{all:initial;position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;color-scheme:light;clip-path:path('" + seen + "')}");
  draw("M0 0z");
  /** @param {string} [why] */
  const end = (why) => {
    if (!frame?.isConnected) return;
    if (why) console.warn("sayso: " + why);
    frame.remove();
    removeEventListener("message", hear);
    clearTimeout(patience);
    done();
    otherwise();
  };
  const patience = setTimeout(end, PATIENCE, "the preview did not load: the page's policy, or an address that is not the website's, keeps it out");
  /** @param {MessageEvent} event */
  const hear = ({ data, source }) => guard(() => {
    if (source != frame?.contentWindow) return;
    clearTimeout(patience);
    const said = data.sayso;
    if (said == "left") end();
    // The link is too old: the frame says so, and the page's own banner takes its place.
    else if (said == "closed") { done(); otherwise(); }
    else draw(said.map((/** @type {number[]} */ [x, y, width, height]) => "M" + +x + " " + +y + "h" + +width + "v" + +height + "h" + -width + "z").join(""));
  });
  addEventListener("message", hear);
  document.body.append(frame);
}

tools.ready?.({ welcome });
