"""When, and where, websites were last seen with the embed line."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Max

from consent.models import PageCheck, Sighting
from cookies.models import Site


def last_seen(*, sites: Sequence[Site]) -> dict[int, datetime.date | None]:
    """For each website's id the last day (UTC) on which one of its pages used the line; None for never. One query."""
    days = Sighting.objects.filter(site__in=[site.pk for site in sites]).values("site_id").annotate(last=Max("day"))
    found = {row["site_id"]: row["last"] for row in days}
    return {site.pk: found.get(site.pk) for site in sites}


def seen_by_domain(site: Site) -> dict[str, datetime.date | None]:
    """For each of the website's addresses the last day (UTC) on which a page under it used the line. One query."""
    found = dict(Sighting.objects.filter(site=site).values_list("domain", "day"))
    return {domain: found.get(domain) for domain in site.domains}


def newest_check(site: Site) -> PageCheck | None:
    """The page of the website that somebody had checked last."""
    return PageCheck.objects.filter(site=site).first()
