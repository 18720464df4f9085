"""The visitor's own record as a table, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from consent.wording import OPTIONAL_CATEGORIES
from cookies.cookie_tables import defused

COLUMNS = ("received_at", "action", "surface", "version", "language", "regime", "country", "device_class", "event_id")


def own_events_csv(events: Iterable[Mapping[str, Any]]) -> str:
    """One row an event, a column for each category, and the partners that were answered for themselves."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS[:2], *OPTIONAL_CATEGORIES, "partners", "signals", *COLUMNS[2:]])
    for event in events:
        facts = [str(event[name] or "") for name in COLUMNS]
        answers = ["yes" if event["categories"][category] else "no" for category in OPTIONAL_CATEGORIES]
        partners = " ".join(f"{slug}={'yes' if yes else 'no'}" for slug, yes in event["partners"].items())
        signals = " ".join(name for name in ("dnt", "gpc") if event["signals"][name] or event["signals_seen"][name])
        writer.writerow([defused(cell) for cell in [*facts[:2], *answers, partners, signals, *facts[2:]]])
    return out.getvalue()
