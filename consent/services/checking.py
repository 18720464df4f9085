"""A draft against the checklist, with what only the database knows; and what a reviewer acknowledges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.checklist import ACKNOWLEDGEABLE, Facts, Finding, blocking, findings
from consent.models import Acknowledgement, Notice, Publication, Sighting
from cookies.models import Site
from cookies.origins import means_own_machine


def check_draft(*, site: Site, payload: Mapping[str, Any]) -> list[Finding]:
    """Everything that speaks against publishing this payload, what blocks first."""
    return findings(payload, facts_of([site])[site.pk])


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


def facts_of(sites: Collection[Site]) -> dict[int, Facts]:
    """What only the database knows, by the id of each website; as many queries for many as for one."""
    ids = [site.pk for site in sites]
    notices = {row.site_id: row for row in Notice.objects.filter(site__in=ids)}
    standing: dict[int, dict[tuple[str, str], Acknowledgement]] = defaultdict(dict)
    for row in Acknowledgement.objects.filter(site__in=ids).order_by("id"):
        standing[row.site_id][row.code, row.partner] = row
    unseen = _unseen_domains(sites)
    return {
        pk: Facts(
            acknowledged=frozenset(key for key, row in standing[pk].items() if row.stands),
            own_words=_own_words(notices.get(pk)),
            unseen_domains=unseen[pk],
        )
        for pk in ids
    }


def _unseen_domains(sites: Collection[Site]) -> dict[int, tuple[str, ...] | None]:
    """The addresses of each website that were never seen with the embed line; None before anything could be seen, with
    nothing published and no page checked. A developer's own machine is no address of visitors."""
    ids = [site.pk for site in sites]
    seen: dict[int, set[str]] = defaultdict(set)
    for site_id, domain in Sighting.objects.filter(site__in=ids).values_list("site_id", "domain"):
        seen[site_id].add(domain)
    published = set(Publication.objects.filter(site__in=ids).values_list("site_id", flat=True).distinct())
    return {
        site.pk: tuple(
            domain for domain in site.domains if domain not in seen[site.pk] and not means_own_machine(domain)
        )
        if site.pk in published or seen[site.pk]
        else None
        for site in sites
    }


def _own_words(notice: Notice | None) -> dict[str, frozenset[str]]:
    return {language: frozenset(texts) for language, texts in notice.texts.items()} if notice else {}
