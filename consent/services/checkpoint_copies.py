"""A copy of each ledger's checkpoint, once a day, where this server can't change it: a folder, a mailbox."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from consent.models import Checkpoint, CheckpointMail, Ledger


def newest_checkpoints() -> list[Checkpoint]:
    """One of each ledger that has any."""
    newest = [ledger.checkpoints.first() for ledger in Ledger.objects.order_by("id")]
    return [checkpoint for checkpoint in newest if checkpoint]


def write_copy(*, checkpoint: Checkpoint, now: datetime) -> int:
    """Into the folder, where there is none of today. Returns how many were made. Raises OSError."""
    if not settings.CHECKPOINT_FOLDER:
        return 0
    folder = Path(settings.CHECKPOINT_FOLDER) / checkpoint.ledger.site.key
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y-%m-%d}.txt"
    if path.exists():
        return 0
    # Whole or not at all: a copy that was cut short would look like a forgery.
    part = path.with_suffix(".part")
    part.write_text(checkpoint.note, encoding="utf-8")
    part.replace(path)
    return 1


def send_copy(*, checkpoint: Checkpoint, now: datetime) -> int:
    """By mail, once a day. Returns how many were sent. Raises OSError; the next run tries again."""
    if not settings.CHECKPOINT_MAIL:
        return 0
    mailed = CheckpointMail(ledger_id=checkpoint.ledger_id, day=now.date(), checkpoint=checkpoint)
    try:
        # The row goes with the mail: should it fail to leave, the next run finds nothing of today.
        with transaction.atomic():
            mailed.save()
            EmailMessage(
                subject=f"Checkpoint of {checkpoint.ledger.origin}: {checkpoint.size} records",
                body=checkpoint.note,
                to=settings.CHECKPOINT_MAIL,
            ).send()
    except IntegrityError:
        return 0
    return 1
