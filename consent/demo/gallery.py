"""Every state of the snippet, each as a website that brings it about: composed on the fly, published nowhere.

A scene is a demonstration website's payload, varied. What the page itself has to bring (an answer in a cookie, a
signal, a button that was pressed) is said here and done by static/pages/gallery.js.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consent import consent_cookie
from consent.builtin_texts import builtin_texts
from consent.consent_cookie import StoredChoice
from consent.delivery.compose import Schedule, compose
from consent.demo.facts import load_demo_sites
from consent.news import Change
from consent.privacy_signals import Signals
from consent.regimes import REGIMES, resolved
from consent.wording import OPTIONAL_CATEGORIES, version_texts

LAYOUTS = ("card", "bar", "centre")
DAY = 86_400
NO_SIGNALS = Signals()
# Nobody published these: the present version, and the one that was answered before it.
DIGEST, EARLIER = "0" * 64, "1" * 12
CONSENT_ID = "5f0e2a8c-6f0a-4c8e-9a53-1f0f5f3c7a10"
ALL_ON, ALL_OFF = dict.fromkeys(OPTIONAL_CATEGORIES, True), dict.fromkeys(OPTIONAL_CATEGORIES, False)
# The hardest that a website may choose: neither colour can be told from white paper, and no corner is round.
SUN = {
    "brand_colour": "#ffd60a",
    "brand_text_colour": "#1f1a00",
    "dark_brand_colour": "#3a3200",
    "dark_brand_text_colour": "#fff6c2",
    "position": "right",
    "radius": 0,
}
LONG_WORD = "Rechtsschutzversicherungsgesellschaften" * 10 + "rechtsschutz"[:10]
LONG_TEXTS = {
    "banner_title": LONG_WORD,
    "banner_text": f"<b>No markup</b> 🍪🍪 & {LONG_WORD} and a word after it.",
    "accept_all": "Alle Datenverarbeitungsvorgänge akzeptieren",
    "reject_all": "Ablehnen",
    "choose": "Einwilligungseinstellungsmöglichkeiten einzeln ansehen und auswählen",
    "preferences_title": "Cookieeinwilligungsverwaltungseinstellungen",
    "preferences_intro": LONG_WORD,
    "performance_title": LONG_WORD,
    "functional_description": LONG_WORD,
    "save": "Einwilligungseinstellungen abspeichern",
}


@dataclass(frozen=True)
class State:
    """What a visitor may meet, and how it comes about.

    shows: the CSS selector that is there once the state is. regime: the row in force; the website's own where empty.
    answered: the stored choice, `days` ago, of the present version or of an earlier one. press: the action of a button
    that is pressed. unfolds: everything that can be unfolded is. long: words that fit nowhere. crowd: so many times the
    partners. page: what the website's own page has (embeds, declaration, choices).
    """

    code: str
    title: str
    shows: str
    regime: str = ""
    signals: Signals = NO_SIGNALS
    answered: Mapping[str, bool] | None = None
    exceptions: Mapping[str, bool] | None = None
    days: int = 3
    is_earlier: bool = False
    is_announced: bool = False
    press: str = ""
    unfolds: bool = False
    long: bool = False
    crowd: int = 1
    page: str = ""


@dataclass(frozen=True)
class Variation:
    """One frame of the gallery. `colours` is a key of `colours()`."""

    state: str
    layout: str
    language: str
    colours: str


def _layer(name: str) -> str:
    return f'[data-sayso-layer="{name}"]'


_BANNER, _SETTINGS = State("banner", "The question", _layer("banner")), _layer("settings")
_CENTRE = State("preferences", "The preference centre", f"{_layer('preferences')} dialog", press="preferences")
_ANSWERED = replace(_CENTRE, code="answered", title="The preference centre after an answer", answered=ALL_ON)
_NOTICE = State("notice", "The notice of an opt-out law", _layer("notice"), regime="us-ca")

STATES: Mapping[str, State] = {
    state.code: state
    for state in (
        _BANNER,
        replace(_BANNER, code="long", title="The question in words that fit nowhere", long=True),
        _CENTRE,
        replace(_CENTRE, code="unfolded", title="The preference centre, everything unfolded", unfolds=True),
        replace(_CENTRE, code="signal-gpc", title="Under Global Privacy Control", signals=Signals(gpc=True)),
        replace(_CENTRE, code="signal-dnt", title="Under Do Not Track", signals=Signals(dnt=True)),
        _ANSWERED,
        replace(_ANSWERED, code="exceptions", title="Some partners on, some off", exceptions={"youtube": False}),
        replace(
            _ANSWERED,
            code="record",
            title="The visitor's own record",
            shows=f"{_layer('preferences')} .record li",
            unfolds=True,
        ),
        replace(_CENTRE, code="sale", title="The right against sale and sharing", regime="us-ca"),
        replace(
            _CENTRE,
            code="sale-signal",
            title="The same under Global Privacy Control",
            regime="us-ca",
            signals=Signals(gpc=True),
        ),
        replace(_CENTRE, code="long-preferences", title="The preference centre in words that fit nowhere", long=True),
        replace(_CENTRE, code="crowd", title="Eighty partners", crowd=20),
        _NOTICE,
        replace(
            _NOTICE,
            code="notice-again",
            title="A year after an opt-out",
            answered={**ALL_ON, "targeting": False},
            days=370,
        ),
        State(
            "choices",
            "Opt-out request honored",
            "[data-sayso=choices] svg",
            regime="us-ca",
            signals=Signals(gpc=True),
            page="choices",
        ),
        State(
            "choices-button",
            "The same on a page without a link of its own",
            f"{_SETTINGS} svg",
            regime="us-ca",
            signals=Signals(gpc=True),
        ),
        State("changes", "Something new to decide", _layer("changes"), answered=ALL_ON, is_earlier=True),
        State("news", "An announcement", _layer("news"), answered=ALL_OFF, is_earlier=True, is_announced=True),
        State("confirmation", "The confirmation", f"{_layer('confirmation')} p", press="reject-all"),
        State("settings", "The settings button", _SETTINGS, answered=ALL_OFF),
        State("returned", "The question after a visit to the hosted page", _layer("returned")),
        State("embeds", "Placeholders of embeds", _layer("embed"), answered=ALL_OFF, page="embeds"),
        State("declaration", "The declaration", "[data-sayso=declaration] h2", answered=ALL_OFF, page="declaration"),
    )
}


def colours() -> dict[str, dict[str, Any]]:
    """The looks of the demonstration websites by their keys, and one that is hard to make legible."""
    looks = {
        key: {
            "brand_colour": site.appearance.brand_colour,
            "brand_text_colour": site.appearance.brand_text_colour,
            "dark_brand_colour": site.appearance.dark_brand_colour,
            "dark_brand_text_colour": site.appearance.dark_brand_text_colour,
            "position": site.appearance.position,
            "radius": 14,
        }
        for key, site in load_demo_sites().items()
    }
    return {**looks, "sun": SUN}


def files_of(payload: Mapping[str, Any], variation: Variation, *, public_url: str, today: int) -> dict[str, bytes]:
    """The composed files by the names under which they ask for each other; the first is `snippet.js`.

    `payload`: a website's published one. `today`: the Unix second at which the day began.
    """
    state = STATES[variation.state]
    varied = varied_payload(payload, variation)
    made = compose(
        payload=varied,
        digest=DIGEST,
        language=variation.language,
        schedule=_schedule(state, today),
        news=_news(varied, today) if state.is_announced else (),
        announcement={},
        public_url=public_url,
    )
    key = varied["site"]["key"]
    return {"snippet.js": made["snippet"].body, **{file.name(key): file.body for file in made.values()}}


def varied_payload(payload: Mapping[str, Any], variation: Variation) -> dict[str, Any]:
    """The website in one language and one state, without anything that would load, count, or tell a partner."""
    state, language = STATES[variation.state], variation.language
    partners = _partners(payload["partners"], state)
    cookies = _cookies(payload["cookies"], state)
    texts = _texts(payload["site"]["name"], language, partners, cookies, state)
    return {
        **payload,
        "languages": [language],
        "texts": {language: texts},
        "appearance": {**payload["appearance"], **colours()[variation.colours], "layout": variation.layout},
        "categories": [
            {
                **category,
                "title": {language: texts[f"{category['code']}_title"]},
                "description": {language: texts[f"{category['code']}_description"]},
            }
            for category in payload["categories"]
        ],
        "partners": partners,
        "cookies": [_spoken(cookie, texts) for cookie in cookies],
        "policy": {**payload["policy"], "count_impressions": False},
        "regimes": [resolved(REGIMES[state.regime])] if state.regime else payload["regimes"][:1],
    }


def cookie_of(variation: Variation, payload: Mapping[str, Any], *, today: int) -> str:
    """The value of the visitor's cookie; empty where nothing was answered."""
    state = STATES[variation.state]
    if state.answered is None:
        return ""
    return consent_cookie.format(
        StoredChoice(
            version=EARLIER if state.is_earlier else DIGEST[:12],
            decided_at=today - state.days * DAY,
            categories=state.answered,
            consent_id=CONSENT_ID,
            regime=state.regime or payload["regimes"][0]["code"],
            partners=state.exceptions or {},
        )
    )


def _schedule(state: State, today: int) -> Schedule:
    ordinals = {EARLIER: 1, DIGEST[:12]: 2}
    return Schedule(ordinals=ordinals, announce_until=today + 30 * DAY if state.is_announced else 0)


def _news(payload: Mapping[str, Any], today: int) -> Sequence[Change]:
    first, second, *rest = [(partner["name"], partner["category"]) for partner in payload["partners"]]
    return [
        Change("added", *first),
        Change("added", *second, starts_at=today + 10 * DAY),
        *(Change(kind, *named) for kind, named in zip(("moved", "removed"), rest, strict=False)),
    ]


def _partners(partners: Sequence[Mapping[str, Any]], state: State) -> list[dict[str, Any]]:
    """Harmless, and as many as the state wants; where something is new, all but the first are."""
    return [
        {
            **partner,
            "slug": partner["slug"] + (f"-{copy}" if copy else ""),
            "name": LONG_WORD if state.long else partner["name"] + (f" {copy + 1}" if copy else ""),
            "added": 2 if state.is_earlier and at else 1,
            "loader": [],
            "signals": [],
        }
        for copy in range(state.crowd)
        for at, partner in enumerate(partners)
    ]


def _cookies(cookies: Sequence[Mapping[str, Any]], state: State) -> list[dict[str, Any]]:
    return [{**cookie, "name": cookie["name"] + LONG_WORD if state.long else cookie["name"]} for cookie in cookies]


def _spoken(cookie: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """Sayso's own two are described in every language; the others' purposes are the website's."""
    own = {consent_cookie.NAME: "consent_cookie_purpose", consent_cookie.QUEUE: "consent_queue_purpose"}
    key = own.get(cookie["name"])
    return {**cookie, "purpose": dict.fromkeys(cookie["purpose"], texts[key])} if key else dict(cookie)


def _texts(
    site_name: str,
    language: str,
    partners: Sequence[Mapping[str, Any]],
    cookies: Sequence[Mapping[str, Any]],
    state: State,
) -> dict[str, str]:
    used = {fact["category"] for fact in (*partners, *cookies)}
    return version_texts(
        language=language,
        builtin=builtin_texts(language),
        overrides=LONG_TEXTS if state.long else {},
        site_name=site_name,
        partner_count=sum(partner["category"] != "strictly_necessary" for partner in partners),
        used_categories=[code for code in OPTIONAL_CATEGORIES if code in used],
    )
