"""Everything that happens without anybody asking. Each step may be run twice, at once, or after a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from consent.reports.evidence import EvidenceMissing
from consent.services.checkpoint_copies import newest_checkpoints, send_copy, write_copy
from consent.services.deliveries import deliver
from consent.services.exports import make_export, remove_expired_exports, waiting_exports
from consent.services.retention import apply_retention
from consent.services.sealing import LedgerDamaged, seal_site
from consent.services.user_links import forget_empty_links
from consent.services.webhooks import forget_old_announcements, outbound
from consent.services.withdrawals import announce_withdrawals
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
        try:
            yield from step(now)
        except Exception as error:  # noqa: BLE001  the outermost edge of this worker: it says so, and goes on
            name = step.__name__.strip("_")
            yield Done(f"{name} ended early. {type(error).__name__}: {_first_line(error)}", failed=True)


def _first_line(error: Exception) -> str:
    """Databases go on to tell the values of the row, which have no business in a log."""
    return str(error).partition("\n")[0]


def _seal(now: datetime) -> Iterator[Done]:
    for site in Site.objects.order_by("id").iterator():
        try:
            count = seal_site(site=site, now=now).count
        except (LedgerDamaged, EvidenceMissing, KeyFileError, DatabaseError, OSError, ValueError) as error:
            yield Done(f"{site.key}: not everything was sealed and signed. {_first_line(error)}", failed=True)
            continue
        if count:
            yield Done(f"{site.key}: {count} events were sealed.")


def _copy(now: datetime) -> Iterator[Done]:
    count = 0
    for checkpoint in newest_checkpoints():
        for copy in (write_copy, send_copy):
            try:
                count += copy(checkpoint=checkpoint, now=now)
            except OSError as error:
                yield Done(f"{checkpoint}: it could not be copied. {error}", failed=True)
    if count:
        yield Done(f"{count} checkpoints were copied.")


def _forget(now: datetime) -> Iterator[Done]:
    for site in Site.objects.order_by("id").iterator():
        try:
            done = apply_retention(site=site, now=now)
        except DatabaseError as error:
            yield Done(f"{site.key}: nothing more was forgotten. {error}", failed=True)
            continue
        if done and done.count:
            forget_empty_links(site=site)
        if done and (done.count or done.held):
            yield Done(f"{site.key}: the contents of {done.count} expired events were removed, {done.held} are held.")


def _export(now: datetime) -> Iterator[Done]:
    for export in waiting_exports(now=now):
        try:
            manifest = make_export(export=export)
        except (OSError, DatabaseError) as error:
            yield Done(f"{export}: it was not made. {error}", failed=True)
            continue
        if manifest:
            yield Done(f"{export}: {manifest['count']} events were written.")
    if count := remove_expired_exports(now=now):
        yield Done(f"{count} exports were removed: their time is over.")


def _announce(now: datetime) -> Iterator[Done]:
    for site in Site.objects.filter(webhooks__isnull=False).distinct().order_by("id"):
        try:
            count = announce_withdrawals(site=site, now=now)
        except DatabaseError as error:
            yield Done(f"{site.key}: withdrawals were not looked for. {error}", failed=True)
            continue
        if count:
            yield Done(f"{site.key}: {count} withdrawals are announced.")


def _deliver(now: datetime) -> Iterator[Done]:
    try:
        sent = deliver(outbound=outbound())
        forget_old_announcements(now=now)
    except DatabaseError as error:
        yield Done(f"Not all webhooks were sent what is due. {error}", failed=True)
        return
    if sent.taken or sent.failed:
        yield Done(f"Webhooks: {sent.taken} messages were taken, {sent.failed} were not, {sent.given_up} are given up.")


STEPS: tuple[Callable[[datetime], Iterator[Done]], ...] = (_seal, _copy, _forget, _export, _announce, _deliver)
