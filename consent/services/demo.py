"""Makes the demonstration websites, once each. A website that exists is left as people made it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from consent.demo.facts import DemoSite, load_demo_sites
from consent.models import Notice, OptOutLink
from consent.services.drafting import save_policy
from consent.services.publishing import publish
from cookies.models import Cookie, Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site

PUBLISHED_BY = "load_demo"


def load_demo(*, now: datetime) -> list[str]:
    """Create and publish the demonstration websites that are not there yet. Returns their keys."""
    existing = set(Site.objects.values_list("key", flat=True))
    made = [facts for key, facts in load_demo_sites().items() if key not in existing]
    for facts in made:
        _make_site(facts, now=now)
    return [facts.key for facts in made]


@transaction.atomic
def _make_site(facts: DemoSite, *, now: datetime) -> None:
    site = create_site(
        key=facts.key,
        name=facts.name,
        domains=facts.domains,
        default_language=facts.default_language,
        controller_name=facts.controller.name,
        controller_contact=facts.controller.contact,
        privacy_policy_url=facts.controller.privacy_policy_url,
        partner_notice_days=facts.partner_notice_days,
    )
    _furnish(site, facts)
    _draft(site, facts)
    publish(site=site, by=PUBLISHED_BY, now=now, reason=facts.source)


def _furnish(site: Site, facts: DemoSite) -> None:
    for stated in facts.partners:
        partner = add_library_partner(
            site=site,
            library=stated.library,
            parameters=stated.parameters,
            category=stated.category,
            load_mode=stated.load_mode,
            purpose=stated.purpose,
        )
        if stated.privacy_notice_url:
            partner.privacy_notice_url = stated.privacy_notice_url
            partner.save(update_fields=["privacy_notice_url"])
    Cookie.objects.bulk_create(
        Cookie(
            site=site,
            name=cookie.name,
            own_category=cookie.category,
            technology=cookie.technology,
            party=cookie.party,
            lifetime=cookie.lifetime,
            domain=cookie.domain,
            purpose=dict(cookie.purpose),
        )
        for cookie in facts.cookies
    )


def _draft(site: Site, facts: DemoSite) -> None:
    look = facts.appearance
    Notice.objects.create(
        site=site,
        languages=list(facts.languages),
        texts={language: dict(texts) for language, texts in facts.texts.items() if texts},
        position=look.position,
        brand_colour=look.brand_colour,
        brand_text_colour=look.brand_text_colour,
        dark_brand_colour=look.dark_brand_colour,
        dark_brand_text_colour=look.dark_brand_text_colour,
    )
    rules = facts.policy
    save_policy(
        site=site,
        dnt=rules.dnt,
        dnt_explanation=dict(rules.dnt_explanation),
        regimes=list(rules.regimes),
        grace_days=rules.grace_days,
        announce_days=rules.announce_days,
        count_impressions=rules.count_impressions,
    )
    OptOutLink.objects.bulk_create(
        OptOutLink(site=site, label=dict(link.label), url=link.url, position=position)
        for position, link in enumerate(facts.opt_out_links)
    )
