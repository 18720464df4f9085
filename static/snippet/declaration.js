/**
 * The cookie declaration, in the page's own DOM and typography: where the page says something about tables, the page is right.
 * @import {DetailCookie} from "./types"
 */
import css from "./declaration.css";
import { details, tools } from "./lent.js";
import { company, dotted, from, lifetime, pagesOf, setter } from "./words.js";

const { texts } = details;
const { el, style } = tools;
const filled = new WeakSet();
let styled = false;

/** @param {Element} place */
function declare(place) {
  if (filled.has(place)) return;
  filled.add(place);
  if (!styled) style(document, css);
  styled = true;
  const { controller, statements } = details;
  place.setAttribute("lang", details.language);
  place.replaceChildren(
    el("p", null, texts.declaration_intro),
    ...details.categories.flatMap(({ code, title, description }) => [el("h2", null, title), el("p", null, description), ...uses(code)]),
    el("h2", null, texts.declaration_signals_title),
    ...statements.map((statement) => el("p", null, statement)),
    el("p", null, el("button", { type: "button", "data-sayso": "open" }, texts.declaration_change)),
    ...controller.name ? [el("p", null, ...dotted(texts.declaration_controller + ": " + controller.name, controller.contact,
      controller.privacy_policy_url && el("a", { href: controller.privacy_policy_url }, texts.declaration_policy)))] : [],
  );
}

/** @param {string} code */
function uses(code) {
  const own = details.cookies.filter((cookie) => cookie.category == code && !cookie.partner);
  const partners = details.partners.filter((partner) => partner.category == code);
  return [
    ...partners.flatMap((partner) => [
      el("h3", null, partner.name, from(partner)), el("p", null, partner.purpose, el("br"), ...dotted(company(partner), ...pagesOf(partner))),
      ...table(partner.name, details.cookies.filter((cookie) => cookie.partner == partner.slug)),
    ]),
    ...own.length ? [el("h3", null, texts.own_use), ...table(texts.own_use, own)] : [],
    ...own.length + partners.length ? [] : [el("p", null, texts.nothing_used)],
  ];
}

/** It may be wider than a phone: then it scrolls by itself, by keyboard too. @param {string} name @param {DetailCookie[]} cookies */
function table(name, cookies) {
  if (!cookies.length) return [];
  const columns = ["cookie_name", "cookie_purpose", "cookie_technology", "cookie_party", "cookie_lifetime"];
  return [el("div", { role: "region", "aria-label": name, tabindex: 0 }, el("table", null,
    el("thead", null, el("tr", null, ...columns.map((key) => el("th", { scope: "col" }, texts[key])))),
    el("tbody", null, ...cookies.map((cookie) => el("tr", null,
      ...[el("code", null, cookie.name), cookie.purpose, texts["technology_" + cookie.technology], setter(cookie), lifetime(cookie.lifetime)].map((cell) => el("td", null, cell)))))))];
}

tools.ready?.({ declare });
