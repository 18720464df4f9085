"""Receipts of recorded events, for their visitors: a few rows each, whatever the ledger's size."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from consent.commitments import value_text
from consent.models import ConsentEvent, Ledger
from consent.receipts.others import iso_27560, kantara
from consent.receipts.ours import Addresses, Place, our_receipt
from consent.reports.evidence import Known, evidence_of
from consent.reports.proofs import inclusion_proof, verifier_keys

FORMATS = ("ours", "27560", "kantara")


@dataclass(frozen=True)
class _Record:
    event: ConsentEvent
    leaf: bytes
    values: Mapping[str, str]
    addresses: Addresses


def receipt_of(*, site_key: str, consent_ref: str, event_id: uuid.UUID, form: str = "ours") -> dict[str, Any] | None:
    """A visitor's receipt in one of FORMATS. None where nothing of this kind is theirs, or it was erased."""
    event = (
        ConsentEvent.objects.filter(site__key=site_key, consent_ref=consent_ref, event_id=event_id)
        .select_related("version", "leaf")
        .first()
    )
    if event is None or event.salts is None:
        return None
    record = _record(site_key, event)
    if form == "ours":
        return _ours(site_key, record)
    make = {"27560": iso_27560, "kantara": kantara}[form]
    return make(
        leaf=json.loads(record.leaf),
        values=record.values,
        payload=json.loads(bytes(event.version.payload)),
        addresses=record.addresses,
    )


def _record(site_key: str, event: ConsentEvent) -> _Record:
    known = Known(site_key, {event.version_id: event.version.digest})
    row = next(evidence_of(known, ConsentEvent.objects.filter(pk=event.pk)))
    values = {field: value_text(getattr(event, field)) for field in ConsentEvent.ERASABLE}
    return _Record(event, row.leaf, values, addresses_of(site_key, event.version.digest))


def addresses_of(site_key: str, digest: str) -> Addresses:
    return Addresses(
        notice=f"{settings.PUBLIC_URL}/api/v1/versions/{digest}",
        keys=f"{settings.PUBLIC_URL}/ledger/{site_key}/keys",
        preferences=f"{settings.PUBLIC_URL}/p/{site_key}/",
        check=f"{settings.PUBLIC_URL}/verify/",
    )


def _ours(site_key: str, record: _Record) -> dict[str, Any]:
    return our_receipt(
        leaf=record.leaf,
        values=record.values,
        salts=bytes(record.event.salts or b""),
        place=_place(site_key, record.event),
        addresses=record.addresses,
        digest=record.event.version.digest,
    )


def _place(site_key: str, event: ConsentEvent) -> Place | None:
    """The proof against the newest checkpoint; None while no checkpoint covers the event."""
    if event.ledger_index is None:
        return None
    ledger = Ledger.objects.filter(site__key=site_key).first()
    newest = ledger.checkpoints.first() if ledger else None
    if ledger is None or newest is None or newest.size <= event.ledger_index:
        return None
    proof = inclusion_proof(ledger, index=event.ledger_index)
    return Place(
        index=proof["index"],
        size=proof["size"],
        proof=proof["proof"],
        checkpoint=proof["checkpoint"],
        keys=[str(key) for key in verifier_keys(ledger)],
    )
