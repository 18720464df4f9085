"""Legal holds: set and lifted with a reason, never deleted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.models import LegalHold
from cookies.models import Site

REFERENCE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class HoldTerms:
    """What a hold keeps, and why. Without days and reference: everything."""

    reason: str
    first_day: date | None = None
    last_day: date | None = None
    consent_ref: str = ""


@transaction.atomic
def set_hold(*, site: Site, terms: HoldTerms, by: str, now: datetime) -> LegalHold:
    """From now on nothing that it covers is forgotten. Raises ValidationError, keyed by field."""
    _check(terms)
    _wait_for_retention(site)
    return LegalHold.objects.create(
        site=site,
        reason=terms.reason.strip(),
        first_day=terms.first_day,
        last_day=terms.last_day,
        consent_ref=terms.consent_ref,
        set_by=by,
        set_at=now,
    )


@transaction.atomic
def lift_hold(*, hold: LegalHold, reason: str, by: str, now: datetime) -> None:
    """What has expired meanwhile goes with the next run. Raises ValidationError without a reason, or a second time."""
    if not reason.strip():
        raise ValidationError({"reason": "Write why the hold is lifted. It stays in the list with your reason."})
    lifted = LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
        lifted_by=by, lifted_at=now, lifted_because=reason.strip()
    )
    if not lifted:
        raise ValidationError({"reason": "This hold was lifted already."})


def _check(terms: HoldTerms) -> None:
    errors = {}
    if not terms.reason.strip():
        errors["reason"] = "Write why these records have to stay, such as the number of the case."
    if terms.first_day and terms.last_day and terms.last_day < terms.first_day:
        errors["last_day"] = "The last day is before the first one."
    if terms.consent_ref and not REFERENCE.fullmatch(terms.consent_ref):
        errors["consent_ref"] = "A reference has 64 letters and digits. It stands on the page of each record."
    if errors:
        raise ValidationError(errors)


def _wait_for_retention(site: Site) -> None:
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
