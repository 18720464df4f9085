"""What is read for people: a visitor's history, the state of a website."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale
from django.db.models import QuerySet

from consent.models import ConsentEvent, Publication
from consent.payload import canonical_json, digest_of
from consent.services.publishing import draft_payload, live_publication
from cookies.models import Site


def history(*, site_id: int, consent_ref: str) -> QuerySet[ConsentEvent]:
    """A visitor's own events on a website, newest first."""
    return (
        ConsentEvent.objects.filter(site_id=site_id, consent_ref=consent_ref)
        .select_related("version")
        .order_by("-received_at", "-id")
    )


@dataclass(frozen=True)
class SiteState:
    """Where a website stands: what is live, and whether the draft differs from what was published last."""

    site: Site
    publication: Publication | None
    has_unpublished_changes: bool


def site_state(site: Site, *, now: datetime) -> SiteState:
    latest = site.publications.order_by("-id").select_related("version").first()
    draft = digest_of(canonical_json(draft_payload(site)))
    return SiteState(
        site=site,
        publication=live_publication(site, now=now),
        has_unpublished_changes=latest is None or latest.version.digest != draft,
    )


def changes(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """What a visitor would see differently, one plain sentence each. Pure."""
    if before is None:
        return ["This is the first version: everything is new."]
    sentences = [
        *_partner_changes(_by(before["partners"], "slug"), _by(after["partners"], "slug")),
        *_cookie_changes(before["cookies"], after["cookies"]),
        *_text_changes(before["texts"], after["texts"]),
    ]
    for part, sentence in (
        ("site", "The facts about the website changed."),
        ("appearance", "The appearance of the banner changed."),
        ("policy", "The treatment of Do Not Track, or what is counted, changed."),
        ("regimes", "The rules by place, or how long an answer is remembered, changed."),
        ("opt_out_links", "The other ways to opt out changed."),
    ):
        if before[part] != after[part]:
            sentences.append(sentence)
    return sentences


def _by(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def _partner_changes(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    sentences = []
    for slug, partner in after.items():
        old = before.get(slug)
        category = partner["category"].replace("_", " ")
        asked = (
            "It runs without asking, so nobody is asked again."
            if partner["category"] == "strictly_necessary"
            else f"Who accepted {category} is asked again."
        )
        if old is None:
            sentences.append(f"{partner['name']} is new, under {category}. {asked}")
        elif old["category"] != partner["category"]:
            sentences.append(f"{partner['name']} moves to {category}. {asked}")
        elif not set(partner["purposes"]) <= set(old["purposes"]):
            sentences.append(f"{partner['name']} gets a new purpose. {asked}")
        elif {**old, "added": 0} != {**partner, "added": 0}:
            sentences.append(f"What is said about {partner['name']} changed. Nobody is asked again.")
    sentences += [f"{old['name']} is gone. Nobody is asked again." for slug, old in before.items() if slug not in after]
    return sentences


def _cookie_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    def keyed(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {(row["partner"], row["name"], row["technology"], row["domain"]): row for row in rows}

    old, new = keyed(before), keyed(after)
    added, removed = [key for key in new if key not in old], [key for key in old if key not in new]
    changed = [key for key in new if key in old and new[key] != old[key]]
    return [
        f"{word}: {', '.join(name for _, name, *_ in keys)}."
        for word, keys in (("New cookies", added), ("Removed cookies", removed), ("Changed cookies", changed))
        if keys
    ]


def _text_changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    sentences = [f"{english_name(language)} is new as a language." for language in after if language not in before]
    sentences += [f"{english_name(language)} is gone as a language." for language in before if language not in after]
    for language, texts in after.items():
        differing = sum(texts[key] != before.get(language, {}).get(key) for key in texts)
        if language in before and differing:
            noun = "One text" if differing == 1 else f"{differing} texts"
            sentences.append(f"{noun} in {english_name(language)} changed. Nobody is asked again because of wording.")
    return sentences


def english_name(language: str) -> str:
    """`German` for `de`; the code itself where nobody has a name for it."""
    names = Locale("en").languages
    return names.get(language.replace("-", "_")) or names.get(language.split("-")[0]) or language
