"""Where one person's rights end: another's website, a page that is still open, what Django would offer by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from consent.models import Publication
from cookies.models import Cookie, Role, Site
from cookies.services.sites import add_member
from tests.admin.conftest import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


def test_role_on_one_website_gives_nothing_on_another(browse: Callable[[str], Client], catalogue: Site) -> None:
    elsewhere = Site.objects.get(key="elsewhere")
    add_member(site=elsewhere, who="vera", roles=list(Role))
    as_vera = browse("vera")
    partner = catalogue.partners.get()
    assert as_vera.post(url("partner", catalogue, partner.pk), {"name": "Mine"}).status_code == 403
    assert as_vera.post(url("publish", catalogue)).status_code == 404
    assert as_vera.get(url("publish", elsewhere)).status_code == 200


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

    read = ["Overview", "Partners", "Cookies"]
    of_drafts = [*read, "Banner & texts", "Policy", "Publish", "Numbers", "Versions", "Install"]
    assert tabs("alice") == [*of_drafts[:-1], "Evidence", "Install", "Log", "Team"]
    for person in ("bob", "rita", "pia"):
        assert tabs(person) == of_drafts
    assert tabs("ada") == [*read, "Numbers", "Versions", "Evidence", "Log"]
    assert tabs("vera") == [*read, "Numbers", "Versions"]


def test_page_that_one_may_only_read_offers_no_form(browse: Callable[[str], Client], published: Publication) -> None:
    where = url("policy", published.site)
    assert b'<fieldset class="sy-bare" disabled>' in browse("pia").get(where).content
    assert b'<fieldset class="sy-bare" disabled>' not in browse("bob").get(where).content


def test_publisher_who_left_cannot_publish_the_page_that_is_still_open(
    as_alice: Client, as_pia: Client, catalogue: Site
) -> None:
    page = as_pia.get(url("publish", catalogue))
    pia = catalogue.members.get(user__username="pia").user_id
    as_alice.post(url("member-remove", catalogue, pia))
    sent = {"draft": page.context["digest"], "reason": "Last act"}
    assert as_pia.post(url("publish", catalogue), sent).status_code == 404
    assert not Publication.objects.exists()


def test_publisher_who_became_an_editor_cannot_publish_the_page_that_is_still_open(
    as_alice: Client, as_pia: Client, catalogue: Site
) -> None:
    page = as_pia.get(url("publish", catalogue))
    pia = catalogue.members.get(user__username="pia").user_id
    as_alice.post(url("member-roles", catalogue, pia), {f"{pia}-roles": ["editor"]})
    sent = {"draft": page.context["digest"], "reason": "Last act"}
    assert as_pia.post(url("publish", catalogue), sent).status_code == 403
    assert not Publication.objects.exists()
