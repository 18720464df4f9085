/**
 * The preference centre: four categories at a glance, everything about them one click away. Opening and leaving it changes nothing.
 * @import {Answer, DetailCookie, DetailPartner, Optional} from "./types"
 * @typedef {(() => void)[]} Later what is filled in when somebody opens it
 */
import css from "./centre.css";
import { SIGNALS } from "./decide.js";
import { details, tools, withFile } from "./lent.js";
import { isHonoured } from "./sale.js";
import { away, company, counted, date, dotted, from, lifetime, pagesOf, say, setter } from "./words.js";

const { texts } = details;
const { choose, el, emit, everything, guard, settle, shell, site, state } = tools;

/** @type {HTMLDialogElement | null} */
let dialog = null;
/** @type {HTMLElement} */
let host;

export function openCentre() {
  if (dialog) return;
  const title = el("h2", { id: "title", tabindex: -1 }, texts.preferences_title);
  dialog = el("dialog", { "aria-labelledby": "title" },
    el("div", { class: "head" }, title, act("close", "✕", leave, { "aria-label": texts.close, class: "close" }), el("p", null, texts.preferences_intro)),
    el("div", { class: "body" }, ...signal(), ...sale(), ...details.categories.map(category), more()),
    footer());
  dialog.onclose = leave;
  host = shell({ "data-sayso-layer": "preferences" }, css, dialog);
  (document.body || document.documentElement).append(host);
  follow();
  dialog.showModal();
  title.focus();
  emit("open");
}

/** Changes nothing. The dialog gives the focus back to where it came from by itself. */
function leave() {
  if (!dialog) return;
  const closing = dialog;
  dialog = null;
  closing.close();
  host.remove();
  emit("close");
}

// ---- what stands in it

/** Whether anything but what is strictly necessary may run. */
const grantsAnything = () => Object.values(state.decision.grants.categories).filter(Boolean).length > 1 || Object.values(state.stored?.partners || {}).includes(true);

/** What the browser has answered already, on top. */
function signal() {
  const { signals, decision, regime } = state;
  const { dnt, gpc } = signals;
  const { signals: named = SIGNALS } = regime;
  const heard = { dnt: dnt && named.includes("dnt"), gpc: gpc && named.includes("gpc") };
  const disregarded = heard.dnt && site.policy.dnt == "disregard";
  const bound = heard.gpc || heard.dnt && !disregarded;
  if (!bound && !disregarded) return [];
  const words = !bound && regime.defaults ? details.policy.statements?.[0] || "" : !bound ? texts.signal_disregarded + (details.policy.explanation ? " " + details.policy.explanation : "")
    : grantsAnything() && decision.reason != "signal" && !isHonoured() ? texts.signal_answered
      : regime.reach == "sale_or_share" ? say("signal_sale", { signal: heard.gpc ? "Global Privacy Control" : "Do Not Track" })
      : heard.gpc && heard.dnt && !disregarded ? texts.signal_both : heard.gpc ? texts.signal_gpc : texts.signal_dnt;
  return [el("p", { class: "signal" }, words)];
}

/** Where the law gives a right against sale and sharing: its own switch, over all that counts as such, and what a signal did to it. */
function sale() {
  if (state.regime.reach != "sale_or_share") return [];
  const isHeld = () => !state.decision.grants.categories.targeting;
  const input = toggle("sale", { "data-sale": "" }, () => !isHeld());
  return [el("section", { class: "sale" }, el("h3", { id: "sale" }, texts.sale_title), input,
    el("p", null, texts.sale_text), ...isHonoured() ? [el("p", { class: "status" }, texts.signal_status)] : [])];
}

/** @param {{code: string, title: string, description: string}} category */
function category({ code, title, description }) {
  const partners = details.partners.filter((partner) => partner.category == code);
  const cookies = details.cookies.filter((cookie) => cookie.category == code);
  const own = cookies.filter((cookie) => !cookie.partner);
  /** @type {Later} */
  const later = [];
  const fill = () => later.splice(0).forEach((each) => each());
  const summary = [partners.length && counted("partners", partners.length), cookies.length && counted("cookies", cookies.length)].filter(Boolean).join(", ");
  return el("section", null,
    el("h3", { id: code }, title),
    code == "strictly_necessary" ? el("b", null, texts.always_on) : toggle(code, { "data-category": code }, (code_) => state.decision.grants.categories[/** @type {Optional} */ (code_)]),
    el("p", null, description),
    summary ? opened(el("details", null, el("summary", null, summary), ...partners.map((each) => partner(each, later)),
      ...own.length ? [article(el("h4", null, texts.own_use), [], later, () => [table(texts.own_use, own)])] : []), fill, fill)
      : el("p", null, texts.nothing_used));
}

/**
 * @param {HTMLDetailsElement} element @param {() => void} then each time it is open, which browsers say a moment later
 * @param {() => void} [before] with the click or key that opens it: what has the focus next must not be pushed out of sight
 */
function opened(element, then, before = () => {}) {
  element.ontoggle = () => element.open && then();
  element.onclick = before;
  return element;
}

/** @param {DetailPartner} partner @param {Later} later */
function partner({ slug, name, category: code, purpose, ...facts }, later) {
  const cookies = details.cookies.filter((cookie) => cookie.partner == slug);
  return article(el("h4", { id: "partner-" + slug }, name, from(facts)),
    code == "strictly_necessary" ? [] : [toggle("partner-" + slug, { "data-partner": slug, "data-of": code }, () => state.decision.grants.partners[slug])],
    later, () => [el("p", null, purpose), el("p", null, ...dotted(company(facts), ...pagesOf(facts))), ...cookies.length ? [table(name, cookies)] : []]);
}

/**
 * Switches stand at once, for each of them is a part of the answer; the words when somebody looks.
 * @param {Element} title @param {Element[]} switches @param {Later} later @param {() => Node[]} words
 */
function article(title, switches, later, words) {
  const element = el("article", null, title, ...switches);
  later.push(() => element.append(...words()));
  return element;
}

/** @param {string} name @param {DetailCookie[]} cookies */
function table(name, cookies) {
  return el("table", { "aria-label": name },
    el("thead", null, el("tr", null, ...["cookie_name", "cookie_purpose", "cookie_lifetime"].map((key) => el("th", { scope: "col" }, texts[key])))),
    el("tbody", null, ...cookies.map((cookie) => el("tr", null,
      el("td", null, el("code", null, cookie.name), el("small", null, ...dotted(texts["technology_" + cookie.technology], setter(cookie)))),
      el("td", null, cookie.purpose), el("td", null, lifetime(cookie.lifetime))))));
}

function more() {
  const { stored, receipt } = state;
  const pages = details.partners.filter(({ opt_out }) => opt_out).map(({ name, opt_out }) => ({ label: name, url: opt_out }));
  return el("section", null,
    el("details", null, el("summary", null, texts.other_ways), ...links(texts.ways_partners, pages), ...links(texts.ways_general, details.opt_out_links),
      el("h4", null, texts.ways_in_browser), el("p", null, texts.other_ways_browser)),
    ...stored ? [record(stored, receipt)] : []);
}

/** @param {string} title @param {{label: string, url: string}[]} items */
function links(title, items) {
  return items[0] ? [el("h4", null, title), el("ul", null, ...items.map(({ label, url }) => el("li", null, away(url, label))))] : [];
}

/** What is kept of the visitor's decisions, read when they look. @param {import("./types").Stored} stored @param {string} receipt */
function record(stored, receipt) {
  const place = el("div", { class: "record" });
  return opened(el("details", null, el("summary", null, texts.record_link), el("p", { class: "id" }, texts.consent_id + ": ", el("code", null, stored.consent_id)), place,
    el("p", null, away((receipt || site.page + "receipts/") + "#" + stored.consent_id, texts.record_page))), () => withFile("record", (file) => file.open(place)));
}

function footer() {
  const { stored } = state;
  const said = (/** @type {string} */ day) => stored ? say("last_decision", { date: day }) : texts.no_decision;
  const line = new Text(said("\u2007".repeat(16)));
  // After the first picture: the page's first formatter of dates takes a slow phone a tenth of a second. What is opened next needs one too.
  requestAnimationFrame(() => setTimeout(guard, 0, () => { line.data = said(date(stored?.decided_at || 0)); }));
  return el("div", { class: "foot" },
    act("reject-all", texts.reject_all, (event) => finish("reject_all", event, everything(false))),
    act("accept-all", texts.accept_all, (event) => finish("accept_all", event, everything(true))),
    act("save", texts.save, (event) => finish("save", event, chosen()), { class: "quiet" }),
    el("p", null, ...dotted(line,
      !!stored && grantsAnything() && act("withdraw", texts.withdraw, (event) => finish("withdraw", event, everything(false)), { class: "link" }))));
}

// ---- switches

/**
 * A native checkbox under a drawn switch: it works by keyboard, by touch and by program alike.
 * @param {string} id of what names it @param {Record<string, string>} attributes @param {(code: string) => boolean} on
 */
function toggle(id, attributes, on) {
  const input = el("input", { type: "checkbox", role: "switch", "aria-labelledby": id, ...attributes });
  input.checked = on(id);
  input.onchange = () => moved(input);
  return el("label", null, input, el("i"));
}

/** @param {string} selector @returns {HTMLInputElement[]} */
const inputs = (selector) => Array.from(/** @type {HTMLDialogElement} */ (dialog).querySelectorAll(selector));

/** Partners follow their category; a category of which everything was moved follows its partners. @param {HTMLInputElement} input */
function moved(input) {
  const { category: code, of, sale } = input.dataset;
  if (sale != null) {
    for (const other of inputs("[data-category=targeting],[data-of=targeting]")) other.checked = input.checked;
    for (const { slug, sale_or_share } of site.partners) if (sale_or_share) for (const other of inputs(`[data-partner="${slug}"]`)) other.checked = input.checked;
  } else if (code) for (const partner of inputs(`[data-of=${code}]`)) partner.checked = input.checked;
  else if (of && !details.cookies.some((cookie) => cookie.category == of && !cookie.partner) && inputs(`[data-of=${of}]`).every((other) => other.checked == input.checked)) {
    for (const whole of inputs(`[data-category=${of}]`)) whole.checked = input.checked;
  }
  follow();
}

/** Shows where a category and its partners differ. */
function follow() {
  for (const sale of inputs("[data-sale]")) sale.checked = inputs("[data-category=targeting]").some((targeting) => targeting.checked);
  for (const whole of inputs("[data-category]")) {
    whole.indeterminate = inputs(`[data-of=${whole.dataset.category}]`).some((partner) => partner.checked != whole.checked);
    // A switch is on or off; only a checkbox can be announced as partly on.
    if (whole.indeterminate) whole.removeAttribute("role");
    else whole.setAttribute("role", "switch");
  }
}

function chosen() {
  /** @param {"category" | "partner"} kind */
  const positions = (kind) => Object.fromEntries(inputs(`[data-${kind}]`).map((input) => [input.dataset[kind], input.checked]));
  return choose(positions("category"), positions("partner"));
}

/** @param {string} action @param {Event} event @param {Answer} answer */
function finish(action, event, answer) {
  leave();
  settle(action, "preferences", event, answer);
}

/** @param {string} name @param {string} label @param {(event: Event) => void} run @param {Record<string, string>} [attributes] */
function act(name, label, run, attributes) {
  const button = el("button", { type: "button", "data-sayso-action": name, ...attributes }, label);
  button.onclick = run;
  return button;
}
