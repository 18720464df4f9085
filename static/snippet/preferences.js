/**
 * The second file: what many visitors need some time, with all the words and facts. It finds what the first file lends it on its own script
 * element, and lends that to the third.
 */
import { openCentre } from "./centre.js";
import { confirm } from "./confirm.js";
import { declare } from "./declaration.js";
import { details, tools } from "./lent.js";
import { hold } from "./placeholder.js";
import { sweep } from "./sweep.js";
import { welcome } from "./welcome.js";

/** @type {Promise<{present(): void}> | undefined} */
let third;

/** The third file knows what to show. */
function present() {
  third = third || new Promise((ready) => {
    Object.assign(tools.addScript(new URL(details.notices, tools.home).href), { sayso: { ...tools, ready } });
  });
  third.then((notices) => tools.guard(notices.present));
}

tools.ready?.({ open: openCentre, declare, hold, welcome, present, confirm, sweep });
