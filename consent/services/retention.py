"""Retention: contents of what has expired are removed in batches; leaves, payloads and numbers stay.

Each batch is one transaction with a row that says what it did, so a run may be killed, or be there twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from consent.expiry import Fate, Hold, Keeping, fate_of
from consent.models import ConsentEvent, LedgerLeaf, LegalHold, RetentionRun, SitePolicy
from consent.services.erasure import event_commitments
from cookies.models import Site

BATCH = 1000
# An answer that is still relied on must be provable: evidence outlives what is remembered of it in browsers.
LEAST_DAYS, MOST_DAYS = 30, 3650
FIELDS = ("pk", "received_at", "regime_shown", "regime_seen", "consent_ref")


class _Row(NamedTuple):
    pk: UUID
    received_at: datetime
    shown: str
    seen: str
    consent_ref: str | None


@dataclass(frozen=True)
class Forgotten:
    """How many events lost their contents (or would), and how many a legal hold kept."""

    count: int = 0
    held: int = 0


def apply_retention(*, site: Site, now: datetime, batch: int = BATCH) -> Forgotten | None:
    """Remove the contents of what has expired. Once a day: None where today's run is done already."""
    if site.retention_runs.filter(day=now.date(), is_dry=False, is_complete=True).exists():
        return None
    return _total(_run(site, now, batch, is_dry=False))


def rehearse_retention(*, site: Site, now: datetime, batch: int = BATCH) -> Forgotten:
    """Count what a run would remove. Removes nothing, and writes down that somebody looked."""
    found = _total(_run(site, now, batch, is_dry=True))
    _write_down(site, keeping_of(site), found, now, is_dry=True, is_complete=True)
    return found


@transaction.atomic
def set_retention(*, site: Site, days: int, by_place: Mapping[str, int]) -> Keeping:
    """How long evidence is kept from the next run on. Raises ValidationError, keyed by `days` or the place's code."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    policy = SitePolicy.objects.filter(site=site).first() or SitePolicy(site=site)
    least = max(LEAST_DAYS, policy.grant_days, policy.refusal_days)
    asked = {"days": days, **by_place}
    words = f"At least {least}, as long as an answer is remembered, and at most {MOST_DAYS} days."
    wrong = {name: words for name, number in asked.items() if not least <= number <= MOST_DAYS}
    if wrong:
        raise ValidationError(wrong)
    policy.evidence_days, policy.evidence_days_by_place = days, dict(by_place)
    policy.save()
    return keeping_of(site)


def keeping_of(site: Site) -> Keeping:
    """How long a website keeps evidence."""
    policy = SitePolicy.objects.filter(site=site).first() or SitePolicy(site=site)
    return Keeping(policy.evidence_days, dict(policy.evidence_days_by_place))


def holds_of(site: Site) -> list[Hold]:
    """The holds that stand."""
    standing = LegalHold.objects.filter(site=site, lifted_at=None)
    return [Hold(*row) for row in standing.values_list("first_day", "last_day", "consent_ref")]


def _total(batches: Iterator[Forgotten]) -> Forgotten:
    count = held = 0
    for done in batches:
        count, held = count + done.count, held + done.held
    return Forgotten(count, held)


def _run(site: Site, now: datetime, batch: int, *, is_dry: bool) -> Iterator[Forgotten]:
    """Batch after batch, oldest first. Without anything so old, nothing is done and nothing written down."""
    last: _Row | None = None
    while True:
        with transaction.atomic():
            # Whoever sets a hold waits for the batch, or the batch for the hold. Visitors wait for neither.
            Site.objects.select_for_update(no_key=True).get(pk=site.pk)
            keeping = keeping_of(site)
            rows = [_Row(*row) for row in _old(site, keeping, now, last).values_list(*FIELDS)[:batch]]
            if not rows and last is None and not _has_old(site, keeping, now):
                return
            done = _forget(site, rows, keeping, now, is_dry=is_dry)
            is_complete = len(rows) < batch
            if not is_dry and (done.count or is_complete):
                _write_down(site, keeping, done, now, is_dry=False, is_complete=is_complete)
        yield done
        if is_complete:
            return
        last = rows[-1]


def _has_old(site: Site, keeping: Keeping, now: datetime) -> bool:
    return site.events.filter(received_at__lte=keeping.newest_expired(now)).exists()


def _old(site: Site, keeping: Keeping, now: datetime, last: _Row | None) -> QuerySet[ConsentEvent]:
    """What may have expired and still has contents, after the last row that was looked at."""
    events = ConsentEvent.objects.filter(
        site=site, received_at__lte=keeping.newest_expired(now), salts__isnull=False
    ).order_by("received_at", "id")
    if last is None:
        return events
    return events.filter(Q(received_at__gt=last.received_at) | Q(id__gt=last.pk), received_at__gte=last.received_at)


def _forget(site: Site, rows: list[_Row], keeping: Keeping, now: datetime, *, is_dry: bool) -> Forgotten:
    holds = holds_of(site)
    fates = [
        fate_of(
            received_at=row.received_at,
            shown=row.shown,
            seen=row.seen,
            consent_ref=row.consent_ref,
            keeping=keeping,
            holds=holds,
            now=now,
        )
        for row in rows
    ]
    expired = [row.pk for row, fate in zip(rows, fates, strict=True) if fate is Fate.EXPIRED]
    return Forgotten(len(expired) if is_dry else remove_contents(expired), fates.count(Fate.HELD))


def remove_contents(keys: list[UUID]) -> int:
    """Drop the erasable values and salts of these events. What is not sealed yet leaves its commitments first."""
    events = ConsentEvent.objects.filter(pk__in=keys, salts__isnull=False)
    # All of them in the order in which they are sealed, as in consent.services.erasure.
    locked = list(events.select_for_update().order_by("id").values_list("pk", flat=True))
    sealed = set(LedgerLeaf.objects.filter(event__in=locked).values_list("event_id", flat=True))
    for event in ConsentEvent.objects.filter(pk__in=set(locked) - sealed, commitments=None):
        ConsentEvent.objects.filter(pk=event.pk).update(commitments=event_commitments(event))
    return events.update(**dict.fromkeys(ConsentEvent.ERASED_ONCE, None))


def _write_down(
    site: Site, keeping: Keeping, done: Forgotten, now: datetime, *, is_dry: bool, is_complete: bool
) -> None:
    RetentionRun.objects.create(
        site=site,
        day=now.date(),
        ran_at=now,
        before=keeping.newest_expired(now),
        days=rule_of(keeping),
        count=done.count,
        held=done.held,
        is_dry=is_dry,
        is_complete=is_complete,
    )


def rule_of(keeping: Keeping) -> Mapping[str, object]:
    return {"days": keeping.days, "by_place": dict(keeping.by_place)}
