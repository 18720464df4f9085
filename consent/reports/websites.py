"""What is read for people: a visitor's history, the state of a website."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from consent.checklist import Finding, blocking, findings
from consent.models import ConsentEvent, Publication
from consent.payload import canonical_json, digest_of
from consent.services.checking import facts_of
from consent.services.draft_rows import DraftRows, draft_rows
from consent.services.publishing import payload_of
from cookies.models import Site


def history(*, site_id: int, consent_ref: str) -> QuerySet[ConsentEvent]:
    """A visitor's own events on a website, newest first."""
    return (
        ConsentEvent.objects.filter(site_id=site_id, consent_ref=consent_ref)
        .select_related("version")
        .order_by("-received_at", "-id")
    )


@dataclass(frozen=True)
class SiteState:
    """Where a website stands: what is live, whether the draft differs from what was published last, and what the check
    says of it, what blocks first."""

    site: Site
    publication: Publication | None
    draft: DraftRows
    has_unpublished_changes: bool
    findings: Sequence[Finding]

    @property
    def blocking_count(self) -> int:
        return len(blocking(list(self.findings)))

    @property
    def advice_count(self) -> int:
        return len(self.findings) - self.blocking_count


def site_states(sites: Collection[Site], *, now: datetime) -> dict[int, SiteState]:
    """By the id of each website; as many queries for many as for one."""
    rows, facts, live = draft_rows(sites), facts_of(sites), _live_publications(sites, now=now)
    states = {}
    for site in sites:
        draft = rows[site.pk]
        payload = payload_of(draft)
        states[site.pk] = SiteState(
            site=site,
            publication=live.get(site.pk),
            draft=draft,
            has_unpublished_changes=draft.latest is None
            or draft.latest.version.digest != digest_of(canonical_json(payload)),
            findings=findings(payload, facts[site.pk]),
        )
    return states


def _live_publications(sites: Collection[Site], *, now: datetime) -> dict[int, Publication]:
    """What visitors of each website are shown at this moment, without the payload."""
    of_site = Publication.objects.live(now=now).filter(site=OuterRef("pk"))
    live = (
        Site.objects.filter(pk__in=[site.pk for site in sites])
        .order_by()
        .values(live=Subquery(of_site.values("pk")[:1]))
    )
    rows = Publication.objects.filter(pk__in=live).select_related("version").defer("version__payload")
    return {row.site_id: row for row in rows}
