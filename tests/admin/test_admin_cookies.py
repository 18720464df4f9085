"""Cookies in the admin: friendly lifetimes, one purpose per language, no partner's category of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry

from consent.services.drafting import save_languages
from cookies.models import Cookie, Site
from tests.admin.conftest import url

if TYPE_CHECKING:
    from django.test import Client

OWN = {
    "name": "basket",
    "partner": "",
    "own_category": "strictly_necessary",
    "technology": "cookie",
    "party": "first",
    "lifetime_number": "13",
    "lifetime_unit": "month",
    "purpose_en": "Remembers what you want to buy.",
}


def test_own_cookie_is_added(as_alice: Client, site: Site) -> None:
    as_alice.post(url("cookie-new", site), OWN)
    cookie = site.cookies.get()
    assert (cookie.name, cookie.lifetime, cookie.category) == ("basket", "13 month", "strictly_necessary")
    assert LogEntry.objects.get().change_message == "Added the cookie basket."
    assert "13 months" in as_alice.get(url("cookies", site)).content.decode()


@pytest.mark.parametrize(("unit", "kept"), [("session", "session"), ("persistent", "persistent"), ("year", "1 year")])
def test_lifetime_is_a_number_and_a_unit_or_a_word(unit: str, kept: str, as_alice: Client, site: Site) -> None:
    as_alice.post(url("cookie-new", site), {**OWN, "lifetime_number": "1", "lifetime_unit": unit})
    assert site.cookies.get().lifetime == kept


def test_lifetime_without_a_number_is_explained_at_the_field(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(url("cookie-new", site), {**OWN, "lifetime_number": ""})
    assert "Write how many" in answer.context["form"].errors["lifetime"][0]


def test_cookie_of_a_partner_follows_its_category(as_alice: Client, catalogue: Site) -> None:
    partner = catalogue.partners.get()
    as_alice.post(url("cookie-new", catalogue), {**OWN, "partner": str(partner.pk)})
    cookie = Cookie.objects.get(name="basket")
    assert (cookie.partner, cookie.own_category, cookie.category) == (partner, "", "performance")


def test_own_cookie_without_a_category_is_refused_at_the_field(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(url("cookie-new", site), {**OWN, "own_category": ""})
    assert "Choose the category" in answer.context["form"].errors["own_category"][0]
    assert not site.cookies.exists()


def test_cookie_that_is_listed_already_is_refused_at_the_name(as_alice: Client, site: Site) -> None:
    as_alice.post(url("cookie-new", site), OWN)
    answer = as_alice.post(url("cookie-new", site), OWN)
    assert "listed already" in answer.context["form"].errors["name"][0]
    assert site.cookies.count() == 1


def test_third_party_cookie_needs_its_host(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(url("cookie-new", site), {**OWN, "party": "third"})
    assert "domain" in answer.context["form"].errors


def test_form_has_one_purpose_per_language(as_alice: Client, site: Site) -> None:
    save_languages(site=site, languages=["de"])
    form = as_alice.get(url("cookie-new", site)).context["form"]
    assert form.fields["purpose_en"].required
    assert not form.fields["purpose_de"].required
    as_alice.post(url("cookie-new", site), {**OWN, "purpose_de": "Merkt sich den Korb."})
    assert site.cookies.get().purpose == {"en": OWN["purpose_en"], "de": "Merkt sich den Korb."}


def test_cookie_is_changed_and_removed(as_alice: Client, site: Site) -> None:
    as_alice.post(url("cookie-new", site), OWN)
    cookie = site.cookies.get()
    as_alice.post(url("cookie", site, cookie.pk), {**OWN, "name": "cart"})
    cookie.refresh_from_db()
    assert cookie.name == "cart"
    as_alice.post(url("cookie-remove", site, cookie.pk))
    assert not site.cookies.exists()
    assert LogEntry.objects.order_by("-id")[0].change_message == "Removed the cookie cart."


def test_partner_of_another_website_is_no_choice(as_mallory: Client, mallory_site: Site, catalogue: Site) -> None:
    foreign = catalogue.partners.get()
    answer = as_mallory.post(url("cookie-new", mallory_site), {**OWN, "partner": str(foreign.pk)})
    assert "partner" in answer.context["form"].errors
    assert not mallory_site.cookies.exists()
