/**
 * Only in the file of a website whose platform keeps the visitor's choice itself, such as a shop system: it hears of answers, never of
 * silence, which it would take for one. What is called may arrive late, so each step waits for what it calls.
 */
import { kinds, run, translator } from "./steps.js";

const { site, state, addScript, guard } = __TOOLS__;
Object.assign(kinds, __TOOLS__.kinds);
const PATIENCE = 40;
const PAUSE = 250;
/** The latest answer counts: steps of an earlier one that still wait are let go. */
let round = 0;

function tell() {
  // An answer that no longer counts is told too: what it allowed is over.
  if (!state.stored) return;
  round++;
  for (const { signals } of site.partners) {
    for (const { answer } of signals || []) follow(answer || [], round, PATIENCE);
  }
}

/** @param {any[]} steps @param {number} mine @param {number} patience */
function follow(steps, mine, patience) {
  const [step, ...rest] = steps;
  if (!step || mine != round || !patience) return;
  if (step[0] == "call" && !isThere(step[1])) return setTimeout(follow, PAUSE, steps, mine, patience - 1);
  guard(() => run(window, [step], addScript, translate));
  follow(rest, mine, patience);
}

/** @param {string} path */
const isThere = (path) => typeof path.split(".").reduce((/** @type {any} */ object, name) => object && object[name], window) == "function";

/** As in all signals; and `?category:yes:no` is one of two words, `@callback` a function that does nothing. @param {any} argument */
function translate(argument) {
  const { grants } = state.decision;
  const [, code, yes, no] = /^\?(\w+):(\w+):(\w+)$/.exec(argument) || [];
  if (code) return grants.categories[/** @type {import("./types").Code} */ (code)] ? yes : no;
  return argument === "@callback" ? () => {} : translator(grants, true)(argument);
}

for (const chance of ["sayso:ready", "sayso:change"]) document.addEventListener(chance, tell);
