"""The website that every candidate stands on: four categories, six partners, twenty cookies, nine tags and one embed.

Partners and cookies come from our library, texts from our built-in ones; what a peer is told is derived from the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from consent.builtin_texts import builtin_texts
from consent.delivery.compose import Composed, Schedule, compose
from consent.payload import canonical_json, digest_of, with_ordinals
from consent.regimes import in_force, resolved
from consent.wording import version_texts
from cookies.partner_library import LibraryPartner, fill, load_library
from cookies.vocabulary import CATEGORIES, OPTIONAL_CATEGORIES

KEY, NAME, LANGUAGE = "benchmark", "Numonix", "en"
# Third parties live on this machine too, under names of their own: their answers cross the same slow network.
TAG_HOST = "tags.test"
# The website under a name of three parts, whose tags set their cookies on the one of two, as real ones do.
WIDE_HOST = "www.numonix.localhost"
DOMAIN = '(location.hostname.includes(".")?"; domain="+location.hostname.split(".").slice(-2).join("."):"")'


@dataclass(frozen=True)
class Partner:
    """`sets`: the first-party cookies that its tag leaves behind; `parameters`: what the library's template wants."""

    slug: str
    category: str
    cookies: tuple[str, ...]
    sets: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def template(self) -> LibraryPartner:
        return load_library()[self.slug]

    @property
    def first_party(self) -> list[str]:
        return [cookie.name for cookie in self._declared if (cookie.party, cookie.technology) == ("first", "cookie")]

    @property
    def _declared(self) -> list[Any]:
        return [cookie for cookie in self.template.cookies if cookie.name in self.cookies]

    def facts(self) -> dict[str, Any]:
        template, values = self.template, dict(self.parameters)
        return {
            "slug": self.slug,
            "name": template.name,
            "legal_entity": template.legal_entity,
            "country": template.country,
            "category": self.category,
            "purpose": dict(template.purpose),
            "purposes": sorted(template.purposes),
            "privacy_notice_url": template.privacy_notice_url,
            "opt_out_url": template.opt_out_url,
            "hosts": list(template.hosts),
            "technologies": list(template.technologies),
            "sale_or_share": template.sale_or_share,
            "starts_at": 0,
            "necessity_justification": "",
            # The page's own markup holds the tags, for every candidate alike.
            "load_mode": "gated",
            "loader": [],
            "signals": [
                {
                    "name": signal.name,
                    **{
                        phase: fill(steps, values)
                        for phase in ("default", "update", "grant", "deny")
                        if (steps := getattr(signal, phase))
                    },
                }
                for signal in template.signals
            ],
        }

    def cookie_facts(self) -> list[dict[str, Any]]:
        return [
            _cookie(
                cookie.name,
                self.slug,
                self.category,
                dict(cookie.purpose),
                technology=cookie.technology,
                party=cookie.party,
                lifetime=cookie.lifetime,
                domain=cookie.domain,
            )
            for cookie in self._declared
        ]


PARTNERS = (
    Partner("google-analytics", "performance", ("_ga", "_ga_*"), ("_ga", "_ga_AB12CD34EF")),
    Partner("hubspot", "functional", ("__hstc", "hubspotutk", "__hssc", "__hssrc"), ("__hstc", "hubspotutk")),
    Partner("youtube", "functional", ("VISITOR_INFO1_LIVE",)),
    Partner("google-ads", "targeting", ("_gcl_au", "_gcl_aw", "_gac_*", "IDE"), ("_gcl_au",)),
    Partner("linkedin-insight", "targeting", ("li_fat_id", "bcookie"), ("li_fat_id",)),
    Partner("meta-pixel", "targeting", ("_fbp", "_fbc", "fr"), ("_fbp",)),
)


@dataclass(frozen=True)
class Tag:
    """A script that waits for consent. `slow`: milliseconds that its host takes longer: order must be no accident."""

    name: str
    partner: str
    is_inline: bool = False
    slow: int = 0

    @property
    def category(self) -> str:
        return next(partner.category for partner in PARTNERS if partner.slug == self.partner)

    @property
    def url(self) -> str:
        return f"http://{self.partner}.{TAG_HOST}/{self.name}.js"

    @property
    def code(self) -> str:
        """Says that it ran; one with a file of its own sets what its partner sets."""
        sets = () if self.is_inline else next(item.sets for item in PARTNERS if item.slug == self.partner)
        lines = [f'(window.ran=window.ran||[]).push("{self.name}");']
        lines += [f'document.cookie="{name}=set-by-a-tag; path=/; max-age=3600"+{DOMAIN};' for name in sets]
        return "".join(lines)


# In the order of the document; a slow one before a fast one, categories mixed.
TAGS = (
    Tag("analytics", "google-analytics", slow=120),
    Tag("analytics-settings", "google-analytics", is_inline=True),
    Tag("ads", "google-ads", slow=60),
    Tag("forms", "hubspot"),
    Tag("pixel", "meta-pixel", slow=90),
    Tag("pixel-settings", "meta-pixel", is_inline=True),
    Tag("insight", "linkedin-insight"),
    Tag("speed", "google-analytics"),
    Tag("forms-settings", "hubspot", is_inline=True),
)
EMBED_PARTNER = "youtube"
EMBED_URL = f"http://{EMBED_PARTNER}.{TAG_HOST}/embed.html"
IN_ORDER = [tag.name for tag in TAGS]
SET_BY_TAGS = sorted({name for partner in PARTNERS for name in partner.sets})


def words() -> Mapping[str, str]:
    return builtin_texts(LANGUAGE)


def payload() -> dict[str, Any]:
    """What publishing would freeze for this website."""
    texts = version_texts(
        language=LANGUAGE,
        builtin=words(),
        overrides={},
        site_name=NAME,
        partner_count=len(PARTNERS),
        used_categories=OPTIONAL_CATEGORIES,
    )
    draft = {
        "schema": 1,
        "site": {
            "key": KEY,
            "name": NAME,
            "default_language": LANGUAGE,
            "controller": {
                "name": "Numonix LLC",
                "contact": "privacy@example.com",
                "privacy_policy_url": "https://www.example.com/privacy",
            },
        },
        "languages": [LANGUAGE],
        "texts": {LANGUAGE: texts},
        "appearance": {
            "layout": "card",
            "position": "left",
            "brand_colour": "#1d4ed8",
            "brand_text_colour": "#ffffff",
            "dark_brand_colour": "#9db8ff",
            "dark_brand_text_colour": "#0b1020",
            "radius": 14,
            "settings_button": True,
        },
        "categories": [
            {
                "code": code,
                "title": {LANGUAGE: texts[f"{code}_title"]},
                "description": {LANGUAGE: texts[f"{code}_description"]},
            }
            for code in CATEGORIES
        ],
        "partners": [partner.facts() for partner in PARTNERS],
        "cookies": [*_own_cookies(texts), *(fact for partner in PARTNERS for fact in partner.cookie_facts())],
        "policy": {"dnt": "honour", "dnt_explanation": {}, "count_impressions": False},
        "regimes": [resolved(row) for row in in_force([], grant_days=180, refusal_days=180)],
        "opt_out_links": [{"label": {LANGUAGE: "Your Online Choices"}, "url": "https://www.youronlinechoices.eu/"}],
    }
    return with_ordinals(draft, None, ordinal=1)


def _own_cookies(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    necessary = "strictly_necessary"
    return [
        _cookie("sayso", None, necessary, {LANGUAGE: texts["consent_cookie_purpose"]}, lifetime="180 day"),
        _cookie(
            "sayso-queue",
            None,
            necessary,
            {LANGUAGE: texts["consent_queue_purpose"]},
            technology="local_storage",
            lifetime="persistent",
        ),
        _cookie("csrftoken", None, necessary, {LANGUAGE: "Keeps forms on this website safe."}, lifetime="1 year"),
        _cookie("region", None, "functional", {LANGUAGE: "Remembers your country."}, lifetime="1 year"),
    ]


def _cookie(name: str, partner: str | None, category: str, purpose: Mapping[str, str], **facts: str) -> dict[str, Any]:
    usual = {"technology": "cookie", "party": "first", "lifetime": "session", "domain": ""}
    return {"name": name, "partner": partner, "category": category, "purpose": dict(purpose), **usual, **facts}


def composed(origin: str) -> dict[str, Composed]:
    """Our files, made by the code that serves them in production."""
    published = payload()
    digest = digest_of(canonical_json(published))
    return compose(
        payload=published,
        digest=digest,
        language=LANGUAGE,
        schedule=Schedule(ordinals={digest[:12]: 1}, regimes=frozenset({published["regimes"][0]["code"]})),
        public_url=origin,
    )


def with_managed_tags(origin: str) -> int:
    """How many bytes (brotli) the first file has where the snippet itself carries the tags of three partners."""
    published = payload()
    for partner in published["partners"]:
        template = load_library()[partner["slug"]]
        if partner["slug"] in ("google-analytics", "meta-pixel", "hubspot"):
            partner["loader"] = fill(template.loader, {item.name: item.example for item in template.parameters})
    files = compose(
        payload=published,
        digest=digest_of(canonical_json(published)),
        language=LANGUAGE,
        schedule=Schedule(ordinals={}),
        public_url=origin,
    )
    return len(files["snippet"].brotli)


# --- The page --------------------------------------------------------------------------------------

CSS = """
:root{color-scheme:light dark;--ink:#1c1e21;--paper:#fff;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--ink:#eceef1;--paper:#16181c;--link:#a8c7fa}}
body{margin:0 auto;max-width:44rem;padding:1rem;font:1.05rem/1.6 system-ui,sans-serif}
body{color:var(--ink);background:var(--paper)}
a{color:var(--link)}
img{display:block;width:100%;height:auto;aspect-ratio:16/9}
iframe{display:block;width:100%;aspect-ratio:16/9;border:0}
"""
PARAGRAPH = (
    "A page like any other: a heading, a picture, a few paragraphs to read, and behind them the tags that somebody in "
    "marketing has asked for. Whoever opens it came for the text, on a phone, over a network that is not the best."
)


def page(*, head: str, end: str, gate: Callable[[Tag], str], embed: str) -> str:
    """The HTML. `head` and `end` are the candidate's; `gate` writes a tag so that it waits."""
    tags = "\n".join(gate(tag) for tag in TAGS)
    paragraphs = "\n".join(f"<p>{PARAGRAPH}</p>" for _ in range(6))
    return f"""<!doctype html>
<html lang="{LANGUAGE}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page to measure</title>
<link rel="stylesheet" href="/page.css">
{head}
</head>
<body>
<main>
<h1>A page to measure</h1>
<img src="/picture.png" width="640" height="360" alt="A pattern in grey">
{paragraphs}
{tags}
{embed}
<p><a href="#top">To the top</a></p>
</main>
{end}
</body>
</html>
"""


def cookie_patterns(slugs: Iterable[str]) -> list[str]:
    """First-party cookie names of these partners, `*` for any rest."""
    return [name for partner in PARTNERS if partner.slug in slugs for name in partner.first_party]
