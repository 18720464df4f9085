"""Counting without making anybody wait: what happened is put down in memory, and a thread adds it up in the database.

When a process is killed, the last seconds are lost: these are counters, not evidence.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from datetime import datetime
from multiprocessing.util import Finalize

from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections, connection

from consent.models.statistics import Counted, DailyStatistic, add_counts
from consent.privacy_signals import Signals
from consent.services.sightings import write_sightings

logger = logging.getLogger(__name__)
Outcome = DailyStatistic.Outcome
# More than any server counts between two flushes: only a bound in case there is none.
MOST_HELD = 200_000

# Appending to a deque needs no lock. What was taken out of it and could not be added yet waits as sums.
_happened: deque[Counted] = deque(maxlen=MOST_HELD)
_waiting: Counter[Counted] = Counter()
_flushing = threading.Lock()
_started = threading.Lock()


def count_impression(
    *,
    site_id: int,
    version_id: int,
    regime: str,
    language: str,
    signals: Signals,
    device_class: str | None,
    country: str | None,
    asked: bool,
    now: datetime,
    variant: str = "",
) -> None:
    """Somebody came to the website: one more, one more if the banner was shown, and one more for each signal.

    `variant`: the arm of an A/B test that the page showed.
    """
    outcomes = [Outcome.IMPRESSION]
    outcomes += [Outcome.ASKED] if asked else []
    outcomes += [Outcome.SIGNAL_DNT] if signals.dnt else []
    outcomes += [Outcome.SIGNAL_GPC] if signals.gpc else []
    for outcome in outcomes:
        count(
            Counted(
                site_id=site_id,
                day=now.date(),
                version_id=version_id,
                regime=regime,
                language=language,
                device_class=device_class or "",
                country=country or "",
                outcome=outcome.value,
                variant=variant,
            )
        )


def count(what: Counted) -> None:
    """One more. At once where COUNT_FLUSH_SECONDS is 0, else when the thread next looks."""
    _happened.append(what)
    if not settings.COUNT_FLUSH_SECONDS:
        flush()


def flush() -> None:
    """Add to the database what was counted since the last time. What can't be added now waits for the next time."""
    with _flushing:
        _waiting.update(_happened.popleft() for _ in range(len(_happened)))
        if not _waiting:
            return
        try:
            add_counts(_waiting)
        except IntegrityError:
            # The counts of a website that is gone would keep all others waiting for ever.
            logger.warning("The database refused some counts. They are dropped.")
        except DatabaseError:
            logger.warning("Could not add counts to the database. They wait.")
            return
        _waiting.clear()


def forget() -> None:
    """Drop what was counted and not yet added."""
    _happened.clear()
    _waiting.clear()


def start_flusher() -> None:
    """Begin to add up, once per process, and once more at its end."""
    if settings.COUNT_FLUSH_SECONDS and _started.acquire(blocking=False):
        threading.Thread(target=_flush_forever, name="count-flusher", daemon=True).start()
        # The server's workers end without what `atexit` promises, but not without this.
        Finalize(None, flush, exitpriority=1)


def _flush_forever() -> None:
    while True:
        time.sleep(settings.COUNT_FLUSH_SECONDS)
        try:
            flush()
            write_sightings()
        finally:
            close_old_connections()
            if settings.IS_SQLITE is False:
                connection.close()
