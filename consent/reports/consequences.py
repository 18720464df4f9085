"""What a publication would mean for those who have answered already: how many of them are asked again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from consent.models import ConsentEvent
from cookies.models import Site

# Newest answers first, so many at most: the page must open on a website with millions of them.
MOST_EVENTS = 20_000


@dataclass(frozen=True)
class Granted:
    """How many answers that are still remembered grant each category. `is_least`: there are older ones, not counted."""

    people: dict[str, int]
    is_least: bool


def still_granted(
    site: Site, categories: Collection[str], payload: dict[str, Any], *, now: datetime, most: int = MOST_EVENTS
) -> Granted:
    """Count, per category, those whose latest answer grants it and is remembered under the rule it was given.

    Reads the newest events along the index of the website, never more than `most`.
    """
    remembered = {row["code"]: timedelta(days=row["grant_days"]) for row in payload["regimes"]}
    longest = max(remembered.values())
    rows = list(
        ConsentEvent.objects.filter(site=site, received_at__gte=now - longest)
        .order_by("-received_at", "-id")
        .values_list("consent_ref", "categories", "regime_shown", "received_at")[: most + 1]
    )
    people, known = dict.fromkeys(categories, 0), set()
    for ref, granted, regime, received_at in rows[:most]:
        # What was erased is nobody's any more.
        if ref is None or ref in known:
            continue
        known.add(ref)
        if received_at >= now - remembered.get(regime, longest):
            for category in categories:
                people[category] += bool(granted.get(category))
    return Granted(people, is_least=len(rows) > most)
