/** What the page hears: callbacks that are told the last state however late they come, and DOM events. */
import { guard } from "./browser.js";

/** @type {Map<string, ((detail: any) => void)[]>} */
const listeners = new Map();
/** @type {Map<string, any>} */
const last = new Map();

/** @param {string} name @param {(detail: any) => void} listener */
export function on(name, listener) {
  listeners.set(name, [...listeners.get(name) || [], listener]);
  if (last.has(name)) guard(() => listener(last.get(name)));
}

/** @param {string} name @param {any} detail */
export function emit(name, detail) {
  remember(name, detail);
  for (const listener of listeners.get(name) || []) guard(() => listener(detail));
  guard(() => document.dispatchEvent(new CustomEvent("sayso:" + name, { detail })));
}

/** What a listener is told on arrival. Open and close undo each other. @param {string} name @param {any} detail */
export function remember(name, detail) {
  if (name == "open") last.delete("close");
  if (name == "close") last.delete("open");
  last.set(name, detail);
}
