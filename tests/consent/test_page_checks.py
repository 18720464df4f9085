"""Having a page of the website read: what may be asked for, and what is kept of what was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consent.models import PageCheck, Sighting
from consent.outbound import Outbound
from consent.reports.seen import newest_check
from consent.services import page_checks
from consent.services.drafting import save_policy
from consent.services.page_checks import MOST_IN_AN_HOUR, ask_for_check, expected_of, run_check
from consent.services.publishing import publish
from cookies.models import Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import set_domains
from tests.consent.conftest import NOW
from tests.consent.test_outbound import QUICK, Website, website

__all__ = ["website"]
LINE = '<!doctype html><script async src="http://localhost:8000/s/numonix.js"></script>'


def ask(site: Site, typed: str, **facts: Any) -> PageCheck:
    return ask_for_check(site=site, typed=typed, **{"by": "alice", "now": NOW, **facts})


def check(site: Site, typed: str) -> list[str]:
    """What is found under an address of a website on this machine."""
    asked = ask(site, typed)
    run_check(
        check=asked,
        outbound=Outbound(user_agent="Sayso test", own_machine=True, limits=QUICK),
        clock=lambda: NOW + timedelta(seconds=2),
    )
    asked.refresh_from_db()
    assert asked.finished_at == NOW + timedelta(seconds=2)
    return [remark["code"] for remark in asked.found["remarks"]]


@pytest.fixture
def here(site: Site, website: Website) -> Site:
    """Alice's website, on this machine too."""
    set_domains(site=site, lines=[*site.domains, "http://localhost:*", "http://*.localhost:*"])
    return site


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("www.numonix.example", "https://www.numonix.example/"),
        ("https://www.numonix.example/prices?a=b#c", "https://www.numonix.example/prices?a=b"),
        ("localhost:3000/x", "http://localhost:3000/x"),
    ],
)
def test_page_of_the_website_may_be_asked_for(typed: str, address: str, here: Site) -> None:
    assert ask(here, typed).address == address


@pytest.mark.parametrize(
    "typed",
    [
        "https://numonix.example/",
        "http://www.numonix.example/",
        "https://www.numonix.example:8443/",
        "https://www.numonix.example.evil.example/",
        "http://169.254.169.254/latest/meta-data/",
        "127.0.0.1:8000",
        "http://2130706433/",
        "http://[::1]/",
        "file:///etc/passwd",
        "https://www.numonix.example@127.0.0.1/",
    ],
)
def test_any_other_address_is_refused(typed: str, site: Site) -> None:
    with pytest.raises(ValidationError) as refused:
        ask(site, typed)
    assert list(refused.value.message_dict) == ["address"]
    assert not PageCheck.objects.exists()


def test_member_may_ask_so_often_an_hour_and_others_still_may(site: Site) -> None:
    for _ in range(MOST_IN_AN_HOUR):
        ask(site, "www.numonix.example")
    with pytest.raises(ValidationError, match="within an hour"):
        ask(site, "www.numonix.example")
    ask(site, "www.numonix.example", by="bob")
    ask(site, "www.numonix.example", now=NOW + timedelta(hours=1))
    # What counts no longer is not kept.
    assert PageCheck.objects.count() == 1


def test_page_with_the_line_counts_as_seen(here: Site, website: Website) -> None:
    website.says("/", LINE.encode(), Content_Type="text/html; charset=utf-8")
    assert check(here, str(website.at("/"))) == ["line_found"]
    assert list(Sighting.objects.values_list("domain", "day")) == [("http://localhost:*", NOW.date())]
    newest = newest_check(here)
    assert newest
    assert newest.asked_by == "alice"
    # No cookie, no referrer, and a name that says who asks.
    ((_, _, headers, _),) = website.asked
    assert headers["user-agent"] == "Sayso test"
    assert headers["accept"] == "text/html"


def test_page_without_the_line_is_no_sighting(here: Site, website: Website) -> None:
    website.says("/", b"<p>Hello", Content_Type="text/html")
    assert check(here, str(website.at("/"))) == ["line_missing"]
    assert not Sighting.objects.exists()


def test_page_found_after_a_redirect_is_seen_where_it_is(here: Site, website: Website) -> None:
    website.says("/de", LINE.encode(), Content_Type="text/html")
    start = website.sends_on("/", str(website.at("/de", host="shop.localhost")))
    assert check(here, str(start)) == ["line_found"]
    assert Sighting.objects.get().domain == "http://*.localhost:*"


def test_redirect_away_from_the_website_is_not_followed_and_told(here: Site, website: Website) -> None:
    for location in ("https://numonix.example/", "http://169.254.169.254/", "http://127.0.0.1:1/"):
        assert check(here, str(website.sends_on("/", location))) == ["not_read"]
        newest = newest_check(here)
        assert newest
        (remark,) = newest.found["remarks"]
        assert "which is not one of this website's addresses" in str(remark)
    assert len(website.asked) == 3


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [(404, "text/html", "status"), (500, "text/html", "status"), (200, "application/json", "not_a_page")],
)
def test_what_is_no_page_for_visitors_is_told(status: int, kind: str, code: str, here: Site, website: Website) -> None:
    assert check(here, str(website.says("/", LINE.encode(), status=status, Content_Type=kind))) == [code]
    assert not Sighting.objects.exists()


def test_long_page_is_read_as_far_as_allowed(here: Site, website: Website) -> None:
    website.says("/", LINE.encode() + b"<p>" * QUICK.size, Content_Type="text/html")
    assert set(check(here, str(website.at("/")))) == {"line_found", "not_whole"}


def test_own_machine_is_asked_only_by_a_server_on_it(settings: Any) -> None:
    for address, is_own in {
        "http://localhost:8000": True,
        "http://127.0.0.1:9000": True,
        "https://consent.example.com": False,
        "https://localhost.example.com": False,
    }.items():
        settings.PUBLIC_URL = address
        assert page_checks.outbound().own_machine is is_own


def test_page_is_compared_with_the_draft_and_what_is_live(site: Site) -> None:
    add_library_partner(site=site, library="hotjar", parameters={"site_id": "1234567"})
    save_policy(site=site, auto_block=True)
    before = expected_of(site, now=NOW)
    assert before.blocks
    assert not before.live_files
    publication = publish(site=site, by="alice", now=NOW)
    assert publication
    expected = expected_of(site, now=NOW)
    assert expected.live_files == {file.digest for file in publication.files.filter(kind="snippet")}
    declared = {partner.slug for partner in expected.partners if partner.is_declared}
    others = {partner.slug for partner in expected.partners if not partner.is_declared}
    assert declared == {"hotjar"}
    assert "hotjar" not in others
    assert "meta-pixel" in others
