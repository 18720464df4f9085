"""What is read for people: a visitor's history, the state of a website."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from consent.models import ConsentEvent, Publication
from consent.payload import canonical_json, digest_of
from consent.services.publishing import draft_payload, live_publication
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
    """Where a website stands: what is live, and whether the draft differs from what was published last."""

    site: Site
    publication: Publication | None
    has_unpublished_changes: bool


def site_state(site: Site, *, now: datetime) -> SiteState:
    latest = site.publications.order_by("-id").select_related("version").first()
    draft = digest_of(canonical_json(draft_payload(site)))
    return SiteState(
        site=site,
        publication=live_publication(site, now=now),
        has_unpublished_changes=latest is None or latest.version.digest != draft,
    )
