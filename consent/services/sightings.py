"""Where the embed line is: the day on which each of a website's addresses was last seen with it, and nothing else.

What a page sends carries its origin anyway. The first time in a process and on a day it is put down, and the thread
that adds up counts writes it: a visitor never waits for it, and all others of that day cost a look into memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import DatabaseError, IntegrityError

from consent.models import Sighting
from cookies.origins import domains_of

logger = logging.getLogger(__name__)
# An origin costs its header only, and a pattern covers any number of them: a bound, after which all begin anew.
MOST_HELD = 10_000

_known: set[tuple[int, str, date]] = set()
_waiting: set[tuple[int, str, date]] = set()


def see_page(*, site_id: int, origin: str, domains: Iterable[str], day: date) -> None:
    """A page of this origin used the website's line. `domains` are the website's: under none of them it was none."""
    seen = (site_id, origin, day)
    if seen in _known:
        return
    if len(_known) >= MOST_HELD:
        _known.clear()
    _known.add(seen)
    _waiting.update((site_id, domain, day) for domain in domains_of(origin, domains))
    if not settings.COUNT_FLUSH_SECONDS:
        write_sightings()


def write_sightings() -> None:
    """Write down what was seen since the last time. What can't be written now waits for the next time."""
    taken = {_waiting.pop() for _ in range(len(_waiting))}
    newest: dict[tuple[int, str], date] = {}
    for site_id, domain, day in taken:
        newest[site_id, domain] = max(day, newest.get((site_id, domain), day))
    try:
        Sighting.objects.bulk_create(
            [Sighting(site_id=site_id, domain=domain, day=day) for (site_id, domain), day in sorted(newest.items())],
            update_conflicts=True,
            unique_fields=["site", "domain"],
            update_fields=["day"],
        )
    except IntegrityError:
        # One of a website that is gone would keep all others waiting for ever.
        logger.warning("The database refused some sightings. They are dropped.")
    except DatabaseError:
        logger.warning("Could not write sightings to the database. They wait.")
        _waiting.update(taken)


def forget() -> None:
    """Drop what is held in memory."""
    _known.clear()
    _waiting.clear()
