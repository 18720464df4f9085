"""Lists of cookies, taken over from a file and given out as one. Nothing that is there is overwritten."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from cookies.cookie_import import KnownCookie, Plan, plan_import
from cookies.cookie_tables import CookieRow
from cookies.models import Cookie, Site


def plan_for(*, site: Site, rows: Sequence[CookieRow]) -> Plan:
    """What this list would change on the website as it stands. Two queries, however long the list."""
    partners = {
        partner.slug: tuple(filter(None, (partner.name, partner.legal_entity, partner.library)))
        for partner in site.partners.in_use()
    }
    known = [
        KnownCookie(
            key=(cookie.partner.slug if cookie.partner else "", cookie.name, cookie.technology, cookie.domain),
            party=cookie.party,
            lifetime=cookie.lifetime,
            category=cookie.own_category,
            purpose=cookie.purpose,
        )
        for cookie in site.cookies.select_related("partner")
    ]
    return plan_import(rows, known=known, partners=partners)


@transaction.atomic
def import_cookies(*, site: Site, rows: Sequence[CookieRow]) -> Plan:
    """Add the cookies that are missing, and texts in languages that have none; what was done."""
    # Two imports at once: the second sees what the first has added.
    Site.objects.select_for_update().get(pk=site.pk)
    plan = plan_for(site=site, rows=rows)
    partners = {partner.slug: partner for partner in site.partners.in_use()}
    Cookie.objects.bulk_create(
        Cookie(
            site=site,
            partner=partners.get(planned.key[0]),
            name=planned.row.name,
            own_category=planned.row.category,
            technology=planned.row.technology,
            party=planned.row.party,
            domain=planned.row.domain,
            lifetime=planned.row.lifetime,
            purpose=dict(planned.row.purpose),
        )
        for planned in plan.new
    )
    there = {
        (cookie.partner.slug if cookie.partner else "", cookie.name, cookie.technology, cookie.domain): cookie
        for cookie in site.cookies.select_related("partner")
    }
    filled = []
    for planned in plan.filled:
        cookie = there[planned.key]
        cookie.purpose = {**cookie.purpose, **(planned.texts or {})}
        filled.append(cookie)
    Cookie.objects.bulk_update(filled, ["purpose"], batch_size=500)
    return plan


def listed(site: Site) -> list[CookieRow]:
    """The website's cookies as rows of a file."""
    cookies = site.cookies.filter(partner__archived_at=None).select_related("partner")
    return [
        CookieRow(
            number=number,
            name=cookie.name,
            partner=cookie.partner.slug if cookie.partner else "",
            category=cookie.own_category,
            technology=cookie.technology,
            party=cookie.party,
            domain=cookie.domain,
            lifetime=cookie.lifetime,
            purpose=cookie.purpose,
        )
        for number, cookie in enumerate(cookies, start=2)
    ]
