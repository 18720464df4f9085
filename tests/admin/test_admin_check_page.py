"""Check my page: what a member is told while the page is read, when it was read, and when that was cut short."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from consent.models import PageCheck, Sighting
from consent.page_remarks import good, wrong
from consent.services.page_checks import GIVEN_UP
from tests.admin.conftest import queries_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from cookies.models import Site

ADDRESS = "https://www.numonix.example/"
READING = "data-sy-reading"


def text_of(client: Client, site: Site) -> str:
    return client.get(url("check-page", site)).content.decode()


def test_member_is_answered_at_once_and_sees_that_the_page_is_being_read(as_bob: Client, site: Site) -> None:
    assert READING not in text_of(as_bob, site)
    answer = as_bob.post(url("check-page", site), {"address": "www.numonix.example"})
    assert answer["Location"] == url("check-page", site)
    asked = PageCheck.objects.get()
    assert (asked.address, asked.asked_by, asked.finished_at) == (ADDRESS, "bob", None)
    assert READING in text_of(as_bob, site)


def test_address_of_somebody_else_is_refused_beside_its_field(as_bob: Client, site: Site) -> None:
    answer = as_bob.post(url("check-page", site), {"address": "http://169.254.169.254/latest/"})
    assert "is not one of this website&#x27;s addresses" in answer.content.decode()
    assert answer.context["form"].errors["address"]
    assert not PageCheck.objects.exists()


def test_check_that_was_cut_short_says_so_and_waits_for_nothing(as_bob: Client, site: Site) -> None:
    asked_at = timezone.now() - GIVEN_UP - timedelta(seconds=1)
    PageCheck.objects.create(site=site, address=ADDRESS, asked_by="bob", asked_at=asked_at)
    page = text_of(as_bob, site)
    assert READING not in page
    assert "cut short" in page


def test_what_was_found_is_shown_with_links_for_who_may_follow_them(
    browse: Callable[[str], Client], site: Site
) -> None:
    remarks = [
        good("line_found", "The embed line is there."),
        wrong("not_declared", "<b>Pixel</b> is loaded.", "Add it.", "library"),
    ]
    now = timezone.now()
    PageCheck.objects.create(
        site=site,
        address=ADDRESS,
        asked_by="bob",
        asked_at=now,
        finished_at=now,
        found={"remarks": [asdict(remark) for remark in remarks]},
    )
    page = text_of(browse("bob"), site)
    assert "The embed line is there." in page
    assert "&lt;b&gt;Pixel&lt;/b&gt; is loaded." in page
    assert url("library", site) in page
    # A reviewer reads the same, and the library is closed to her.
    assert url("library", site) not in text_of(browse("rita"), site)


def test_page_says_where_the_line_was_seen(as_bob: Client, site: Site) -> None:
    assert "Never seen" in text_of(as_bob, site)
    Sighting.objects.create(site=site, domain=site.domains[0], day=timezone.now().date())
    assert "Never seen" not in text_of(as_bob, site)


def test_page_costs_no_more_queries_after_many_checks(as_bob: Client, site: Site) -> None:
    before = queries_of(as_bob, url("check-page", site))
    rows = [PageCheck(site=site, address=ADDRESS, asked_by="bob", asked_at=timezone.now()) for _ in range(20)]
    PageCheck.objects.bulk_create(rows)
    assert queries_of(as_bob, url("check-page", site)) == before
