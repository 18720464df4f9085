"""Who is measured, and how each is put into the page: as its own documentation says, with what the website has.

A selector may cross an open shadow root with ` >>> `. What a candidate can't do is left out of its page and said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.client import website
from benchmarks.client.website import Tag
from cookies.vocabulary import OPTIONAL_CATEGORIES

MODULES = Path(__file__).parent / "node_modules"
OURS, NOBODY, LEAST = "sayso", "nobody", "least"
NONCE_PLACE = "%NONCE%"


@dataclass(frozen=True)
class Candidate:
    """`banner`, `accept`, `settings`: of the first view. `centre`: a button of the preference centre that is in view
    when it opens. `withdraw`: JavaScript, as its documentation has it. `inline`: its configuration in the page, whose
    bytes count. `strict_head`: what its documentation has instead of `head` for a page with a policy. `aside`: what
    has to be known about how it was measured."""

    name: str
    version: str = ""
    head: str = ""
    strict_head: str = ""
    end: str = ""
    inline: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    gate: Callable[[Tag], str] = lambda tag: ""
    embed: str = ""
    banner: str = "#no-banner"
    accept: str = "#no-banner"
    settings: str = "#no-banner"
    centre: str = "#no-centre"
    withdraw: str = ""
    aside: str = ""

    def page(self, nonce: str, *, has_embed: bool = True, has_policy: bool = False) -> str:
        """Its page. Scripts carry the nonce whether a policy asks for it or not."""
        embed = self.embed if has_embed else ""
        html = website.page(
            head=(has_policy and self.strict_head) or self.head, end=self.end, gate=self.gate, embed=embed
        )
        return html.replace(NONCE_PLACE, f'nonce="{nonce}"').replace("%NONCE_VALUE%", nonce)


def nobody() -> Candidate:
    """The page without a banner, its tags never started: what the others add is measured from here."""
    return Candidate(name=NOBODY)


def ours(origin: str) -> Candidate:
    composed = website.composed(origin)
    # Each under its immutable name, but for the first, whose address is the short one.
    files = {file.name(website.KEY): file.body for kind, file in composed.items() if kind != "snippet"}
    files[f"{website.KEY}.js"] = composed["snippet"].body
    line = f'<script async {NONCE_PLACE} src="/candidate/{OURS}/{website.KEY}.js"></script>'

    def gate(tag: Tag) -> str:
        marks = f'type="text/plain" {NONCE_PLACE} data-category="{tag.category}" data-partner="{tag.partner}"'
        return _script(tag, marks)

    return Candidate(
        name=OURS,
        version="this checkout",
        head=line,
        files=files,
        gate=gate,
        embed=f'<iframe data-src="{website.EMBED_URL}" data-category="functional"'
        f' data-partner="{website.EMBED_PARTNER}" title="A video" width="640" height="360"></iframe>',
        banner="[data-sayso-layer=banner]",
        accept="[data-sayso-layer=banner] [data-sayso-action=accept-all]",
        settings="[data-sayso-layer=banner] [data-sayso-action=preferences]",
        centre="[data-sayso-layer=preferences] >>> [data-sayso-action=save]",
        withdraw="sayso.withdraw()",
        aside="Tags are in the page's markup, as everybody's; each partner's signals travel in the file.",
    )


# The words in a shadow root above the page, one style sheet, one cookie, and every tag put in its place after a yes.
LEAST_SCRIPT = """
(() => {
  const start = () => {
    for (const waiting of document.querySelectorAll("script[type='text/plain'],iframe[data-src]")) {
      if (waiting.dataset.src) { waiting.src = waiting.dataset.src; continue; }
      const script = document.createElement("script");
      script.async = false;
      if (waiting.getAttribute("src")) script.src = waiting.getAttribute("src");
      else script.text = waiting.text;
      waiting.replaceWith(script);
    }
  };
  if (document.cookie.includes("least=yes")) return start();
  const host = document.createElement("div");
  host.popover = "manual";
  host.dataset.least = "";
  const root = host.attachShadow({ mode: "open" });
  root.append(document.createElement("slot"));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":host{position:fixed;inset:auto 0 0;width:auto;padding:20px;background:#fff;color:#112}");
  root.adoptedStyleSheets = [sheet];
  for (const [name, text] of WORDS) {
    const element = host.appendChild(document.createElement(name));
    element.textContent = text;
    if (name == "button") {
      element.onclick = () => {
        document.cookie = "least=yes; Path=/; Max-Age=9999";
        host.remove();
        requestAnimationFrame(() => setTimeout(start));
      };
    }
  }
  document.body.prepend(host);
  host.showPopover();
})();
"""


def least(origin: str) -> Candidate:
    """What no banner can do without, in as few lines as it takes. No peer: it offers no refusal, decides nothing,
    records nothing and hears no signal. Its column says how much of a figure is the browser's own work."""
    text = website.words()
    words = [
        ["h2", _said(text["banner_title"])],
        ["p", _banner_words()],
        *(["button", text[key]] for key in ("reject_all", "accept_all", "choose")),
    ]
    return replace(
        ours(origin),
        name=LEAST,
        version="",
        head=f'<script async {NONCE_PLACE} src="/candidate/least/least.js"></script>',
        files={"least.js": LEAST_SCRIPT.replace("WORDS", json.dumps(words)).encode()},
        banner="[data-least]",
        accept="[data-least] button:nth-of-type(2)",
    )


def peers() -> list[Callable[[], Candidate]]:
    return [vanilla_cookieconsent, klaro, orejime, tarteaucitron, c15t]


def vanilla_cookieconsent() -> Candidate:
    package = "vanilla-cookieconsent"
    text = website.words()
    sections: list[dict[str, Any]] = [{"title": text["preferences_title"], "description": text["banner_text_alone"]}]
    for code in ("strictly_necessary", *OPTIONAL_CATEGORIES):
        sections.append(
            {"title": text[f"{code}_title"], "description": text[f"{code}_description"], "linkedCategory": _short(code)}
        )
    categories: dict[str, Any] = {"necessary": {"enabled": True, "readOnly": True}}
    for code in OPTIONAL_CATEGORIES:
        partners = [partner for partner in website.PARTNERS if partner.category == code]
        categories[code] = {
            "services": {partner.slug: {"label": partner.template.name} for partner in partners},
            "autoClear": {
                "cookies": [
                    {"name": _pattern(name) if "*" in name else name}
                    for name in website.cookie_patterns([partner.slug for partner in partners])
                ],
                # Documented for what can't be stopped in place.
                "reloadPage": True,
            },
        }
    config = {
        # Without it, it shows nothing to a browser that a program drives.
        "hideFromBots": False,
        "categories": categories,
        "language": {
            "default": "en",
            "translations": {
                "en": {
                    "consentModal": {
                        "title": _said(text["banner_title"]),
                        "description": _banner_words(),
                        "acceptAllBtn": text["accept_all"],
                        "acceptNecessaryBtn": text["reject_all"],
                        "showPreferencesBtn": text["choose"],
                    },
                    "preferencesModal": {
                        "title": text["preferences_title"],
                        "acceptAllBtn": text["accept_all"],
                        "acceptNecessaryBtn": text["reject_all"],
                        "savePreferencesBtn": text["save"],
                        "closeIconLabel": text["close"],
                        "sections": sections,
                    },
                }
            },
        },
    }
    inline = f"CookieConsent.run({_js(config)})"
    return Candidate(
        name=package,
        version=_version(package),
        head=f'<link rel="stylesheet" href="/candidate/{package}/cookieconsent.css">\n'
        f'<script defer {NONCE_PLACE} src="/candidate/{package}/cookieconsent.umd.js"></script>\n'
        # A module runs in its turn after what is deferred.
        f'<script type="module" {NONCE_PLACE}>{inline}</script>',
        inline=inline,
        files={
            "cookieconsent.css": _file(package, "dist/cookieconsent.css"),
            "cookieconsent.umd.js": _file(package, "dist/cookieconsent.umd.js"),
        },
        gate=lambda tag: _script(
            tag, f'type="text/plain" {NONCE_PLACE} data-category="{tag.category}" data-service="{tag.partner}"'
        ),
        banner="#cc-main .cm",
        accept="#cc-main .cm__btn[data-role=all]",
        settings="#cc-main .cm__btn[data-role=show]",
        centre="#cc-main .pm__btn[data-role=save]",
        withdraw="CookieConsent.acceptCategory([])",
        aside="No embed: it has a separate library for that. Its script is deferred and its configuration stands in "
        "the page, which saves a request over the set-up in its documentation.",
    )


def klaro() -> Candidate:
    text = website.words()
    config = {
        "version": 1,
        "acceptAll": True,
        "lang": "en",
        "translations": {
            "en": {
                "privacyPolicyUrl": "/privacy",
                "consentNotice": {"description": _banner_words()},
                "purposes": {code: {"title": text[f"{code}_title"]} for code in OPTIONAL_CATEGORIES},
            }
        },
        "services": [
            {
                "name": partner.slug,
                "title": partner.template.name,
                "purposes": [partner.category],
                "cookies": [_pattern(name) for name in partner.first_party],
                "translations": {"en": {"description": partner.template.purpose["en"]}},
            }
            for partner in website.PARTNERS
        ],
    }
    inline = f"var klaroConfig={_js(config)}"

    def gate(tag: Tag) -> str:
        marks = f'type="text/plain" {NONCE_PLACE} data-type="text/javascript" data-name="{tag.partner}"'
        return _script(tag, marks, source="data-src")

    return Candidate(
        name="klaro",
        version=_version("klaro"),
        head=f"<script {NONCE_PLACE}>{inline}</script>\n"
        f'<script defer {NONCE_PLACE} src="/candidate/klaro/klaro.js"></script>',
        strict_head=f"<script {NONCE_PLACE}>{inline}</script>\n"
        '<link rel="stylesheet" href="/candidate/klaro/klaro.min.css">\n'
        f'<script defer data-config="klaroConfig" {NONCE_PLACE} src="/candidate/klaro/klaro-no-css.js"></script>',
        inline=inline,
        files={name: _file("klaro", f"dist/{name}") for name in ("klaro.js", "klaro-no-css.js", "klaro.min.css")},
        gate=gate,
        embed=f'<iframe data-name="{website.EMBED_PARTNER}" data-src="{website.EMBED_URL}" title="A video"'
        ' width="640" height="360"></iframe>',
        banner=".klaro .cookie-notice",
        accept=".klaro .cn-buttons .cm-btn-success",
        settings=".klaro .cn-learn-more",
        centre=".klaro .cookie-modal .cm-btn-accept",
        withdraw="(m => { m.changeAll(false); m.saveAndApplyConsents(); })(klaro.getManager())",
    )


def orejime() -> Candidate:
    text = website.words()
    config = {
        "privacyPolicyUrl": "/privacy",
        "purposes": [
            {
                "id": code,
                "title": text[f"{code}_title"],
                "description": text[f"{code}_description"],
                "cookies": [],
                "purposes": [
                    {
                        "id": partner.slug,
                        "title": partner.template.name,
                        "description": partner.template.purpose["en"],
                        "cookies": [_pattern(name) for name in partner.first_party],
                    }
                    for partner in website.PARTNERS
                    if partner.category == code
                ],
            }
            for code in OPTIONAL_CATEGORIES
        ],
    }
    inline = f"window.orejimeConfig={_js(config)}"

    def gate(tag: Tag) -> str:
        return f'<template data-purpose="{tag.partner}">{_script(tag, NONCE_PLACE)}</template>'

    return Candidate(
        name="orejime",
        version=_version("orejime"),
        head=f"<script {NONCE_PLACE}>{inline}</script>\n"
        f'<script defer {NONCE_PLACE} src="/candidate/orejime/orejime-standard-en.js"></script>\n'
        '<link rel="stylesheet" href="/candidate/orejime/orejime-standard.css">',
        inline=inline,
        files={name: _file("orejime", f"dist/{name}") for name in ("orejime-standard-en.js", "orejime-standard.css")},
        gate=gate,
        embed=f'<template data-purpose="{website.EMBED_PARTNER}" data-contextual><iframe src="{website.EMBED_URL}"'
        ' title="A video" width="640" height="360"></iframe></template>',
        banner=".orejime-Banner",
        accept=".orejime-Banner-saveButton",
        settings=".orejime-Banner-learnMoreButton",
        centre=".orejime-Modal-closeButton",
        withdraw="orejime.manager.declineAll()",
        aside="Its script is deferred, which its documentation leaves open.",
    )


def tarteaucitron() -> Candidate:
    package = "tarteaucitronjs"
    config = {
        "privacyUrl": "/privacy",
        "orientation": "bottom",
        "showAlertSmall": False,
        "cookieslist": False,
        "DenyAllCta": True,
        "AcceptAllCta": True,
        "highPrivacy": True,
        "showIcon": True,
        "mandatory": True,
    }
    kinds = {"performance": "analytic", "functional": "video", "targeting": "ads"}
    services, jobs = [], []
    for partner in website.PARTNERS:
        # Its own services of these names would win over ours.
        key = f"our-{partner.slug}"
        about = {
            "key": key,
            "type": kinds[partner.category],
            "name": partner.template.name,
            "needConsent": True,
            "cookies": [name for name in partner.first_party if "*" not in name]
            + [name for name in partner.sets if name not in partner.first_party],
            "uri": partner.template.privacy_notice_url,
        }
        services.append(f"tarteaucitron.services[{json.dumps(key)}]={{...{_js(about)},js(){{{_tac(partner)}}}}};")
        jobs.append(f"(tarteaucitron.job=tarteaucitron.job||[]).push({json.dumps(key)});")
    inline = f"tarteaucitron.init({_js(config)});{''.join(services)}{''.join(jobs)}"
    names = {
        "tarteaucitron.min.js": "tarteaucitron.min.js",
        "tarteaucitron.services.min.js": "tarteaucitron.services.min.js",
        "css/tarteaucitron.min.css": "css/tarteaucitron.min.css",
        "lang/tarteaucitron.en.min.js": "lang/tarteaucitron.en.min.js",
    }
    return Candidate(
        name="tarteaucitron",
        version=_version(package),
        head=f'<script {NONCE_PLACE} src="/candidate/tarteaucitron/tarteaucitron.min.js"></script>\n'
        f"<script {NONCE_PLACE}>{inline}</script>",
        inline=inline,
        files={name: _file(package, path) for name, path in names.items()},
        # Its way: no markup, each service starts its own.
        embed='<div class="benchmark-embed"></div>',
        banner="#tarteaucitronAlertBig",
        accept="#tarteaucitronPersonalize2",
        settings="#tarteaucitronCloseAlert",
        centre="#tarteaucitronClosePanel",
        withdraw="tarteaucitron.userInterface.respondAll(false)",
        aside="Tags are services of its own kind, each partner's together, so an order across partners can't be "
        "written down. Its cookie list takes names, not patterns: it was given the names that are really set.",
    )


def _tac(partner: website.Partner) -> str:
    lines = []
    for tag in website.TAGS:
        if tag.partner == partner.slug:
            lines.append(tag.code if tag.is_inline else f"tarteaucitron.addScript({json.dumps(tag.url)});")
    if partner.slug == website.EMBED_PARTNER:
        lines.append(
            'for(const place of document.querySelectorAll(".benchmark-embed"))'
            f'place.innerHTML=\'<iframe src="{website.EMBED_URL}" title="A video"></iframe>\';'
        )
    return "".join(lines)


def c15t() -> Candidate:
    """Its React interface: the banner and the dialog that it has no other way to show in the published version."""
    kinds = {"performance": "measurement", "functional": "functionality", "targeting": "marketing"}
    scripts = [
        {
            "id": tag.name,
            "category": kinds[tag.category],
            **({"textContent": tag.code} if tag.is_inline else {"src": tag.url}),
        }
        for tag in website.TAGS
    ]
    options = {
        "mode": "offline",
        "consentCategories": ["necessary", *kinds.values()],
        "scripts": scripts,
        "nonce": "%NONCE_VALUE%",
    }
    inline = f"window.consentOptions={_js(options)}"
    return Candidate(
        name="c15t",
        version=_version("c15t"),
        head='<link rel="stylesheet" href="/candidate/c15t/styles.css">\n'
        f"<script {NONCE_PLACE}>{inline}</script>\n"
        f'<script defer {NONCE_PLACE} src="/candidate/c15t/c15t.js"></script>',
        end='<div id="c15t"></div>',
        inline=inline,
        files={"c15t.js": (MODULES / ".c15t.js").read_bytes(), "styles.css": (MODULES / ".c15t.css").read_bytes()},
        embed=f'<iframe data-src="{website.EMBED_URL}" data-category="functionality" title="A video" width="640"'
        ' height="360"></iframe>',
        banner="[data-testid=consent-banner-card]",
        accept="[data-testid=consent-banner-accept-button]",
        settings="[data-testid=consent-banner-customize-button]",
        centre="[data-testid=consent-widget-footer-save-button]",
        withdraw='window.consentStore.saveConsents("necessary")',
        aside="Offline mode (nobody is asked for the visitor's place) and React included: the published version has "
        "no banner without it. Tags are its own script list.",
    )


# --- Writing configurations ------------------------------------------------------------------------


def _script(tag: Tag, marks: str, *, source: str = "src") -> str:
    if tag.is_inline:
        return f"<script {marks}>{tag.code}</script>"
    return f'<script {marks} {source}="{tag.url}"></script>'


def _said(text: str) -> str:
    return text.replace("{site}", website.NAME)


def _banner_words() -> str:
    """What our own banner says, so that everybody has to lay out the same text."""
    words: str = website.payload()["texts"][website.LANGUAGE]["banner_text"]
    return words


def _short(code: str) -> str:
    return "necessary" if code == "strictly_necessary" else code


def _pattern(name: str) -> str:
    """A cookie's name as a regular expression, marked for `_js`."""
    return "\0/^" + name.replace("*", ".*") + "$/\0"


def _js(value: Any) -> str:
    """JSON, with patterns as the regular expressions that they are."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace('"\\u0000', "").replace('\\u0000"', "").replace("</", "<\\/")


def _file(package: str, path: str) -> bytes:
    return (MODULES / package / path).read_bytes()


def _version(package: str) -> str:
    version: str = json.loads(_file(package, "package.json"))["version"]
    return version
