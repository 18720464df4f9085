"""What a visitor took back: what an answer refuses that the one before it allowed. Pure.

A visitor withdraws by whichever button says no. Where no consent was given before, refusing takes none back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Answer:
    """What was decided: by category, and the partners that differ from theirs."""

    action: str
    categories: Mapping[str, bool]
    partners: Mapping[str, bool]

    def allows(self, partner: str, category: str) -> bool:
        return self.partners.get(partner, self.categories.get(category, False))


@dataclass(frozen=True)
class Withdrawn:
    """Categories that are off now, and partners that are off in a category that is still on."""

    categories: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


def withdrawn(before: Answer | None, after: Answer, *, categories_of: Mapping[str, str]) -> Withdrawn | None:
    """What `after` takes back of `before`; None for nothing. `categories_of`: each partner's category, by slug.

    An answer that says of itself that it withdraws always counts, also where things ran without a yes before.
    """
    if before is None:
        return Withdrawn() if after.action == WITHDRAW else None
    categories = tuple(sorted(code for code, on in before.categories.items() if on and not after.categories.get(code)))
    partners = tuple(
        slug
        for slug, category in sorted(categories_of.items())
        if category not in categories and before.allows(slug, category) and not after.allows(slug, category)
    )
    if categories or partners or after.action == WITHDRAW:
        return Withdrawn(categories, partners)
    return None
