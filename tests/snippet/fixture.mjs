// A realistic website for budgets and for trying things in a browser: four categories, six partners, twenty cookies, English texts.
import { readFileSync } from "node:fs";

/** The built-in words. Only the plain `key = "value"` lines that these files consist of are read. */
export function words(language) {
  const text = readFileSync(new URL(`../../consent/texts/${language}.toml`, import.meta.url), "utf8");
  return Object.fromEntries([...text.matchAll(/^(\w+) = (".*")$/gm)].map(([, key, value]) => [key, JSON.parse(value)]));
}

/** What the first file says; everything else waits for the second. */
export const FIRST_LAYER = ["banner_title", "banner_text", "details_link", "accept_all", "reject_all", "choose", "settings_button"];

const CONSENT_MODE = {
  name: "google-consent-mode",
  default: [["gtag", "consent", "default", { ad_storage: "denied", analytics_storage: "denied", ad_user_data: "denied", ad_personalization: "denied", functionality_storage: "denied", personalization_storage: "denied", security_storage: "granted", wait_for_update: 500 }]],
  update: [["gtag", "consent", "update", { ad_storage: "@targeting", analytics_storage: "@performance", ad_user_data: "@targeting", ad_personalization: "@targeting", functionality_storage: "@functional", personalization_storage: "@functional" }]],
};

const PARTNERS = [
  {
    slug: "google-analytics", name: "Google Analytics 4", category: "performance", added: 1, entity: "Google Ireland Limited",
    cookies: ["_ga", "_ga_*", "_gid"], signals: [CONSENT_MODE],
    loader: [["gtag", "js", "@now"], ["gtag", "config", "G-AB12CD34EF"], ["script", "https://www.googletagmanager.com/gtag/js?id=G-AB12CD34EF"]],
  },
  {
    slug: "google-ads", name: "Google Ads", category: "targeting", added: 1, entity: "Google Ireland Limited",
    cookies: ["_gcl_au", "_gcl_aw", "_gac_*"], signals: [CONSENT_MODE],
  },
  {
    slug: "meta-pixel", name: "Meta Pixel", category: "targeting", added: 2, entity: "Meta Platforms Ireland Limited", cookies: ["_fbp", "_fbc"],
    signals: [{ name: "meta-consent", default: [["stub", "fbq", "queue"], ["call", "fbq", "consent", "revoke"]], grant: [["call", "fbq", "consent", "grant"]], deny: [["call", "fbq", "consent", "revoke"]] }],
    loader: [["call", "fbq", "init", "123456789012345"], ["call", "fbq", "track", "PageView"], ["script", "https://connect.facebook.net/en_US/fbevents.js"]],
  },
  {
    slug: "hubspot", name: "HubSpot", category: "functional", added: 1, entity: "HubSpot Ireland Limited", cookies: ["__hstc", "hubspotutk", "__hssc", "__hssrc"],
    signals: [{ name: "hubspot", update: [["push", "_hsp", ["setHubSpotConsent", { analytics: "?performance", advertisement: "?targeting", functionality: "?functional" }]]], deny: [["push", "_hsp", ["revokeCookieConsent"]]] }],
    loader: [["set", "disableHubSpotCookieBanner", true], ["script", "https://js.hs-scripts.com/1234567.js", { id: "hs-script-loader" }]],
  },
  { slug: "linkedin-insight", name: "LinkedIn Insight Tag", category: "targeting", added: 1, entity: "LinkedIn Ireland Unlimited Company", cookies: ["li_fat_id"] },
  { slug: "youtube", name: "YouTube", category: "functional", added: 1, entity: "Google Ireland Limited", storage: ["yt-remote-*"] },
];

/** What decides and cleans up is in the first file; names, companies and links wait for the second. */
const deciding = ({ slug, category, added, cookies, storage, loader, signals }) => ({ slug, category, added, cookies, storage, loader, signals });

/** @returns what the first file is composed with */
export function site({ language = "en", direction = "ltr", ...changes } = {}) {
  const all = words(language);
  const values = { site: "Numonix", partners: all.partners_other.replace("{count}", "6"), purposes: [all.purpose_performance, all.purpose_functional, all.purpose_targeting].join(", ") };
  const texts = Object.fromEntries(FIRST_LAYER.map((key) => [key, fill(all[key], values)]));
  return {
    key: "numonix", version: "5f2c1e8a9b7d40363c18f2a45e6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7", sent: { build: "8c1f2e3d4b5a" }, language, direction,
    regimes: [{
      code: "eu", grant_days: 180, refusal_days: 180,
      accepts: ["eu"],
    }],
    policy: {},
    ordinals: { "0a1b2c3d4e5f": 1, "5f2c1e8a9b7d": 2 }, categories: { performance: 0, functional: 1, targeting: 0 },
    partners: PARTNERS.map(deciding), cookies: { functional: ["region", "player_volume"] }, storage: { functional: ["theme"] }, texts,
    tokens: ":host,::slotted(*){--sayso-ink:#112;--sayso-soft:#556;--sayso-line:#dde;--sayso-paper:#fff;--sayso-brand:#1d4ed8;--sayso-on-brand:#fff;--sayso-radius:14px;}"
      + "@media(prefers-color-scheme:dark){:host,::slotted(*){--sayso-ink:#eef;--sayso-soft:#aab;--sayso-line:#334;--sayso-paper:#112;--sayso-brand:#9db8ff;--sayso-on-brand:#0b1020;}}",
    layout: ":host{left:0;}", settings_button: true,
    preferences: "numonix.3b9f5c7e1d2a4f6b8c0e9d7a5b3c1f2e.js",
    page: "https://consent.example.org/p/numonix/", ...changes,
  };
}

const fill = (text, values) => text.replace(/\{(site|partners|purposes)\}/g, (all, name) => values[name]);

const COOKIES = [
  ["csrftoken", null, "strictly_necessary", "1 year", "Keeps forms on this website safe."], ["sessionid", null, "strictly_necessary", "2 week", "Keeps you signed in."],
  ["sayso", null, "strictly_necessary", "180 day", "Remembers your choice about cookies."], ["region", null, "functional", "1 year", "Remembers your country."],
  ["player_volume", null, "functional", "persistent", "Remembers how loud you like it.", "local_storage"],
  ["_ga", "google-analytics", "performance", "2 year", "Tells visitors apart."], ["_ga_*", "google-analytics", "performance", "2 year", "Keeps the state of a visit."],
  ["_gid", "google-analytics", "performance", "1 day", "Tells visitors of one day apart."],
  ["_gcl_au", "google-ads", "targeting", "90 day", "Measures whether an ad led to something."], ["_gcl_aw", "google-ads", "targeting", "90 day", "Remembers the click on an ad."],
  ["IDE", "google-ads", "targeting", "13 month", "Shows ads that fit on other websites.", "cookie", "third", "doubleclick.net"],
  ["_fbp", "meta-pixel", "targeting", "90 day", "Recognises your browser for ads on Facebook."], ["_fbc", "meta-pixel", "targeting", "90 day", "Remembers the click on an ad on Facebook."],
  ["__hstc", "hubspot", "functional", "6 month", "Recognises you when you come back."], ["hubspotutk", "hubspot", "functional", "6 month", "Connects forms you send with your visits."],
  ["__hssc", "hubspot", "functional", "30 minute", "Counts the pages of a visit."], ["__hssrc", "hubspot", "functional", "session", "Notices that the browser was restarted."],
  ["li_fat_id", "linkedin-insight", "targeting", "30 day", "Measures whether an ad on LinkedIn led to something."],
  ["bcookie", "linkedin-insight", "targeting", "1 year", "Recognises your browser on LinkedIn.", "cookie", "third", "linkedin.com"],
  ["yt-remote-device-id", "youtube", "functional", "persistent", "Tells devices that play videos apart.", "local_storage", "third", "youtube-nocookie.com"],
];
const PURPOSES = {
  "google-analytics": "Counts visits and shows which pages are used.", "google-ads": "Measures ads and shows those that fit.", "meta-pixel": "Measures ads on Facebook and Instagram.",
  hubspot: "Shows forms and chat, and recognises customers.", "linkedin-insight": "Measures ads on LinkedIn.", youtube: "Plays videos.",
};

/** What the files for what few need say. */
export const RARE = {
  declaration: /^(declaration_|cookie_technology|cookie_party)/, embeds: /^placeholder_/, notices: /^(notice_|changes_|news_|privacy_choices|details_link|choose|settings_button)/, record: /^(history_|action_|page_receipt_check)/, returned: /^returned_/,
};
/** Half a digest each, by which files of ours name each other. */
const RARE_DIGESTS = {
  declaration: "7c1e9f5b3d2a4f6b8c0e9d7a5b3c1f2e", embeds: "1f0b6a9d2c7e4835b0d9a4c3e68f7125", notices: "e93a5d0c71b84f26a8d1067f4b9c2e53", record: "5a7d2e90c4b6138f9e0d7a2b4c6f1835", returned: "0d4f8b1a6c3e7925d8a0b5f7c2e94163",
};
/** What the second file never says itself: that, the question, the hosted pages, sale, and the categories' words, which come with the categories. */
const ELSEWHERE = /^(page|banner|purpose|strictly_necessary|performance|functional|targeting|sale)_|^signal_(sale|status)|^partner_(signalled|from)|^signal_disregarded|^technology_(session|indexed|pixel|web|tag)/;

/** @returns what the second file is composed with */
export function details({ language = "en", ...changes } = {}) {
  const all = words(language);
  const texts = Object.fromEntries(Object.entries(all).filter(([key]) => ![ELSEWHERE, ...Object.values(RARE)].some((elsewhere) => elsewhere.test(key))));
  for (const key of Object.keys(texts)) texts[key] = fill(texts[key], { site: "Numonix", partners: "6 partners", purposes: "measure visits" });
  return {
    language, texts, files: Object.fromEntries(Object.keys(RARE).map((name) => [name, `numonix.${RARE_DIGESTS[name]}.js`])),
    categories: ["strictly_necessary", "performance", "functional", "targeting"].map((code) => ({ code, title: all[code + "_title"], description: all[code + "_description"] })),
    opt_out_links: [{ label: "Your Online Choices", url: "https://www.youronlinechoices.eu/" }], policy: { dnt: "honour", explanation: "" },
    partners: PARTNERS.map(({ slug, name, entity, category }) => ({
      slug, name, entity, country: slug == "hubspot" ? "US" : "IE", category, purpose: PURPOSES[slug], notice: `https://${slug}.example/privacy`, opt_out: slug == "youtube" ? "" : `https://${slug}.example/opt-out`,
    })),
    cookies: COOKIES.map(([name, partner, category, lifetime, purpose, technology = "cookie", party = "first", domain = ""]) => ({ name, partner, category, technology, party, lifetime, domain, purpose })),
    ...changes,
  };
}

/** @param {keyof typeof RARE} name @returns what such a file is composed with */
export function rare(name, { language = "en" } = {}) {
  const all = words(language);
  const texts = Object.fromEntries(Object.entries(all).filter(([key]) => RARE[name].test(key)));
  return name != "declaration" ? { texts } : {
    texts, controller: { name: "Numonix LLC", contact: "privacy@numonix.example", privacy_policy_url: "https://numonix.example/privacy" },
    statements: [all.declaration_dnt_honour, all.declaration_gpc, all.declaration_signals_conflict],
  };
}

/** As the server composes a file: data as JSON that can't leave a script, around an engine that is the same for all. */
export function compose(engine, data) {
  const json = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
  return `//# allFunctionsCalledOnLoad
(function(__FACTS__,__EXTRAS__,__LATER__){${engine}
})(${json});`;
}
