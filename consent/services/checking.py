"""A draft against the checklist, with what only the database knows; and what a reviewer acknowledges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.checklist import ACKNOWLEDGEABLE, Facts, Finding, blocking, findings
from consent.models import Acknowledgement, Notice
from cookies.models import Site


def check_draft(*, site: Site, payload: Mapping[str, Any]) -> list[Finding]:
    """Everything that speaks against publishing this payload, what blocks first."""
    return findings(payload, _facts(site))


def refuse_what_blocks(*, site: Site, payload: Mapping[str, Any]) -> None:
    """Raise ValidationError with a sentence for each rule that the payload breaks."""
    if found := blocking(check_draft(site=site, payload=payload)):
        raise ValidationError([ValidationError(finding.sentence, code=finding.code) for finding in found])


def acknowledgements(site: Site) -> dict[tuple[str, str], Acknowledgement]:
    """What is acknowledged on a website, by code and partner."""
    newest = {(row.code, row.partner): row for row in site.acknowledgements.order_by("id")}
    return {key: row for key, row in newest.items() if row.stands}


@transaction.atomic
def acknowledge(
    *, site: Site, code: str, partner: str, by: str, now: datetime, reason: str, stands: bool = True
) -> Acknowledgement:
    """Answer for what the law leaves open about a partner, or no longer (`stands`). Raises ValidationError, keyed by
    field."""
    if code not in ACKNOWLEDGEABLE:
        raise ValidationError("This can't be acknowledged. It has to be mended.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why. Auditors read it."})
    return Acknowledgement.objects.create(
        site=site,
        code=code,
        partner=partner,
        stands=stands,
        reason=reason.strip(),
        acknowledged_by=by,
        acknowledged_at=now,
    )


def _facts(site: Site) -> Facts:
    notice = Notice.objects.filter(site=site).first()
    own_words = {language: frozenset(texts) for language, texts in notice.texts.items()} if notice else {}
    return Facts(acknowledged=frozenset(acknowledgements(site)), own_words=own_words)
