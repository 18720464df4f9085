"""Where the embed line was seen: a day for each of the website's addresses, and never anything of a visitor."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.models import Publication, Sighting
from consent.reports.seen import last_seen, seen_by_domain
from consent.services import sightings
from consent.services.checking import facts_of
from consent.services.sightings import see_page, write_sightings
from cookies.models import Site
from cookies.services.sites import set_domains
from tests.consent.conftest import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

TODAY = date(2026, 11, 29)
DOMAINS = ("https://www.numonix.example", "https://*.numonix.example")


def see(site: Site, origin: str, day: date = TODAY) -> None:
    see_page(site_id=site.pk, origin=origin, domains=DOMAINS, day=day)


def rows() -> dict[str, date]:
    return dict(Sighting.objects.values_list("domain", "day"))


def test_what_is_kept_is_the_entry_and_the_day(site: Site) -> None:
    see(site, "https://alice-1234.numonix.example")
    assert rows() == {"https://*.numonix.example": TODAY}
    see(site, "https://www.numonix.example")
    assert rows() == dict.fromkeys(DOMAINS, TODAY)
    fields = {field.name for field in Sighting._meta.get_fields()}
    assert fields == {"id", "site", "domain", "day"}


def test_origin_of_somebody_else_is_no_sighting(site: Site) -> None:
    for origin in ("https://elsewhere.example", "null", "", "https://numonix.example", "http://localhost:8000"):
        see(site, origin)
    assert not rows()


def test_database_is_asked_once_a_day_and_process(site: Site) -> None:
    see(site, ORIGIN)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(50):
            see(site, ORIGIN)
    assert not queries.captured_queries
    see(site, ORIGIN, TODAY + timedelta(days=1))
    assert rows()[ORIGIN] == TODAY + timedelta(days=1)


def test_visitor_does_not_wait_for_the_database(site: Site, settings: Any) -> None:
    settings.COUNT_FLUSH_SECONDS = 5
    with CaptureQueriesContext(connection) as queries:
        see(site, ORIGIN)
    assert not queries.captured_queries
    write_sightings()
    assert ORIGIN in rows()


def test_memory_is_bounded_whatever_origins_are_sent(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "MOST_HELD", 10)
    for number in range(35):
        see(site, f"https://a{number}.numonix.example")
    assert len(sightings._known) <= 10
    assert len(rows()) == 1


@pytest.mark.django_db(transaction=True)
def test_website_that_is_gone_keeps_no_other_waiting(site: Site, settings: Any) -> None:
    settings.COUNT_FLUSH_SECONDS = 5
    see_page(site_id=site.pk + 99, origin=ORIGIN, domains=DOMAINS, day=TODAY)
    write_sightings()
    see(site, ORIGIN)
    write_sightings()
    assert ORIGIN in rows()


def test_answers_and_region_are_sightings_and_the_hosted_page_is_none(
    client: Client, published: Publication, event_body: dict[str, Any], send: Callable[..., Any]
) -> None:
    region = "/api/v1/sites/numonix/region"
    assert send({**event_body, "surface": "page"}).status_code == 201
    assert send({**event_body, "version": "0" * 64}).status_code == 409
    assert client.get(region).status_code == 200
    client.get("/s/numonix.js", headers={"Origin": ORIGIN})
    assert not rows()
    assert client.get(region, headers={"Origin": ORIGIN}).status_code == 200
    assert list(rows()) == [ORIGIN]
    Sighting.objects.all().delete()
    sightings.forget()
    assert send({**event_body, "event_id": str(uuid.uuid4())}).status_code == 201
    assert list(rows()) == [ORIGIN]


def test_last_seen_takes_one_query_however_many_websites(site: Site, mallory_site: Site) -> None:
    Sighting.objects.create(site=site, domain="https://a.example", day=TODAY - timedelta(days=3))
    Sighting.objects.create(site=site, domain=ORIGIN, day=TODAY)
    with CaptureQueriesContext(connection) as queries:
        assert last_seen(sites=[site, mallory_site]) == {site.pk: TODAY, mallory_site.pk: None}
    assert len(queries) == 1
    # An entry that was taken out again is told no more.
    assert seen_by_domain(site) == {ORIGIN: TODAY}


def test_unseen_domains_are_advice_once_something_could_be_seen(site: Site, published: Publication) -> None:
    set_domains(site=site, lines=[ORIGIN, "https://shop.numonix.example", "http://localhost:*"])
    assert facts_of([site])[site.pk].unseen_domains == (ORIGIN, "https://shop.numonix.example")
    see(site, ORIGIN)
    assert facts_of([site])[site.pk].unseen_domains == ("https://shop.numonix.example",)


def test_unseen_domains_are_unknown_before_anything_is_published(site: Site) -> None:
    assert facts_of([site])[site.pk].unseen_domains is None
