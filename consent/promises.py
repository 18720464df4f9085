"""The days that a website's policy promises to those who have chosen, where a change gives a reason for them. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from consent.differences import asks_again
from consent.news import news_between


def promised_days(
    *, grace_days: int, announce_days: int, before: dict[str, Any] | None, draft: dict[str, Any], today: date
) -> dict[str, date]:
    """`asked_from` and `announced_until`, each only where it was promised and is due."""
    promised = {}
    if grace_days and asks_again(before, draft):
        promised["asked_from"] = today + timedelta(days=grace_days)
    if announce_days and before and news_between(before, draft):
        promised["announced_until"] = today + timedelta(days=announce_days)
    return promised
