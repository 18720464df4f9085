"""The rows that drafts are made of, for as many websites as asked, in as many queries as for one. Decides nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.db.models import Max

from consent.models import Notice, NoticeVersion, OptOutLink, Publication, SitePolicy
from cookies.models import Cookie, Partner, Site


@dataclass(frozen=True)
class DraftRows:
    """Where nobody saved a notice or a policy yet, they are good defaults, not saved either."""

    site: Site
    notice: Notice
    policy: SitePolicy
    partners: Sequence[Partner]
    cookies: Sequence[Cookie]
    opt_out_links: Sequence[OptOutLink]
    latest: Publication | None
    newest_ordinal: int


class OfSite(Protocol):
    site_id: int


Row = TypeVar("Row", bound=OfSite)


def draft_rows(sites: Collection[Site]) -> dict[int, DraftRows]:
    """By the id of each website: the draft as it is saved, and what was published last."""
    ids = [site.pk for site in sites]
    notices = {row.site_id: row for row in Notice.objects.filter(site__in=ids)}
    policies = {row.site_id: row for row in SitePolicy.objects.filter(site__in=ids)}
    partners = _by_site(Partner.objects.in_use().filter(site__in=ids))
    cookies = _by_site(Cookie.objects.filter(site__in=ids, partner__archived_at=None).select_related("partner"))
    links = _by_site(OptOutLink.objects.filter(site__in=ids))
    latest = latest_publications(ids)
    ordinals = _newest_ordinals(ids)
    return {
        site.pk: DraftRows(
            site=site,
            notice=notices.get(site.pk) or Notice(site=site, languages=[site.default_language]),
            policy=policies.get(site.pk) or SitePolicy(site=site),
            partners=partners.get(site.pk, []),
            cookies=cookies.get(site.pk, []),
            opt_out_links=links.get(site.pk, []),
            latest=latest.get(site.pk),
            newest_ordinal=ordinals.get(site.pk, 0),
        )
        for site in sites
    }


def latest_publications(ids: Collection[int]) -> dict[int, Publication]:
    """What each website published last, whether it is in effect yet or not."""
    newest = Publication.objects.filter(site__in=ids).order_by().values("site").annotate(newest=Max("id"))
    rows = Publication.objects.filter(id__in=newest.values("newest")).select_related("version")
    return {row.site_id: row for row in rows}


def _newest_ordinals(ids: Collection[int]) -> Mapping[int, int]:
    rows = NoticeVersion.objects.filter(site__in=ids).order_by().values_list("site").annotate(Max("ordinal"))
    return dict(rows)


def _by_site(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.site_id].append(row)
    return found
