"""Who may open and change what: every registered page, for every kind of person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from consent.models import Notice, Publication, SitePolicy
from cookies.admin import pages
from cookies.models import Cookie, Member, Partner, Site
from tests.admin.conftest import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

EDITORS = {"alice": 200, "bob": 200, "ada": 404, "carol": 403, "mallory": 404, "": 302}
READERS = {**EDITORS, "ada": 200}
OWNERS = {**EDITORS, "bob": 404, "carol": 404}
# POST only: a look is refused to those who may, and hidden from all others.
ONLY_POST = {"alice": 405, "bob": 405, "ada": 404, "carol": 405, "mallory": 404, "": 302}
ONLY_POST_BY_OWNERS = {**ONLY_POST, "bob": 404, "carol": 404}

PAGES: dict[str, tuple[tuple[object, ...], dict[str, int]]] = {
    "overview": ((), READERS),
    "details": ((), EDITORS),
    "partners": ((), EDITORS),
    "library": ((), EDITORS),
    "library-partner": (("hubspot",), EDITORS),
    "partner-new": ((), EDITORS),
    "partner": (("partner",), EDITORS),
    "partner-archive": (("partner",), ONLY_POST),
    "partner-restore": (("partner",), ONLY_POST),
    "cookies": ((), EDITORS),
    "cookie-new": ((), EDITORS),
    "cookie": (("cookie",), EDITORS),
    "cookie-remove": (("cookie",), ONLY_POST),
    "texts": ((), EDITORS),
    "look": ((), EDITORS),
    "languages": ((), EDITORS),
    "policy": ((), EDITORS),
    "preview": ((), EDITORS),
    "publish": ((), EDITORS),
    "versions": ((), READERS),
    "version": ((1,), READERS),
    "version-again": ((1,), ONLY_POST),
    "install": ((), EDITORS),
    "team": ((), OWNERS),
    "member-role": (("member",), ONLY_POST_BY_OWNERS),
    "member-remove": (("member",), ONLY_POST_BY_OWNERS),
}


def address(name: str, site: Site) -> str:
    rows = {
        "partner": site.partners.get().pk if site.partners.exists() else 0,
        "cookie": site.cookies.filter(partner=None).get().pk if site.cookies.exists() else 0,
        "member": site.members.get(user__username="bob").pk,
    }
    return url(name, site, *(rows.get(str(part), part) for part in PAGES[name][0]))


def test_every_page_of_a_website_is_in_the_table() -> None:
    assert set(PAGES) == set(pages._pages)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_open_to_its_people_only(name: str, published: Publication, browse: Callable[[str], Client]) -> None:
    where = address(name, published.site)
    answers = {person: browse(person).get(where).status_code for person in PAGES[name][1]}
    assert answers == PAGES[name][1]


@pytest.mark.parametrize("name", PAGES)
def test_superuser_opens_every_page(name: str, published: Publication, browse: Callable[[str], Client]) -> None:
    expected = 405 if PAGES[name][1]["alice"] == 405 else 200
    assert browse("root").get(address(name, published.site)).status_code == expected


def everything() -> list[object]:
    models = (Site, Partner, Cookie, Member, Notice, SitePolicy, Publication, LogEntry)
    return [sorted(map(repr, model.objects.values())) for model in models]


@pytest.mark.parametrize("person", ["mallory", "ada", "carol", ""])
def test_strangers_and_readers_change_nothing(
    person: str, published: Publication, browse: Callable[[str], Client]
) -> None:
    client = browse(person)
    before = everything()
    for name in PAGES:
        answer = client.post(address(name, published.site), {"name": "Mine", "domains": "https://evil.example"})
        assert answer.status_code in (302, 403, 404, 405)
        if answer.status_code == 302:
            assert "/login/" in answer["Location"]
    assert everything() == before


def test_row_of_another_website_is_not_reached_through_ones_own(
    as_mallory: Client, mallory_site: Site, catalogue: Site
) -> None:
    partner, cookie = catalogue.partners.get(), catalogue.cookies.get(name="sessionid")
    assert as_mallory.get(url("partner", mallory_site, partner.pk)).status_code == 404
    assert as_mallory.post(url("partner-archive", mallory_site, partner.pk)).status_code == 404
    assert as_mallory.post(url("cookie-remove", mallory_site, cookie.pk)).status_code == 404
    partner.refresh_from_db()
    assert partner.archived_at is None
    assert Cookie.objects.filter(pk=cookie.pk).exists()


def test_form_without_token_is_refused(browse: Callable[[str], Client], catalogue: Site) -> None:
    client = browse("alice")
    client.handler.enforce_csrf_checks = True
    assert client.post(url("publish", catalogue)).status_code == 403
    assert not Publication.objects.exists()


def test_djangos_own_addresses_lead_to_our_pages(as_alice: Client, site: Site) -> None:
    changed = as_alice.get(reverse("admin:cookies_site_change", args=[site.pk]))
    assert changed["Location"] == url("overview", site)
    assert as_alice.get(reverse("admin:cookies_site_changelist"))["Location"] == reverse("admin:index")


def test_djangos_own_addresses_hide_websites_of_others(as_mallory: Client, site: Site) -> None:
    for action in ("change", "history"):
        assert as_mallory.get(reverse(f"admin:cookies_site_{action}", args=[site.pk])).status_code == 404


def test_website_cannot_be_deleted(as_alice: Client, site: Site) -> None:
    assert as_alice.post(reverse("admin:cookies_site_delete", args=[site.pk]), {"post": "yes"}).status_code == 403
    assert Site.objects.filter(pk=site.pk).exists()


def test_tabs_are_those_that_a_person_may_open(browse: Callable[[str], Client], published: Publication) -> None:
    def tabs(person: str) -> list[str]:
        return [tab["label"] for tab in browse(person).get(url("overview", published.site)).context["tabs"]]

    everyone = ["Overview", "Partners", "Cookies", "Banner & texts", "Policy", "Publish", "Versions", "Install"]
    assert tabs("alice") == [*everyone, "Team"]
    assert tabs("bob") == everyone
    assert tabs("ada") == ["Overview", "Versions"]
