/**
 * The second file: what many visitors need some time, with the facts about partners and cookies. It finds what the first file lends it on
 * its own script element, and lends that to the files for what few need.
 */
import { openCentre } from "./centre.js";
import { confirm } from "./confirm.js";
import { tools, withFile } from "./lent.js";
import { sweep } from "./sweep.js";

/** What few need is in files of its own. */
const present = () => withFile("notices", (notices) => notices.present());
/** @param {() => void} otherwise */
const welcome = (otherwise) => withFile("returned", (returned) => returned.welcome(otherwise), otherwise);
/** @param {Element} place */
const declare = (place) => withFile("declaration", (declaration) => declaration.declare(place));
/** @param {HTMLElement} place */
const hold = (place) => withFile("embeds", (embeds) => embeds.hold(place));

tools.ready?.({ open: openCentre, declare, hold, welcome, present, confirm, sweep });
