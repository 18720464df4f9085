/**
 * What the second file works with: the facts composed into it, and the first file's tools.
 * @import {Details, Tools} from "./types"
 */

/** @type {Details} */
export const details = __FACTS__;
/** @type {Tools} */
export const tools = /** @type {any} */ (document.currentScript).sayso;
