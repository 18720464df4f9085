/** Facts in the visitor's language. */
import { details, tools } from "./lent.js";

const { texts, language } = details;
const { el } = tools;

/** Puts values into a text: {name}, {host}, {count}. @param {string} key @param {Record<string, string | number>} values */
export function say(key, values) {
  return texts[key].replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}

/** Browsers take long to make one. @type {Record<string, any>} */
const made = {};
/** @param {"PluralRules" | "NumberFormat" | "DateTimeFormat" | "DisplayNames"} kind @param {any} [options] one of a kind is enough where they are always the same */
const intl = (kind, options, name = kind + (options?.unit || "")) => made[name] = made[name] || new /** @type {any} */ (Intl)[kind](language, options);

/**
 * "1 partner", "2 cookies": in the form that the language's plural rule asks for. Those rules cost nothing; the first formatter that a page
 * makes takes a slow phone a tenth of a second, and below a thousand would write the same in each of our languages.
 * @param {string} what @param {number} count
 */
export function counted(what, count) {
  const key = what + "_" + intl("PluralRules").select(count);
  return say(texts[key] ? key : what + "_other", { count: count > 999 ? intl("NumberFormat").format(count) : count });
}

/** "session", "persistent", or like "2 year". @param {string} lifetime */
export function lifetime(lifetime) {
  const [count, unit] = lifetime.split(" ");
  if (!unit) return texts["lifetime_" + lifetime];
  return intl("NumberFormat", { style: "unit", unit, unitDisplay: "long" }).format(Number(count));
}

/** @param {number} seconds */
export function date(seconds) {
  return intl("DateTimeFormat", { dateStyle: "long" }).format(seconds * 1000);
}

/** The company behind a partner, and where it sits. @param {{entity: string, country: string}} partner */
export function company({ entity, country }) {
  const place = country && intl("DisplayNames", { type: "region" }).of(country);
  return [entity, place].filter(Boolean).join(", ");
}

/** Who sets a cookie: this website, or the host that does. @param {{party: string, domain: string}} cookie */
export function setter({ party, domain }) {
  return party == "third" && domain || texts["party_" + party];
}

/** To somebody else's page, in a tab of its own, without telling them where from. @param {string} address @param {string} text */
export function away(address, text) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text);
}

/** Things in a row with a middle dot between. @param {(Node | string | false | "")[]} items */
export function dotted(...items) {
  return items.flatMap((item, i) => item ? [...items.slice(0, i).some(Boolean) ? [" · "] : [], item] : []);
}

/** When a partner that is announced takes effect. @param {{starts_at?: number}} partner */
export function from({ starts_at = 0 }) {
  return starts_at * 1000 > Date.now() ? " (" + say("partner_from", { date: date(starts_at) }) + ")" : "";
}

/** A partner's own pages. @param {{notice: string, opt_out: string}} partner */
export function pagesOf({ notice, opt_out }) {
  return [notice && away(notice, texts.privacy_notice), opt_out && away(opt_out, texts.opt_out)];
}
