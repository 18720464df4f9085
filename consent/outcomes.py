"""What an answer adds to which counters. Pure.

Only people are counted as people: what a program answered is counted apart, and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

OPTIONAL = ("performance", "functional", "targeting")
# Answers to the question. A withdrawal takes one back, and an unlocked embed says nothing about the rest.
ANSWERS = frozenset({"accept_all", "reject_all", "save"})


def outcomes_of(
    *,
    action: str,
    categories: Mapping[str, bool],
    partners: Mapping[str, bool],
    trusted: bool | None,
) -> Iterator[str]:
    """Codes of `Counter.Outcome`. `trusted`: a person's act (true), a program's (false), or not known."""
    if trusted is False:
        yield "by_program"
        return
    if action not in ANSWERS:
        yield action
        return
    if action == "save":
        # A saved choice in which nothing is on is a refusal, whatever the button said.
        yield "custom" if any(categories.get(code) for code in OPTIONAL) or any(partners.values()) else "custom_none"
    else:
        yield action
    yield from (f"grant_{code}" for code in OPTIONAL if categories.get(code))
