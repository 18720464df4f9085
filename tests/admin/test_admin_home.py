"""The first page, and a new website."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.admin.models import LogEntry
from django.urls import reverse

from cookies.models import Partner, Role, Site
from tests.admin.conftest import queries_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from consent.models import Publication

HOME = reverse("admin:index")


def test_home_shows_own_websites_only(as_alice: Client, site: Site, mallory_site: Site) -> None:
    page = as_alice.get(HOME).content.decode()
    assert "Numonix" in page
    assert "Elsewhere" not in page


def test_home_shows_all_to_a_superuser(browse: Callable[[str], Client], site: Site, mallory_site: Site) -> None:
    page = browse("root").get(HOME).content.decode()
    assert "Numonix" in page
    assert "Elsewhere" in page


def test_home_explains_a_website_without_a_version(as_alice: Client, site: Site) -> None:
    page = as_alice.get(HOME).content.decode()
    assert "Nothing published yet: publish the first version" in page
    assert "Add partners and cookies" in page


def test_home_names_the_live_version_and_unpublished_changes(as_alice: Client, published: Publication) -> None:
    page = as_alice.get(HOME).content.decode()
    assert "Version 1" in page
    assert "The same as what is live" in page
    published.site.partners.update(name="Another name")
    page = as_alice.get(HOME).content.decode()
    assert "Unpublished changes" in page
    assert "Publish what has changed" in page


def test_home_says_to_an_auditor_what_is_live_and_not_what_to_do(
    browse: Callable[[str], Client], published: Publication
) -> None:
    published.site.partners.update(name="Another name")
    page = browse("ada").get(HOME).content.decode()
    assert "Version 1" in page
    assert "Publish what has changed" not in page


def test_home_tells_somebody_without_a_website_what_to_do(browse: Callable[[str], Client]) -> None:
    Site.objects.all().delete()
    assert "Add the first one" in browse("alice").get(HOME).content.decode()
    assert "not on the team of any website" in browse("ada").get(HOME).content.decode()


def test_new_website_belongs_to_whoever_added_it(as_mallory: Client) -> None:
    answer = as_mallory.post(
        reverse("admin:cookies_site_add"),
        {"name": "My Shop", "domains": "https://shop.example", "default_language": "de"},
    )
    site = Site.objects.get(key="my-shop")
    assert answer["Location"] == url("overview", site)
    assert (site.domains, site.default_language) == (["https://shop.example"], "de")
    assert site.members.get().role == Role.OWNER
    assert LogEntry.objects.get().change_message == "Added the website My Shop."


def test_new_website_with_mistakes_shows_all_of_them_and_keeps_what_was_typed(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(
        reverse("admin:cookies_site_add"),
        {"name": "Numonix", "key": "Not A Key", "domains": "shop.example", "default_language": "en"},
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert Site.objects.count() == 2
    assert "is not an origin" in str(answer.context["form"].errors["domains"])
    assert 'value="Not A Key"' in page
    assert "shop.example" in page


def test_new_website_with_a_taken_key_says_so_at_the_field(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(
        reverse("admin:cookies_site_add"),
        {"name": "Numonix", "domains": "https://shop.example", "default_language": "en"},
    )
    assert "already exists" in str(answer.context["form"].errors["key"])


def test_adding_a_website_needs_the_permission(browse: Callable[[str], Client]) -> None:
    assert browse("ada").get(reverse("admin:cookies_site_add")).status_code == 403
    assert browse("ada").post(reverse("admin:cookies_site_add"), {"name": "x"}).status_code == 403


def test_lists_cost_no_query_per_row(as_alice: Client, catalogue: Site) -> None:
    addresses = [url(name, catalogue) for name in ("partners", "library", "cookies", "team", "overview")]
    for where in addresses:
        as_alice.get(where)
    before = [queries_of(as_alice, where) for where in addresses]
    first = catalogue.partners.get()
    for number in range(5):
        partner = Partner.objects.create(
            site=catalogue, slug=f"p{number}", name=f"P{number}", category="targeting", purpose={"en": "x"}
        )
        for cookie in first.cookies.all():
            cookie.pk, cookie.partner = None, partner
            cookie.save()
    assert [queries_of(as_alice, where) for where in addresses] == before


def test_home_costs_the_same_for_each_website(as_alice: Client, catalogue: Site) -> None:
    as_alice.get(HOME)
    before = queries_of(as_alice, HOME)
    for number in range(5):
        Partner.objects.create(site=catalogue, slug=f"p{number}", name=f"P{number}", category="targeting")
    assert queries_of(as_alice, HOME) == before


def test_login_leads_to_the_websites(browse: Callable[[str], Client], alice: object) -> None:
    client = browse("")
    page = client.get(reverse("admin:login")).content.decode()
    assert f'name="next" value="{HOME}"' in page
