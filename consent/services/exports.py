"""Exports: asked for, written by whoever is free, offered when whole, removed when their time is over.

Two processes may work at once and either may be killed: each writes a file of its own, and only a finished one counts.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from consent.models import Export, ExportProgress, ExportTaken, Ledger
from consent.reports.events import EventSearch, search_faults, search_from
from consent.reports.export_formats import FORMATS
from consent.reports.exports import export_chunks, exported
from consent.services.webhooks import announce
from consent.webhooks import EXPORTED
from cookies.models import Site

# More than that is written by `maintain`, so that nobody's browser waits for it.
MOST_AT_ONCE = 10_000
OFFERED_FOR = timedelta(days=7)
# Whoever has said nothing for so long is taken for dead.
SILENCE = timedelta(minutes=2)
MOST_WAITING = 5
Clock = Callable[[], datetime]


# What becomes of an export, in this order.
STATES = ("waiting", "writing", "ready", "removed")


class ExportGone(Exception):
    """The file is not there: not yet, or no longer."""


class _Overtaken(Exception):
    """Another process took this export up."""


@transaction.atomic
def ask_export(*, site: Site, form: str, search: EventSearch, by: str, now: datetime) -> Export:
    """Write down what is asked for. What is short is made as soon as that is committed. Raises ValidationError."""
    if site.exports.filter(finished_at=None).count() >= MOST_WAITING:
        sentence = f"{MOST_WAITING} exports of this website are still being written. Wait for one of them."
        raise ValidationError(sentence, code="exports_waiting")
    if faults := search_faults(search):
        raise ValidationError(faults)
    export = Export.objects.create(site=site, format=form, search=search.as_json(), asked_by=by, asked_at=now)
    expected = exported(site, search, until=now)[: MOST_AT_ONCE + 1].count()
    ExportProgress.objects.create(export=export, expected=expected)
    if expected <= MOST_AT_ONCE:
        transaction.on_commit(lambda: _make_at_once(export))
    return export


def _make_at_once(export: Export) -> None:
    try:
        make_export(export=export)
    except OSError:
        # It stands in the progress, and `maintain` tries again.
        return


def waiting_exports(*, now: datetime) -> QuerySet[Export]:
    """What nobody works on."""
    free = Q(progress__beat_at=None) | Q(progress__beat_at__lt=now - SILENCE)
    return Export.objects.filter(free, finished_at=None).order_by("id")


def make_export(*, export: Export, clock: Clock = timezone.now) -> dict[str, Any] | None:
    """Write an export's file. Returns its manifest; None where another process has it. Raises OSError."""
    worker = secrets.token_hex(8)
    if not _take_up(export, worker, clock()):
        return None
    form = FORMATS[export.format]
    folder = exports_folder()
    part, whole = (folder / f"{_stem(export)}-{worker}.{ending}" for ending in ("part", form.ending))
    try:
        _remove_remains(export)
        manifest = {**_written(export, part, worker, clock), "file": whole.name}
        part.rename(whole)
        _finish(export, manifest, clock())
    except _Overtaken:
        _unlink(part, whole)
        return None
    except OSError as error:
        _unlink(part, whole)
        _put_down(export, worker, f"{error.strerror or error}")
        raise
    return manifest


def open_export(*, export: Export, by: str, now: datetime) -> tuple[Path, BinaryIO]:
    """The finished file, opened; that it was taken is written down. Raises ExportGone."""
    export.refresh_from_db()
    if export.manifest is None or is_over(export, now):
        raise ExportGone
    path = exports_folder() / Path(export.manifest["file"]).name
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise ExportGone from None
    ExportTaken.objects.create(export=export, taken_by=by, taken_at=now)
    return path, file


def is_over(export: Export, now: datetime) -> bool:
    """Whether a finished export is no longer offered."""
    return export.removed_at is not None or (export.finished_at or now) + OFFERED_FOR <= now


def offered_until(export: Export) -> datetime | None:
    """When the file is removed; None while it is being written."""
    return export.finished_at + OFFERED_FOR if export.finished_at else None


def state_of(export: Export, now: datetime) -> str:
    """One of STATES. Whoever has said nothing for long is not writing any more."""
    if export.finished_at:
        return "removed" if is_over(export, now) else "ready"
    beat = export.progress.beat_at
    return "writing" if beat and beat >= now - SILENCE else "waiting"


def remove_expired_exports(*, now: datetime) -> int:
    """Remove the files whose time is over. What they held and who took them stays written down."""
    over = Export.objects.filter(finished_at__lte=now - OFFERED_FOR, removed_at=None)
    for export in over:
        _remove_remains(export)
    return over.update(removed_at=now)


def exports_folder() -> Path:
    """Readable by this server's own user only."""
    folder = Path(settings.EXPORTS_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _take_up(export: Export, worker: str, now: datetime) -> bool:
    free = Q(beat_at=None) | Q(beat_at__lt=now - SILENCE)
    progress = ExportProgress.objects.filter(free, export=export, export__finished_at=None)
    return bool(progress.update(worker=worker, beat_at=now, written=0, failure=""))


def _put_down(export: Export, worker: str, failure: str) -> None:
    ExportProgress.objects.filter(export=export, worker=worker).update(beat_at=None, worker="", failure=failure[:300])


@transaction.atomic
def _finish(export: Export, manifest: dict[str, Any], now: datetime) -> None:
    if not Export.objects.filter(pk=export.pk, finished_at=None).update(finished_at=now, manifest=manifest):
        raise _Overtaken
    facts = {"export": export.pk, "format": export.format, "count": manifest["count"], "sha256": manifest["sha256"]}
    announce(site=export.site, kind=EXPORTED, facts=facts, now=now)


def _written(export: Export, part: Path, worker: str, clock: Clock) -> dict[str, Any]:
    search, form = search_from(export.search), FORMATS[export.format]
    digest, count, places = hashlib.sha256(), 0, _Places()
    progress = ExportProgress.objects.filter(export=export, worker=worker)
    progress.update(expected=exported(export.site, search, until=export.asked_at).count())
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        _add(file, digest, form.head)
        for chunk in export_chunks(export.site, search, form=form, until=export.asked_at):
            _add(file, digest, chunk.text)
            count += chunk.count
            places.add(chunk.places)
            if not progress.update(written=count, beat_at=clock()):
                raise _Overtaken
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    return {
        "website": export.site.key,
        "format": export.format,
        "search": export.search,
        "until": export.asked_at.isoformat(),
        "count": count,
        "sealed": places.count,
        "first_ledger_index": places.first,
        "last_ledger_index": places.last,
        "bytes": size,
        "sha256": digest.hexdigest(),
        "checkpoint": _newest_checkpoint(export.site),
    }


class _Places:
    """The places in the ledger that were met."""

    def __init__(self) -> None:
        self.count, self.first, self.last = 0, None, None  # type: tuple[int, int | None, int | None]

    def add(self, places: tuple[int, ...]) -> None:
        if places:
            self.count += len(places)
            self.first = min(places) if self.first is None else min(self.first, *places)
            self.last = max(places) if self.last is None else max(self.last, *places)


def _add(file: BinaryIO, digest: Any, text: str) -> None:
    raw = text.encode()
    file.write(raw)
    digest.update(raw)


def _newest_checkpoint(site: Site) -> str | None:
    ledger = Ledger.objects.filter(site=site).first()
    checkpoint = ledger.checkpoints.first() if ledger else None
    return checkpoint.note if checkpoint else None


def _stem(export: Export) -> str:
    return f"{export.site.key}-{export.pk}"


def _remove_remains(export: Export) -> None:
    """Files of this export that a killed process left, or that are over."""
    _unlink(*exports_folder().glob(f"{_stem(export)}-*"))


def _unlink(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
