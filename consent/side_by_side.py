"""Two payloads beside each other: what visitors would see differently, part by part, and who is asked again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent.differences import english_name
from consent.news import news_between
from consent.regime_words import consequence, memory_words, place_name, place_of
from cookies.vocabulary import CATEGORY_LABELS, LOAD_MODE_LABELS, PARTY_LABELS, PURPOSE_LABELS, TECHNOLOGY_LABELS

Payload = Mapping[str, Any]
Facts = Mapping[str, str]

NECESSARY = "strictly_necessary"
FEWEST_SAID = 10
LOOK_LABELS = {
    "layout": "Layout",
    "position": "On which side",
    "brand_colour": "Buttons",
    "brand_text_colour": "Text on the buttons",
    "dark_brand_colour": "Buttons, dark mode",
    "dark_brand_text_colour": "Text on the buttons, dark mode",
    "radius": "Rounded corners",
    "settings_button": "Small settings button",
}


@dataclass(frozen=True)
class Row:
    """One thing that differs. `before` or `after` is empty where there was or will be nothing."""

    label: str
    before: str
    after: str
    language: str = ""

    @property
    def kind(self) -> str:
        return "New" if not self.before else "Gone" if not self.after else "Changed"


@dataclass(frozen=True)
class Part:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Asked:
    """Who granted this category is asked again, because of what is named."""

    category: str
    reasons: tuple[str, ...]


def side_by_side(before: Payload | None, after: Payload, *, labels: Mapping[str, str]) -> list[Part]:
    """The parts that differ, each with its rows. `labels` are the names of texts; a text without one keeps its key."""
    old: Payload = before or {}
    own = after["site"]["default_language"]
    parts = [
        Part("Partners", tuple(_rows(_partners(old, own), _partners(after, own)))),
        Part("Cookies", tuple(_rows(_cookies(old, own), _cookies(after, own)))),
        Part("Categories", tuple(_rows(_categories(old, own), _categories(after, own)))),
        Part("Look", tuple(_rows(_look(old), _look(after)))),
        Part("Rules by place", tuple(_rows(_rules(old), _rules(after)))),
        Part("The website", tuple(_rows(_website(old, own), _website(after, own)))),
        *(_texts(old, after, language, labels) for language in _languages(old, after)),
    ]
    return [part for part in parts if part.rows]


def asked_again(before: Payload | None, after: Payload) -> list[Asked]:
    """The categories of which those who granted them are asked, in the payload's order, and why."""
    if before is None:
        return []
    reasons: dict[str, list[str]] = {}
    for change in news_between(before, after):
        if change.kind != "removed":
            reasons.setdefault(change.category, []).append(_reason(change.kind, change.name))
    began = {row["code"]: row["added"] for row in before["categories"]}
    for row in after["categories"]:
        if row["added"] and not began.get(row["code"], row["added"]):
            reasons.setdefault(row["code"], []).append("the website itself begins to use it")
    codes = [row["code"] for row in after["categories"] if row["code"] != NECESSARY]
    return [Asked(code, tuple(reasons[code])) for code in codes if code in reasons]


def asked_sentence(asked: Asked, people: int, *, is_least: bool, starts: str = "") -> str:
    """“1,240 people who accepted performance will be asked again, because LinkedIn is new.”

    A small number could point at somebody, and is not said. `is_least`: only the newest answers were counted.
    """
    who = "Fewer than 10 people" if people < FEWEST_SAID else f"{people:,} people"
    if is_least:
        who = f"More than {people:,} people" if people >= FEWEST_SAID else "Some people"
    category = CATEGORY_LABELS[asked.category].lower()
    when = f" from {starts}" if starts else ""
    return f"{who} who accepted {category} will be asked again{when}, because {_joined(asked.reasons)}."


def _reason(kind: str, name: str) -> str:
    return f"{name} {({'added': 'is new', 'moved': 'moves there', 'purpose_added': 'gets a new purpose'})[kind]}"


def _joined(reasons: Iterable[str]) -> str:
    *first, last = reasons
    return f"{', '.join(first)} and {last}" if first else last


def _rows(before: Facts, after: Facts, language: str = "") -> Iterator[Row]:
    for label in dict.fromkeys([*after, *before]):
        old, new = before.get(label, ""), after.get(label, "")
        if old != new:
            yield Row(label, old, new, language)


def _languages(before: Payload, after: Payload) -> list[str]:
    return list(dict.fromkeys([*after["languages"], *before.get("languages", [])]))


def _texts(before: Payload, after: Payload, language: str, labels: Mapping[str, str]) -> Part:
    def named(payload: Payload) -> dict[str, str]:
        texts = payload.get("texts", {}).get(language, {})
        ordered = [key for key in labels if key in texts] + [key for key in texts if key not in labels]
        # Two texts may have the same name in different groups; the key keeps them apart.
        return {key: texts[key] for key in ordered}

    rows = [
        Row(labels.get(row.label, row.label), row.before, row.after, language)
        for row in _rows(named(before), named(after))
    ]
    return Part(f"Texts in {english_name(language)}", tuple(rows))


def _partners(payload: Payload, language: str) -> dict[str, str]:
    names = [partner["name"] for partner in payload.get("partners", [])]
    return {
        (partner["name"] if names.count(partner["name"]) == 1 else f"{partner['name']} ({partner['slug']})"): ". ".join(
            part
            for part in (
                CATEGORY_LABELS[partner["category"]],
                ", ".join(PURPOSE_LABELS.get(code, code) for code in partner["purposes"]),
                _said(partner["purpose"], language).rstrip("."),
                LOAD_MODE_LABELS[partner["load_mode"]].partition(":")[0],
                partner["legal_entity"],
                partner["country"],
                partner["privacy_notice_url"],
                partner["necessity_justification"].rstrip("."),
            )
            if part
        )
        for partner in payload.get("partners", [])
    }


def _cookies(payload: Payload, language: str) -> dict[str, str]:
    partners = {partner["slug"]: partner["name"] for partner in payload.get("partners", [])}
    rows = {}
    for cookie in payload.get("cookies", []):
        whose = partners.get(cookie["partner"], "the website's own")
        name = f"{cookie['name']} ({whose})" + (f" on {cookie['domain']}" if cookie["domain"] else "")
        rows[name] = ". ".join(
            (
                CATEGORY_LABELS[cookie["category"]],
                TECHNOLOGY_LABELS[cookie["technology"]],
                PARTY_LABELS[cookie["party"]].partition(" (")[0],
                f"Kept: {cookie['lifetime']}",
                _said(cookie["purpose"], language),
            )
        )
    return rows


def _categories(payload: Payload, language: str) -> dict[str, str]:
    return {
        CATEGORY_LABELS[row["code"]]: f"{_said(row['title'], language)}. {_said(row['description'], language)}"
        for row in payload.get("categories", [])
    }


def _look(payload: Payload) -> dict[str, str]:
    return {LOOK_LABELS.get(name, name): _word(value) for name, value in payload.get("appearance", {}).items()}


def _rules(payload: Payload) -> dict[str, str]:
    rows = payload.get("regimes", [])
    rules = {
        place_name(row, is_only=len(rows) == 1): f"{consequence(row)} {memory_words(row)}."
        for row in rows
        if place_of(row)
    }
    dnt = payload.get("policy", {}).get("dnt")
    return {**rules, **({"Do Not Track": "Honoured" if dnt == "honour" else "Disregarded"} if dnt else {})}


def _website(payload: Payload, language: str) -> dict[str, str]:
    if not payload:
        return {}
    controller = payload["site"]["controller"]
    links = [f"{_said(link['label'], language)} ({link['url']})" for link in payload["opt_out_links"]]
    return {
        "Name": payload["site"]["name"],
        "Languages": ", ".join(map(english_name, payload["languages"])),
        "Company": controller["name"],
        "Contact": controller["contact"],
        "Privacy policy": controller["privacy_policy_url"],
        "Other ways to opt out": ", ".join(links),
    }


def _said(values: Mapping[str, str], language: str) -> str:
    return values.get(language) or values.get("en") or next((text for text in values.values() if text), "")


def _word(value: Any) -> str:
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)
