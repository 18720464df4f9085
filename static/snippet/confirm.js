/** The confirmation that follows an answer. */
import { details, tools } from "./lent.js";

const { clear, el, place, present, shown } = tools;
/** Which confirmation it is: an earlier one's end is not this one's. */
let current = 0;

/** Says that an answer was kept, and goes by itself or with the visitor's next step. */
export function confirm() {
  const text = details.texts.confirmation;
  // A screen reader speaks what changes inside a status, not what the status came with; for the eye, nothing moves.
  const seen = el("p", { "aria-hidden": "true" }, text);
  place("confirmation", { role: "status" }, [seen], el("section", null, el("div", null, el("slot"))));
  const mine = ++current;
  requestAnimationFrame(() => seen.replaceWith(el("p", null, text)));
  const leave = () => {
    if (mine != current || shown() != "confirmation") return;
    clear();
    present();
  };
  setTimeout(leave, 6000);
  for (const step of ["click", "keydown"]) addEventListener(step, leave, { capture: true, once: true });
}
