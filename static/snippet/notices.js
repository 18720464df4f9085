/**
 * The third file: what stands in the question's place where the law or an earlier answer makes it another one. The notice of laws under
 * which things run until refused, with their lasting link; what is new since the last answer; what was announced.
 * @import {Exceptions, Optional} from "./types"
 */
import { NECESSARY, OPTIONAL, own } from "./decide.js";
import { details, tools } from "./lent.js";
import css from "./notices.css";
import { isHonoured, withSale } from "./sale.js";
import { date, say } from "./words.js";

const { texts, news } = details;
/** @type {Record<string, string>} */
const categories = Object.fromEntries(details.categories.map(({ code, title }) => [code, title]));
const { ask, choose, clear, el, place, present: again, settle, shown, site, state, style } = tools;
/** A visit begins on a page that is entered from elsewhere: what is told once a visit needs no memory. */
let isToTell = !!news && document.referrer.split("/")[2] != location.host;
/** @type {HTMLElement | undefined} our own lasting link */
let wayBack;

function present() {
  const { show, reason } = state.decision;
  fillLinks();
  if (reason == "changed") once("changes", askAboutNews);
  else if (reason == "announced") isToTell ? once("news", announce) : showWayBack();
  else if (show == "notice") once("notice", inform);
  else showWayBack();
}

/** @param {string} name @param {(name: string) => void} then */
function once(name, then) {
  if (shown() == name) return;
  then(name);
  dress(document.querySelector("[data-sayso-layer=" + name + "]"));
}

/** @param {Element | null} host */
function dress(host) {
  if (host?.shadowRoot) style(host.shadowRoot, css.replaceAll(";", "!important;"));
}

// ---- laws under which things run until they are refused

/** @param {string} name */
function inform(name) {
  const { decision: { reason, grants } } = state;
  const isOfficial = demands("privacy_choices");
  // After an opt-out has been remembered for as long as the law asks, it still stands; only the question is allowed again.
  const isOut = reason == "expired" && !grants.categories.targeting;
  const text = isOut ? "notice_again_" : "notice_";
  ask(name, texts[text + "title"], [el("p", null, texts[text + "text"], " "), el("a", { href: site.page + "cookies/" }, texts.details_link)], isOut ? [
    ["opt-out", texts.notice_stay_out, asItStands],
    ["opt-in", texts.notice_opt_in, (event) => settle("save", "banner", event, withSale(true))],
  ] : [
    ["opt-out", texts.notice_opt_out, (event) => settle("save", "banner", event, withSale(false))],
    ["keep", texts.notice_keep, asItStands],
  ], ["preferences", isOfficial ? texts.privacy_choices : texts.choose]);
  if (isOfficial) document.querySelector("[data-sayso-layer=notice] [data-sayso-action=preferences]")?.append(" ", icon());
}

/** Whether the law of the place wants this said; true stands for all of it. @param {string} part */
function demands(part) {
  const { first_layer = [] } = state.regime;
  return first_layer === true || first_layer.includes(part);
}

/** The website's own links say what the law wants said, whatever else is shown. */
function fillLinks() {
  for (const link of document.querySelectorAll("[data-sayso=choices]")) fill(link);
}

/** The link that the law wants on every page: the website's own, or our button. */
function showWayBack() {
  if (document.readyState == "loading") return;
  const hasLink = document.querySelector("[data-sayso=choices]");
  // Another link of the page does not say what this law wants said.
  if (hasLink || !demands("privacy_choices") && document.querySelector("[data-sayso=open]") || !site.settings_button) return clear();
  if (shown() != "settings" || !wayBack?.isConnected) {
    wayBack = el("button", { type: "button", "data-sayso-action": "preferences", slot: "wide" });
    dress(place("settings", {}, [wayBack], el("slot", { name: "wide" })));
  }
  fill(wayBack);
}

/** @param {Element} link */
function fill(link) {
  const isOfficial = demands("privacy_choices");
  const status = demands("signal_status") && isHonoured() ? texts.signal_status : "";
  const words = (isOfficial ? texts.privacy_choices : texts.settings_button) + (status && " · " + status);
  if (link.textContent?.trim() == words) return;
  link.textContent = words;
  if (isOfficial) link.prepend(icon(), " ");
}

/** The opt-out icon in the form of California's regulations (CCR § 7015): a pill, one half with a tick, the other with a cross. */
function icon() {
  return svg("svg", { viewBox: "0 0 30 14", width: "30", height: "14", role: "img", "aria-label": "California Consumer Privacy Act (CCPA) Opt-Out Icon" },
    svg("rect", { x: ".6", y: ".6", width: "28.8", height: "12.8", rx: "6.4", fill: "#fff", stroke: "#06f", "stroke-width": "1.2" }),
    svg("path", { d: "M17.200 0H23a7 7 0 0 1 0 14h-9z", fill: "#06f" }),
    svg("path", { d: "m5.500 7.200 2.500 2.700 4.700-5.500", fill: "none", stroke: "#06f", "stroke-width": "1.600", "stroke-linecap": "round", "stroke-linejoin": "round" }),
    svg("path", { d: "m19.600 4.600 4.800 4.800m0-4.800-4.800 4.800", fill: "none", stroke: "#fff", "stroke-width": "1.600", "stroke-linecap": "round" }));
}

/** @param {string} name @param {Record<string, string>} attributes @param {Element[]} inside */
function svg(name, attributes, ...inside) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

// ---- changes

/** @param {string} name */
function askAboutNews(name) {
  const fresh = unanswered();
  /** @type {Exceptions} */
  const partners = { ...state.decision.grants.partners };
  for (const { slug } of fresh.partners) partners[slug] = true;
  ask(name, texts.changes_title, [
    el("div", null, texts.changes_text),
    ...fresh.categories.map((code) => item(texts.own_use, code)),
    ...fresh.partners.map(({ slug, category }) => item(details.partners.find((partner) => partner.slug == slug)?.name || slug, category)),
    el("a", { href: site.page + "cookies/" }, texts.details_link),
  ], [
    ["refuse-new", texts.changes_refuse, asItStands],
    ["allow-new", texts.changes_allow, (event) => settle("save", "banner", event, choose(Object.fromEntries(fresh.categories.map((code) => [code, true])), partners))],
  ], ["preferences", texts.choose]);
}

/** What came to a category that the visitor had allowed, and waits for their word. */
function unanswered() {
  const { stored, regime, decision: { grants } } = state;
  const answered = stored && own(site.ordinals, stored.version) || 0;
  const isOut = regime.reach == "sale_or_share" && isHonoured();
  /** @param {string} code @param {number} added */
  const isNew = (code, added) => stored?.categories[/** @type {Optional} */ (code)] && added > answered;
  return {
    categories: OPTIONAL.filter((code) => !grants.categories[code] && isNew(code, site.categories[code])),
    partners: site.partners.filter(({ slug, category, added, starts_at = 0, sale_or_share }) => category != NECESSARY && !grants.partners[slug] && isNew(category, added)
      && stored && own(stored.partners, slug) !== false && starts_at * 1000 <= Date.now() && !(isOut && (category == "targeting" || sale_or_share))),
  };
}

/** @param {string} name */
function announce(name) {
  const { text, changes } = /** @type {import("./types").News} */ (news);
  ask(name, texts.news_title, [
    ...text ? [el("div", null, text)] : [],
    ...changes.map(({ kind, starts_at, name: partner, category }) => el("div", null,
      "• " + say("news_" + kind + (kind == "added" && starts_at * 1000 > Date.now() ? "_later" : ""), { name: partner, category: categories[category], date: date(starts_at) }))),
    el("p", null, texts.news_text, " "),
    el("a", { href: site.page + "cookies/" }, texts.details_link),
  ], [], ["dismiss", texts.news_close, () => {
    isToTell = false;
    clear();
    again();
  }], ["preferences", texts.choose]);
}

/** @param {string} name @param {string} category */
const item = (name, category) => el("div", null, "• " + name + " (" + categories[category] + ")");

/** An answer that leaves the switches as they are. @param {Event} event */
const asItStands = (event) => settle("save", "banner", event, choose({}));

tools.ready?.({ present });
