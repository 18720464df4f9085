"""Recording a decision: one INSERT, nothing read before it."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from consent.commitments import SALT_BYTES
from consent.grant_proof import ProofRules, is_unproven_grant
from consent.models import ConsentEvent, Counted, DailyStatistic
from consent.models.event import insert_event
from consent.outcomes import outcomes_of
from consent.privacy_signals import Signals
from consent.services.counting import count


@dataclass(frozen=True)
class ReportedEvent:
    """A decision as a browser or a hosted page reports it, checked against the version it names."""

    event_id: uuid.UUID
    consent_id: uuid.UUID
    action: str
    surface: str
    categories: Mapping[str, bool]
    partners: Mapping[str, bool]
    version_id: int
    language: str
    regime: str
    signals: Signals
    client_time: datetime | None = None
    trusted: bool | None = None
    build: str = ""
    variant: str = ""


@dataclass(frozen=True)
class SeenByServer:
    """What only the server can know of a request. The address and the user agent are not among it."""

    signals: Signals = field(default_factory=Signals)
    regime: str = ""
    country: str | None = None
    device_class: str | None = None


class EventAltered(Exception):
    """The event id is known, with another content."""


@dataclass(frozen=True)
class Recorded:
    event_id: uuid.UUID
    received_at: datetime
    is_new: bool


def consent_ref_of(consent_id: uuid.UUID) -> str:
    """What the database keeps of a consent id: SHA-256 of its canonical text, 64 hex digits."""
    return hashlib.sha256(str(consent_id).encode()).hexdigest()


def record_event(
    *, site_id: int, reported: ReportedEvent, seen: SeenByServer, rules: ProofRules, now: datetime
) -> Recorded:
    """Keep a decision. Sending the same again is answered the same; another content raises EventAltered.

    `rules` are those of the version. The answer is counted, once. A grant that nobody was seen to give against a
    signal is kept as what it is, and counted as that alone.
    """
    facts = _facts(site_id, reported, seen, now)
    try:
        insert_event(facts)
    except IntegrityError:
        return _recorded_before(facts)
    for outcome in _outcomes(reported, seen, rules):
        count(_counted(facts, outcome))
    return Recorded(reported.event_id, now, is_new=True)


def _facts(site_id: int, reported: ReportedEvent, seen: SeenByServer, now: datetime) -> dict[str, Any]:
    """The event as its row will have it, by attribute."""
    return {
        "id": uuid7(now),
        "site_id": site_id,
        "event_id": reported.event_id,
        "consent_ref": consent_ref_of(reported.consent_id),
        "received_at": now,
        "client_time": reported.client_time,
        "action": reported.action,
        "surface": reported.surface,
        "categories": {"strictly_necessary": True, **reported.categories},
        "partners": dict(reported.partners),
        "version_id": reported.version_id,
        "language": reported.language,
        "regime_shown": reported.regime,
        "regime_seen": seen.regime,
        "signals": reported.signals.as_dict(),
        "signals_seen": seen.signals.as_dict(),
        "country": seen.country,
        "device_class": seen.device_class,
        "trusted": reported.trusted,
        "build": reported.build,
        "variant": reported.variant,
        "salts": os.urandom(SALT_BYTES * len(ConsentEvent.ERASABLE)),
    }


def _is_unproven(reported: ReportedEvent, seen: SeenByServer, rules: ProofRules) -> bool:
    return is_unproven_grant(
        rules,
        regime=seen.regime,
        signals=reported.signals | seen.signals,
        categories=reported.categories,
        partners=reported.partners,
        trusted=reported.trusted,
    )


def _outcomes(reported: ReportedEvent, seen: SeenByServer, rules: ProofRules) -> Iterable[str]:
    if _is_unproven(reported, seen, rules):
        return [DailyStatistic.Outcome.UNPROVEN_GRANT.value]
    return outcomes_of(
        action=reported.action,
        categories=reported.categories,
        partners=reported.partners,
        trusted=reported.trusted,
    )


def _counted(facts: Mapping[str, Any], outcome: str) -> Counted:
    return Counted(
        site_id=facts["site_id"],
        day=facts["received_at"].date(),
        version_id=facts["version_id"],
        regime=facts["regime_shown"],
        language=facts["language"] or "",
        device_class=facts["device_class"] or "",
        country=facts["country"] or "",
        outcome=outcome,
        variant=facts["variant"],
    )


# What the browser says. Received time, salts and what the server sees differ between two deliveries of one event.
REPORTED_FIELDS = (
    "consent_ref",
    "client_time",
    "action",
    "surface",
    "categories",
    "partners",
    "version_id",
    "language",
    "regime_shown",
    "signals",
    "trusted",
    "build",
    "variant",
)


def _recorded_before(facts: Mapping[str, Any]) -> Recorded:
    stored = ConsentEvent.objects.filter(site_id=facts["site_id"], event_id=facts["event_id"]).first()
    if stored is None:
        # The database refused the row for another reason (a version deleted under us can't be): nothing is lost,
        # the browser keeps what was answered with an error.
        raise RuntimeError("The event was refused, and no event of this id is stored.")
    erased = stored.salts is None and stored.consent_ref is None
    if not erased and any(getattr(stored, name) != facts[name] for name in REPORTED_FIELDS):
        raise EventAltered
    return Recorded(stored.event_id, stored.received_at, is_new=False)


def uuid7(now: datetime) -> uuid.UUID:
    """A time-ordered id (RFC 9562 §5.7), so that new rows stand together in the index."""
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)
