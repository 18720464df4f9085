/**
 * The second file: everything that only some visitors need, with all the words and facts. It finds what the first file lends it on its
 * own script element.
 */
import { openCentre } from "./centre.js";
import { declare } from "./declaration.js";
import { hold } from "./placeholder.js";
import { welcome } from "./welcome.js";
import { tools } from "./lent.js";

tools.ready({ open: openCentre, declare, hold, welcome });
