"""Everything that happens without anybody asking. Each step may be run twice, at once, or after a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from consent.services.checkpoint_copies import copy_checkpoints
from consent.services.sealing import LedgerDamaged, seal_site
from consent.signatures import KeyFileError
from cookies.models import Site


@dataclass(frozen=True)
class Done:
    """What a step did, for people; and whether it went wrong."""

    text: str
    failed: bool = False


def maintain(*, now: datetime) -> Iterator[Done]:
    """Run every step. What goes wrong in one is said, and keeps no other from running."""
    for step in STEPS:
        yield from step(now)


def _seal(now: datetime) -> Iterator[Done]:
    for site in Site.objects.order_by("id").iterator():
        try:
            count = seal_site(site=site, now=now).count
        except (LedgerDamaged, KeyFileError, DatabaseError) as error:
            yield Done(f"{site.key}: nothing was sealed. {error}", failed=True)
            continue
        if count:
            yield Done(f"{site.key}: {count} events were sealed.")


def _copy(now: datetime) -> Iterator[Done]:
    try:
        count = copy_checkpoints(now=now)
    except OSError as error:
        yield Done(f"Checkpoints could not be copied. {error}", failed=True)
        return
    if count:
        yield Done(f"{count} checkpoints were copied.")


STEPS: tuple[Callable[[datetime], Iterator[Done]], ...] = (_seal, _copy)
