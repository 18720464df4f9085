"""What a version brings that those who answered an earlier one should know. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """kind: added, moved, purpose_added or removed. `starts_at`: Unix seconds; 0 for at once."""

    kind: str
    name: str
    category: str
    starts_at: int = 0


def news_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The partners that came, moved, got a purpose, or went. Wording is no news."""
    return list(_partner_news(before["partners"], after["partners"]))


def _partner_news(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Change]:
    known = {partner["slug"]: partner for partner in before}
    for partner in after:
        if kind := _kind(known.get(partner["slug"]), partner):
            yield Change(kind, partner["name"], partner["category"], partner.get("starts_at", 0))
    kept = {partner["slug"] for partner in after}
    for slug, partner in known.items():
        if slug not in kept:
            yield Change("removed", partner["name"], partner["category"])


def _kind(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> str:
    if old is None:
        return "added"
    if old["category"] != new["category"]:
        return "moved"
    return "" if set(new["purposes"]) <= set(old["purposes"]) else "purpose_added"
