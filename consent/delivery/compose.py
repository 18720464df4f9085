"""A version's payload made into the files that a browser loads. Pure but for reading the built engine."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import brotli

from consent.builtin_texts import direction
from consent.news import Change
from consent.payload import loads_early
from consent.wording import disregard_words, signal_statements
from cookies.vocabulary import CATEGORIES, TECHNOLOGIES

DIST = Path(__file__).resolve().parent.parent.parent / "static" / "dist"
# What the browser's rule takes for granted where a row says nothing else: the strictest.
STRICT_MODEL, ALL_SIGNALS = "opt_in", ("dnt", "gpc")
# Facts that the strictest rule has no use for; a website without any of them gets the engine without the others.
STRICT_ROW = {"code", "grant_days", "refusal_days", "accepts"}
BEYOND_STRICT = ("policy", "grace", "announce_until")
PARTNER_BEYOND_STRICT = ("sale_or_share", "starts_at")
PARTS = (
    "snippet",
    "strict",
    "arms",
    "block",
    "region",
    "count",
    "language",
    "platform",
    "onetrust",
    "keep",
    "stub",
    "preferences",
    "declaration",
    "embeds",
    "notices",
    "record",
    "returned",
)
LAYOUTS = ("bar", "centre")
# Nearly every function in a file of ours runs at once. Chromium compiles them while the file arrives, off the page's
# thread, when the first line says so (V8's explicit compile hints, since Chromium 136). To others it is a comment.
COMPILE_HINT = "//# allFunctionsCalledOnLoad\n"
# Hex digits of a digest by which files of ours name each other.
NAMED_BY = 32
# What a website does not choose: ink, softer ink, lines and paper.
LIGHT: Mapping[str, str] = {"ink": "#112", "soft": "#556", "line": "#dde", "paper": "#fff"}
DARK: Mapping[str, str] = {"ink": "#eef", "soft": "#aab", "line": "#334", "paper": "#112"}
# What the first view shows or says.
FIRST_VIEW_KEYS = (
    "banner_title",
    "banner_text",
    "details_link",
    "accept_all",
    "reject_all",
    "choose",
    "settings_button",
)
# What the files for what few need say: notices of opt-out laws and what is new, the declaration, embeds, the record.
RARE_KEYS: Mapping[str, tuple[str, ...]] = {
    "declaration": ("declaration_", "cookie_technology", "cookie_party"),
    "embeds": ("placeholder_",),
    "notices": (
        "notice_",
        "changes_",
        "news_",
        "privacy_choices",
        "details_link",
        "choose",
        "settings_button",
    ),
    "record": ("history_", "action_", "page_receipt_check"),
    "returned": ("returned_",),
}
# What only those meet who are told of sale and sharing.
# What the law of some places wants said beside what runs already.
NOTICE_PARTS = ("privacy_choices", "signal_status")
SALE_KEYS = ("sale_", "signal_sale", "signal_status")
# What the second file never says itself: hosted pages, the question, and the words that come with each category.
SAID_ELSEWHERE = (
    "page_",
    "banner_",
    "purpose_",
    # Said where it is so, as a part of what the partner is for.
    "partner_signalled",
    *(f"{category}_" for category in CATEGORIES),
    *(key for keys in RARE_KEYS.values() for key in keys),
)
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True)
class Composed:
    """One file, ready to be sent: `digest` is SHA-256 of the body, and part of its immutable address."""

    language: str
    body: bytes
    digest: str

    # Where a file is only tried, nobody waits for these.
    @cached_property
    def brotli(self) -> bytes:
        compressed: bytes = brotli.compress(self.body, quality=11)
        return compressed

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.body, compresslevel=9, mtime=0)

    def name(self, key: str) -> str:
        """What the website's other files call it: half of the digest is more than enough to tell files apart."""
        return f"{key}.{self.digest[:NAMED_BY]}.js"


@dataclass(frozen=True)
class Schedule:
    """What a publication adds to its version.

    `ordinals`: first 12 hex digits of each version that is still remembered → ordinal. `regimes`: the codes that
    browsers' cookies may hold from those versions. `grace`, `announce_until`: see decisions.DecidingVersion.
    """

    ordinals: Mapping[str, int]
    regimes: frozenset[str] = frozenset()
    grace: Mapping[str, int] = field(default_factory=dict)
    announce_until: int = 0


@cache
def engine(name: str) -> str:
    """A part of the built engine, one of PARTS."""
    return (DIST / f"{name}.js").read_text(encoding="utf-8")


@cache
def layout_css(layout: str) -> str:
    """What a layout adds to the first file's style sheet. A card in the corner adds nothing."""
    return (DIST / f"{layout}.css").read_text(encoding="utf-8") if layout in LAYOUTS else ""


def token_css(look: Mapping[str, Any]) -> str:
    """The custom properties that every layer of a website is coloured and rounded by, light and dark."""

    def tokens(**values: str) -> str:
        # On the slotted words too: what a page sets on everything would else reach them before what they inherit.
        named = "".join(f"--sayso-{name.replace('_', '-')}:{value};" for name, value in values.items())
        return f":host,::slotted(*){{{named}}}"

    light = tokens(
        **LIGHT, brand=look["brand_colour"], on_brand=look["brand_text_colour"], radius=f"{look['radius']}px"
    )
    dark = tokens(**DARK, brand=look["dark_brand_colour"], on_brand=look["dark_brand_text_colour"])
    return f"{light}@media(prefers-color-scheme:dark){{{dark}}}"


@cache
def build() -> str:
    """Names the engine: 12 hex digits over all built parts."""
    return hashlib.sha256("".join([*map(engine, PARTS), *map(layout_css, LAYOUTS)]).encode()).hexdigest()[:12]


@cache
def recipe(public_url: str) -> str:
    """Names everything but the payload that a file is made from: the engine, the composing modules and the platform's
    address.

    12 hex digits. Where it differs from a stored file's, the file is made anew.
    """
    modules = (Path(__file__), Path(__file__).with_name("arms.py"))
    made_of = (build().encode(), *(module.read_bytes() for module in modules), public_url.encode())
    return hashlib.sha256(b"\0".join(made_of)).hexdigest()[:12]


def compose(
    *,
    payload: Mapping[str, Any],
    digest: str,
    language: str,
    schedule: Schedule,
    public_url: str,
    news: Sequence[Change] = (),
    announcement: Mapping[str, str] | None = None,
) -> dict[str, Composed]:
    """The files by kind, each after those that it names: what few need, preferences, snippet."""
    key = payload["site"]["key"]
    facts_of = {kind: {"texts": texts_of(kind, payload, language)} for kind in RARE_KEYS}
    facts_of["declaration"] |= declaration_facts(payload, language)
    if schedule.announce_until:
        facts_of["notices"]["news"] = news_facts(payload, language, news, announcement or {})
    rare = {kind: wrapped(kind, facts, language) for kind, facts in facts_of.items()}
    names = {kind: file.name(key) for kind, file in rare.items()}
    details = {**preference_facts(payload, language), "files": names}
    second = wrapped("preferences", details, language)
    facts = snippet_facts(
        payload,
        digest=digest,
        language=language,
        schedule=schedule,
        preferences=second.name(key),
        public_url=public_url,
    )
    return {
        **rare,
        "preferences": second,
        "snippet": wrapped(engine_for(facts), facts, language, extras_of(payload, language)),
    }


def engine_for(facts: Mapping[str, Any]) -> str:
    """`strict` for a website whose facts the strictest rule is enough for, else `snippet`: the same sources, of which
    the smaller one leaves out what such facts never ask for (docs/decisions/0029)."""
    (row, *others) = facts["regimes"]
    is_strict = (
        not others
        and row.keys() <= STRICT_ROW
        and not any(facts.get(name) for name in BEYOND_STRICT)
        and not any(partner.get(name) for partner in facts.get("partners", ()) for name in PARTNER_BEYOND_STRICT)
    )
    return "strict" if is_strict else "snippet"


def extras_of(payload: Mapping[str, Any], language: str) -> list[str]:
    """The parts of the first file that this website needs."""
    wanted = {
        # First: what it holds back must not have begun.
        "block": payload["policy"].get("auto_block"),
        "stub": any(step[0] == "stub" for partner in payload["partners"] for step in _steps(partner)),
        "region": len(payload["regimes"]) > 1,
        "count": payload["policy"].get("count_impressions"),
        "language": _others(payload, language),
        "platform": any(signal.get("answer") for partner in payload["partners"] for signal in partner["signals"]),
        "onetrust": payload["policy"].get("onetrust_shim"),
        "keep": payload["site"].get("keep_path"),
    }
    return [part for part, is_needed in wanted.items() if is_needed]


def _steps(partner: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """All that a partner's tag and signals do."""
    yield from partner.get("loader", ())
    for signal in partner["signals"]:
        for steps in signal.values():
            if isinstance(steps, list):
                yield from steps


def snippet_facts(
    payload: Mapping[str, Any],
    *,
    digest: str,
    language: str,
    schedule: Schedule,
    preferences: str,
    public_url: str,
) -> dict[str, Any]:
    """What the first view's engine decides and shows with."""
    key = payload["site"]["key"]
    texts = payload["texts"][language]
    regimes = [_deciding_regime(row, schedule.regimes) for row in payload["regimes"]]
    sells = _knows_sale(payload)
    blocks = payload["policy"].get("auto_block", False)
    partners = [
        _deciding_partner(partner, payload["cookies"], sells=sells, blocks=blocks) for partner in payload["partners"]
    ]
    own = [cookie for cookie in payload["cookies"] if cookie["partner"] is None]
    facts = _without_empty(
        {
            "key": key,
            "version": digest,
            "sent": {"build": build()},
            "language": language,
            "languages": _others(payload, language),
            "direction": direction(language),
            "regimes": regimes,
            "ordinals": dict(schedule.ordinals),
            "grace": dict(schedule.grace),
            "announce_until": schedule.announce_until,
            "categories": {
                category["code"]: category["added"]
                for category in payload["categories"]
                if category["code"] != "strictly_necessary"
            },
            "partners": partners,
            "cookies": _names_by_category(own, ("cookie",)),
            "storage": _names_by_category(own, ("local_storage", "session_storage")),
            "databases": _names_by_category(own, ("indexed_db",)),
            "texts": {name: text for name, text in texts.items() if name in FIRST_VIEW_KEYS},
            "tokens": token_css(payload["appearance"]),
            "layout": f":host{{{payload['appearance']['position']}:0;}}{layout_css(payload['appearance']['layout'])}",
            "settings_button": payload["appearance"]["settings_button"],
            "cookie_domain": payload["site"].get("cookie_domain"),
            "keep_path": payload["site"].get("keep_path"),
            "preferences": preferences,
            "page": f"{public_url}/p/{key}/",
        }
    )
    # What the browser's rule takes for granted is left out, and what is left of the policy may be nothing.
    dnt = payload["policy"]["dnt"]
    return {**facts, "policy": {} if dnt == "honour" else {"dnt": dnt}}


def _others(payload: Mapping[str, Any], language: str) -> list[str]:
    """The other languages, for the file of the website's own: it is also the one that the short address serves, and
    looks which language the page speaks."""
    if language != payload["site"]["default_language"]:
        return []
    return [code for code in payload["languages"] if code != language]


def preference_facts(payload: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the preference centre and the declaration show, in one language."""

    def said(values: Mapping[str, str]) -> str:
        return in_language(values, language, payload["site"]["default_language"])

    explanation = said(payload["policy"]["dnt_explanation"])
    own = payload["texts"][language]
    texts = {**own, "signal_disregarded": disregard_words(payload, own)}
    early = own.get("partner_signalled", "")
    elsewhere = (*SAID_ELSEWHERE, *_unsaid(payload))
    return {
        "language": language,
        "texts": {name: text for name, text in texts.items() if not name.startswith(elsewhere)},
        "categories": [
            {
                "code": category["code"],
                "title": said(category["title"]),
                "description": said(category["description"]),
            }
            for category in payload["categories"]
        ],
        "opt_out_links": [{"label": said(link["label"]), "url": link["url"]} for link in payload["opt_out_links"]],
        "policy": {
            "dnt": payload["policy"]["dnt"],
            "explanation": explanation,
            # Where no signal is disregarded, the preference centre has nothing to explain.
            **(
                {"statements": signal_statements(payload, texts, explanation)}
                if payload["policy"]["dnt"] == "disregard"
                else {}
            ),
        },
        "partners": [
            {
                "slug": partner["slug"],
                "name": partner["name"],
                "entity": partner["legal_entity"],
                "country": partner["country"],
                "category": partner["category"],
                "purpose": _with_note(said(partner["purpose"]), early if loads_early(partner) else ""),
                "notice": partner["privacy_notice_url"],
                "opt_out": partner["opt_out_url"],
                **_without_empty({"starts_at": partner.get("starts_at")}),
            }
            for partner in payload["partners"]
        ],
        "cookies": [{**cookie, "purpose": said(cookie["purpose"])} for cookie in payload["cookies"]],
    }


def declaration_facts(payload: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What only the declaration says: who is responsible, and what privacy signals do here."""
    explanation = in_language(payload["policy"]["dnt_explanation"], language, payload["site"]["default_language"])
    return {
        "controller": payload["site"]["controller"],
        "statements": signal_statements(payload, payload["texts"][language], explanation),
    }


def _unsaid(payload: Mapping[str, Any]) -> list[str]:
    """Words that no visitor of this website meets: of sale, of technologies and announcements that it does not have."""
    used = {cookie["technology"] for cookie in payload["cookies"]}
    unsaid = [f"technology_{code}" for code in TECHNOLOGIES if code not in used]
    if not _knows_sale(payload):
        unsaid += SALE_KEYS
    if not any(partner.get("starts_at") for partner in payload["partners"]):
        unsaid.append("partner_from")
    if payload["policy"]["dnt"] != "disregard":
        unsaid.append("signal_disregarded")
    return unsaid


def texts_of(kind: str, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """The words of a file for what few need; it works with the second file's too."""
    return {name: text for name, text in payload["texts"][language].items() if name.startswith(RARE_KEYS[kind])}


def news_facts(
    payload: Mapping[str, Any], language: str, news: Sequence[Change], announcement: Mapping[str, str]
) -> dict[str, Any]:
    """What is announced, in one language: the website's own words, and what changed."""
    fallback = payload["site"]["default_language"]
    return {
        "text": in_language(announcement, language, fallback),
        "changes": [
            {"kind": change.kind, "name": change.name, "category": change.category, "starts_at": change.starts_at}
            for change in news
        ],
    }


def in_language(values: Mapping[str, str], language: str, fallback: str) -> str:
    """The text in this language, else in the website's own, else in English, else in any that it has."""
    known = (values.get(code) for code in (language, fallback, "en"))
    return next(filter(None, known), None) or next(filter(None, values.values()), "")


def _with_note(sentence: str, note: str) -> str:
    """Two sentences, where there are two; what a website writes may lack its full stop."""
    if not sentence or not note:
        return sentence or note
    return f"{sentence}{'' if sentence.endswith(SENTENCE_ENDS) else '.'} {note}"


def script_json(value: Any) -> str:
    """JSON that is safe inside a script: nothing in it can close the element or end a line of JavaScript."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def wrapped(
    name: str, facts: Mapping[str, Any], language: str, extras: Sequence[str] = (), *, before: str = ""
) -> Composed:
    """An engine as a function, called with what it works with. `before` may still change its facts."""
    script = f"{COMPILE_HINT}(function(__FACTS__,__EXTRAS__,__LATER__){{{before}{engine(name).strip()}\n}})"
    # Blocking begins at once, the rest as the visit does: later, where a browser prepares the page in advance.
    now, later = (_parts(part for part in extras if (part == "block") is at_once) for at_once in (True, False))
    arguments = [script_json(facts), *((now or "null", later) if later else filter(None, [now]))]
    body = f"{script}({','.join(arguments)});\n".encode()
    return Composed(
        language=language,
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
    )


def _parts(names: Iterable[str]) -> str:
    """As a function; empty for none. Each in a function of its own, where its names are nobody else's."""
    parts = "".join(f"(()=>{{{engine(name)}}})();" for name in names)
    return f"function(__TOOLS__){{{parts}}}" if parts else ""


def _knows_sale(payload: Mapping[str, Any]) -> bool:
    """Where nothing runs before a yes and every signal refuses everything, it matters to nobody who counts as sale."""
    return any(row.get("reach", "all") != "all" or any(row.get("defaults", {}).values()) for row in payload["regimes"])


def _deciding_regime(row: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """A row as the browser needs it: what is as in the strictest row is left out, and so are codes that no cookie of
    this website can hold."""
    shown = [part for part in NOTICE_PARTS if part in row.get("first_layer", ())]
    return {
        **{name: row[name] for name in ("code", "grant_days", "refusal_days")},
        **({} if tuple(row["signals"]) == ALL_SIGNALS else {"signals": row["signals"]}),
        **_without_empty(
            {
                "model": row["model"].removeprefix(STRICT_MODEL),
                "defaults": {code: True for code, is_on in row.get("defaults", {}).items() if is_on},
                "reach": row.get("reach", "all").removeprefix("all"),
                "accepts": [code for code in row.get("accepts") or () if code in known or code == row["code"]],
                # Both, where it is both.
                "first_layer": True if len(shown) == len(NOTICE_PARTS) else shown,
            }
        ),
    }


def _deciding_partner(
    partner: Mapping[str, Any], cookies: Sequence[Mapping[str, Any]], *, sells: bool, blocks: bool
) -> dict[str, Any]:
    own = [cookie for cookie in cookies if cookie["partner"] == partner["slug"] and cookie["party"] == "first"]
    return {
        "slug": partner["slug"],
        "category": partner["category"],
        "added": partner["added"],
        **_without_empty(
            {
                "sale_or_share": sells and partner.get("sale_or_share"),
                "starts_at": partner.get("starts_at"),
                "cookies": [cookie["name"] for cookie in own if cookie["technology"] == "cookie"],
                "storage": [
                    cookie["name"] for cookie in own if cookie["technology"] in ("local_storage", "session_storage")
                ],
                "databases": [cookie["name"] for cookie in own if cookie["technology"] == "indexed_db"],
                "loader": partner["loader"],
                "signals": partner["signals"],
                "hosts": partner["hosts"] if blocks else [],
                # Let in by the website itself: it is told what visitors decide, and never held.
                "early": blocks and partner["load_mode"] == "signalled",
            }
        ),
    }


def _names_by_category(cookies: Sequence[Mapping[str, Any]], technologies: Sequence[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for cookie in cookies:
        if cookie["category"] != "strictly_necessary" and cookie["technology"] in technologies:
            names.setdefault(cookie["category"], []).append(cookie["name"])
    return names


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [], {}, None, 0, False)}
