"""Beginning and ending a test of two banners: what is live, and beside it the draft.

Nothing here puts the better one live. After the last day visitors meet the first banner again, by themselves: files and
servers know the moment from the beginning.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.delivery.compose import FIRST_VIEW_KEYS
from consent.experiments import ALL_SHARES, banner_fault, day_fault, ends_at, share_fault
from consent.models import Experiment, Publication
from consent.payload import canonical_json, digest_of
from consent.services.checking import refuse_what_blocks
from consent.services.publishing import (
    PlannedTest,
    draft_of,
    draft_payload,
    is_approved,
    live_publication,
    put_live,
    version_of,
)
from cookies.models import Site


@transaction.atomic
def start_experiment(
    *, site: Site, by: str, now: datetime, last_day: date, share: int, reason: str = "", looked_at: str = ""
) -> Experiment:
    """Show visitors the draft beside what is live, on `share` of a hundred page views, to the end of `last_day` (UTC).

    `looked_at`: the digest of the draft that the publisher saw. Raises ValidationError, keyed by field where one has to
    change, for a test that can't be, and for banners of which either could not be published.
    """
    # Two people may begin at once, or publish: the second waits here, then sees what the first has done.
    Site.objects.select_for_update().get(pk=site.pk)
    if fault := day_fault(last_day, today=now.date()):
        raise ValidationError({"last_day": fault})
    if fault := share_fault((ALL_SHARES - share, share)):
        raise ValidationError({"share": fault})
    live, draft = _live(site, now), draft_payload(site)
    _refuse_unlawful(site, live, draft, looked_at)
    version = version_of(site, draft, now=now)
    publication = put_live(
        version=live.version,
        by=by,
        now=now,
        reason=reason or "An A/B test begins.",
        # What is announced to those who have answered does not end because the banner is tested.
        announce_until=live.announce_until,
        announcement=live.announcement,
        test=PlannedTest(arms=[(live.version, ALL_SHARES - share), (version, share)], ends_at=ends_at(last_day)),
    )
    return publication.experiment


@transaction.atomic
def stop_experiment(*, site: Site, by: str, now: datetime, reason: str = "") -> Publication:
    """Show everybody the first banner again, before the end. Raises ValidationError where no test is running."""
    Site.objects.select_for_update().get(pk=site.pk)
    experiment = running_experiment(site, now=now)
    if experiment is None:
        raise ValidationError("No test is running.")
    before = experiment.publication
    return put_live(
        version=before.version,
        by=by,
        now=now,
        reason=reason or f"A/B test {experiment.number} was stopped.",
        announce_until=before.announce_until,
        announcement=before.announcement,
    )


def running_experiment(site: Site, *, now: datetime) -> Experiment | None:
    running = Experiment.objects.running(now=now).filter(site=site)
    return running.select_related("publication__version").prefetch_related("arms__version").first()


def _live(site: Site, now: datetime) -> Publication:
    """What is live, where nothing else is under way. Raises ValidationError."""
    live = live_publication(site, now=now)
    if live is None:
        raise ValidationError("Nothing is published yet, so there is nothing to compare with. Publish a banner first.")
    if running_experiment(site, now=now):
        raise ValidationError("A test is running already. One at a time can be understood.")
    if site.publications.filter(effective_at__gt=now).exists():
        raise ValidationError("A version waits for its day, and would end the test. Start the test once it is live.")
    return live


def _refuse_unlawful(site: Site, live: Publication, draft: dict[str, Any], looked_at: str) -> None:
    """Both banners pass everything that publishing asks for: what is live may be older than a rule."""
    control, digest = json.loads(bytes(live.version.payload)), digest_of(canonical_json(draft))
    if looked_at and looked_at != digest:
        raise ValidationError("The draft has changed since you opened this page. Look at it again, then start.")
    if fault := banner_fault(control, draft, banner_texts=FIRST_VIEW_KEYS):
        raise ValidationError(fault)
    refuse_what_blocks(site=site, payload=draft)
    refuse_what_blocks(site=site, payload=control)
    if draft_of(site)[1].four_eyes and not is_approved(site, digest):
        raise ValidationError("A reviewer has to approve this draft first.", code="not_approved")
