"""Partners in the admin: from the library, by hand, changed, archived."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from cookies.models import Partner, Site
from cookies.partner_library import load_library
from cookies.services.catalogue import add_library_partner
from cookies.snapshot import site_facts
from tests.admin.conftest import url

if TYPE_CHECKING:
    from django.test import Client

HUBSPOT = {"parameter_portal_id": "1234567", "parameter_region": "eu1", "category": "targeting", "load_mode": "managed"}
OWN = {
    "name": "Example Ads",
    "legal_entity": "Example Ads Ltd",
    "country": "IE",
    "category": "targeting",
    "purpose_en": "Shows ads that fit.",
    "purposes": ["advertising"],
    "technologies": ["cookie", "tag"],
    "hosts": "ads.example.com\n*.ads.example.com",
}


def hubspot_parameters() -> dict[str, str]:
    return {f"parameter_{p.name}": p.example for p in load_library()["hubspot"].parameters}


def test_hubspot_is_added_from_the_library(as_bob: Client, site: Site) -> None:
    answer = as_bob.post(url("library-partner", site, "hubspot"), {**HUBSPOT, **hubspot_parameters()})
    assert answer["Location"] == url("partners", site)
    partner = site.partners.get()
    assert (partner.slug, partner.category, partner.load_mode) == ("hubspot", "targeting", "managed")
    assert partner.cookies.filter(name="hubspotutk").exists()
    assert LogEntry.objects.get().change_message == "Added the partner HubSpot from the library."


def test_library_form_asks_only_what_the_library_cannot_know(as_alice: Client, site: Site) -> None:
    form = as_alice.get(url("library-partner", site, "hubspot")).context["form"]
    assert set(form.fields) == {*hubspot_parameters(), "category", "load_mode", "necessity_justification", "starts_on"}


@pytest.mark.parametrize(
    ("library", "sent", "wrong"),
    [
        ("hubspot", "abc", "id"),
        ("google-analytics", "UA-12345-6", "parameter_measurement_id"),
        ("google-analytics", "", "parameter_measurement_id"),
    ],
)
def test_wrong_account_number_is_explained_at_its_field(
    library: str, sent: str, wrong: str, as_alice: Client, site: Site
) -> None:
    where = url("library-partner", site, library)
    name = next(iter(name for name in as_alice.get(where).context["form"].fields if name.startswith("parameter_")))
    answer = as_alice.post(where, {**HUBSPOT, **hubspot_parameters(), name: sent})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not Partner.objects.exists()
    assert "An example: " in answer.context["form"].errors[name][0]
    assert 'aria-invalid="true"' in page
    assert f'id="id_{name}_error"' in page
    if sent:
        assert f'value="{sent}"' in page


def test_every_mistake_is_shown_at_once(as_alice: Client, site: Site) -> None:
    where = url("library-partner", site, "hubspot")
    names = {name for name in as_alice.get(where).context["form"].fields if name.startswith("parameter_")}
    first = min(names)
    sent = {**HUBSPOT, **dict.fromkeys(names, ""), first: "no such thing", "category": "strictly_necessary"}
    errors = as_alice.post(where, sent).context["form"].errors
    assert set(errors) == {*names, "necessity_justification"}
    assert all(len(messages) == 1 for messages in errors.values())


def test_strictly_necessary_without_a_reason_is_refused_at_the_field(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(
        url("library-partner", site, "hubspot"),
        {**HUBSPOT, **hubspot_parameters(), "category": "strictly_necessary"},
    )
    assert "necessity_justification" in answer.context["form"].errors
    assert not Partner.objects.exists()


def test_partner_that_is_there_already_is_refused(as_alice: Client, site: Site) -> None:
    sent = {**HUBSPOT, **hubspot_parameters()}
    as_alice.post(url("library-partner", site, "hubspot"), sent)
    answer = as_alice.post(url("library-partner", site, "hubspot"), sent)
    assert "on this website already" in answer.content.decode()
    assert site.partners.count() == 1


def test_library_is_searched(as_alice: Client, catalogue: Site) -> None:
    def names(words: str) -> list[str]:
        rows = as_alice.get(url("library", catalogue), {"q": words}).context["rows"]
        return [row["template"].slug for row in rows]

    assert "hubspot" in names("")
    assert names("hubspot") == ["hubspot"]
    assert "youtube" in names("video functional")
    assert names("nothing like this") == []
    assert "On this website" in as_alice.get(url("library", catalogue)).content.decode()


def test_unknown_library_partner_is_not_found(as_alice: Client, site: Site) -> None:
    assert as_alice.get(url("library-partner", site, "no-such")).status_code == 404


def test_partner_is_added_by_hand(as_alice: Client, site: Site) -> None:
    as_alice.post(url("partner-new", site), OWN)
    partner = site.partners.get()
    assert (partner.slug, partner.load_mode, partner.purpose) == ("example-ads", "gated", {"en": "Shows ads that fit."})
    assert partner.hosts == ["ads.example.com", "*.ads.example.com"]


def test_partner_by_hand_shows_every_mistake_at_its_field(as_alice: Client, site: Site) -> None:
    wrong = {**OWN, "name": "", "purpose_en": "", "purposes": [], "privacy_notice_url": "nowhere"}
    errors = as_alice.post(url("partner-new", site), wrong).context["form"].errors
    assert set(errors) == {"name", "purpose_en", "purposes", "privacy_notice_url"}
    errors = as_alice.post(url("partner-new", site), {**OWN, "hosts": "not a host"}).context["form"].errors
    assert "is not a host" in errors["hosts"][0]
    assert not Partner.objects.exists()


def test_partner_is_changed_and_keeps_languages_that_were_not_shown(as_alice: Client, catalogue: Site) -> None:
    partner = catalogue.partners.get()
    german = partner.purpose["de"]
    form = as_alice.get(url("partner", catalogue, partner.pk)).context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    sent |= {"hosts": "\n".join(partner.hosts), "name": "Analytics", "parameter_measurement_id": "G-ZZ99YY88XX"}
    as_alice.post(url("partner", catalogue, partner.pk), sent)
    partner.refresh_from_db()
    assert (partner.name, partner.parameters) == ("Analytics", {"measurement_id": "G-ZZ99YY88XX"})
    assert partner.purpose["de"] == german
    assert LogEntry.objects.get().change_message == "Changed the partner Analytics."


def test_changing_to_an_invalid_measurement_id_is_refused_at_the_field(as_alice: Client, catalogue: Site) -> None:
    partner = catalogue.partners.get()
    form = as_alice.get(url("partner", catalogue, partner.pk)).context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    sent |= {"hosts": "\n".join(partner.hosts), "parameter_measurement_id": "wrong"}
    answer = as_alice.post(url("partner", catalogue, partner.pk), sent)
    assert "does not look like" in answer.context["form"].errors["parameter_measurement_id"][0]
    partner.refresh_from_db()
    assert partner.parameters == {"measurement_id": "G-AB12CD34EF"}


def test_partner_is_archived_and_restored_but_never_deleted(as_alice: Client, catalogue: Site) -> None:
    partner = catalogue.partners.get()
    as_alice.post(url("partner-archive", catalogue, partner.pk))
    assert not catalogue.partners.in_use().exists()
    assert "Archived" in as_alice.get(url("partners", catalogue)).content.decode()
    as_alice.post(url("partner-restore", catalogue, partner.pk))
    assert catalogue.partners.in_use().get() == partner
    assert [entry.change_message for entry in LogEntry.objects.order_by("id")] == [
        "Archived the partner Google Analytics 4.",
        "Restored the partner Google Analytics 4.",
    ]


def test_empty_list_says_what_to_do_first(as_alice: Client, site: Site) -> None:
    assert "No partner yet" in as_alice.get(url("partners", site)).content.decode()


def test_html_in_a_partner_is_text(as_alice: Client, site: Site) -> None:
    as_alice.post(url("partner-new", site), {**OWN, "name": "<img src=x onerror=alert(1)>", "slug": "ads"})
    partner = site.partners.get()
    for where in (url("partners", site), url("partner", site, partner.pk), url("publish", site), url("overview", site)):
        page = as_alice.get(where).content.decode()
        assert "<img src=x" not in page


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


def test_new_partner_works_at_once_where_nothing_is_promised(as_alice: Client, site: Site) -> None:
    for name, row in (("library-partner", ("hubspot",)), ("partner-new", ())):
        assert as_alice.get(url(name, site, *row)).context["form"]["starts_on"].value() is None


def test_new_partner_is_proposed_to_work_after_the_promised_days(as_alice: Client, site: Site) -> None:
    as_alice.post(url("details", site), {"name": "Numonix", "default_language": "en", "partner_notice_days": "10"})
    for name, row in (("library-partner", ("hubspot",)), ("partner-new", ())):
        form = as_alice.get(url(name, site, *row)).context["form"]
        assert form["starts_on"].value() == in_days(10)
        assert f'value="{in_days(10):%Y-%m-%d}"' in str(form["starts_on"])


def test_start_is_kept_and_shown_in_the_list(as_alice: Client, site: Site) -> None:
    start = in_days(10)
    sent = {**HUBSPOT, **hubspot_parameters(), "starts_on": str(start)}
    as_alice.post(url("library-partner", site, "hubspot"), sent)
    as_alice.post(url("partner-new", site), {**OWN, "starts_on": str(start)})
    assert {partner.starts_on for partner in site.partners.all()} == {start}
    page = as_alice.get(url("partners", site)).content.decode()
    assert page.count(f"from {start.day} {start:%B}") == 2
    site.partners.update(starts_on=in_days(0))
    assert f"from {in_days(0).day} {in_days(0):%B}" not in as_alice.get(url("partners", site)).content.decode()


def test_start_in_the_past_is_refused_where_it_is_new(as_alice: Client, site: Site) -> None:
    sent = {**HUBSPOT, **hubspot_parameters(), "starts_on": str(in_days(-1))}
    answer = as_alice.post(url("library-partner", site, "hubspot"), sent)
    assert "That day is over." in answer.context["form"].errors["starts_on"][0]
    answer = as_alice.post(url("partner-new", site), {**OWN, "starts_on": str(in_days(-1))})
    assert "That day is over." in answer.context["form"].errors["starts_on"][0]
    assert not site.partners.exists()


def test_start_that_has_come_stays_as_it_is(as_alice: Client, site: Site) -> None:
    as_alice.post(url("partner-new", site), OWN)
    partner = site.partners.get()
    Partner.objects.filter(pk=partner.pk).update(starts_on=in_days(-3))
    as_alice.post(url("partner", site, partner.pk), {**OWN, "name": "Ads", "starts_on": str(in_days(-3))})
    partner.refresh_from_db()
    assert (partner.name, partner.starts_on) == ("Ads", in_days(-3))
    answer = as_alice.post(url("partner", site, partner.pk), {**OWN, "starts_on": str(in_days(-2))})
    assert "starts_on" in answer.context["form"].errors


def test_notice_of_new_partners_is_a_number_of_days(as_alice: Client, site: Site) -> None:
    sent = {"name": "Numonix", "default_language": "en"}
    answer = as_alice.post(url("details", site), {**sent, "partner_notice_days": "91"})
    assert "partner_notice_days" in answer.context["form"].errors
    as_alice.post(url("details", site), {**sent, "partner_notice_days": "10"})
    site.refresh_from_db()
    assert site.partner_notice_days == 10
    as_alice.post(url("details", site), sent)
    site.refresh_from_db()
    assert site.partner_notice_days == 0


def test_cookie_domain_must_be_the_websites_own(as_alice: Client, site: Site) -> None:
    sent = {"name": "Numonix", "default_language": "en"}
    answer = as_alice.post(url("details", site), {**sent, "cookie_domain": "example.org"})
    assert "cookie_domain" in answer.context["form"].errors
    own = site.domains[0].split("//")[1].split(":")[0].removeprefix("*.")
    as_alice.post(url("details", site), {**sent, "cookie_domain": f" .{own.upper()} "})
    site.refresh_from_db()
    assert site.cookie_domain == own


def test_keep_path_is_the_websites_and_travels_only_where_it_is_chosen(as_alice: Client, site: Site) -> None:
    sent = {"name": "Numonix", "default_language": "en"}
    assert "keep_path" not in site_facts(site)
    answer = as_alice.post(url("details", site), {**sent, "keep_path": "https://evil.example/keep"})
    assert "keep_path" in answer.context["form"].errors
    as_alice.post(url("details", site), {**sent, "keep_path": " /sayso/keep "})
    site.refresh_from_db()
    assert site_facts(site)["keep_path"] == "/sayso/keep"


ANALYTICS = {"parameter_measurement_id": "G-AB12CD34EF", "category": "performance"}


def test_letting_a_tag_load_before_a_yes_is_warned_about_where_it_is_chosen(as_alice: Client, site: Site) -> None:
    page = unescape(as_alice.get(url("library-partner", site, "google-analytics")).content.decode())
    assert "Signalled" in page
    assert load_library()["google-analytics"].signalled_note in page


@pytest.mark.parametrize(("mode", "is_warned"), [("managed", False), ("gated", False), ("signalled", True)])
def test_tag_that_loads_before_a_yes_is_somebodys_decision(
    mode: str, is_warned: bool, as_alice: Client, site: Site
) -> None:
    sent = {**ANALYTICS, "load_mode": mode}
    added = as_alice.post(url("library-partner", site, "google-analytics"), sent, follow=True)
    assert ("now loads before a yes, for everybody" in added.content.decode()) is is_warned
    decisions = [entry.change_message for entry in LogEntry.objects.all()]
    assert ("Let the partner Google Analytics 4 load before a yes." in decisions) is is_warned
    partner = site.partners.get()
    page = unescape(as_alice.get(url("partner", site, partner.pk)).content.decode())
    assert ("Google Analytics 4 loads before a yes." in page) is is_warned
    assert partner.loads_early is is_warned


def test_change_to_loading_before_a_yes_is_logged_once(as_alice: Client, catalogue: Site) -> None:
    partner = catalogue.partners.get()
    where = url("partner", catalogue, partner.pk)
    form = as_alice.get(where).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name not in ("hosts", "sale_or_share")}
    sent |= {"hosts": "\n".join(partner.hosts), "load_mode": "signalled"}
    for _ in range(2):
        assert as_alice.post(where, sent).status_code == 302
    said = [entry.change_message for entry in LogEntry.objects.all()]
    assert said.count("Let the partner Google Analytics 4 load before a yes.") == 1
    assert said.count("Changed the partner Google Analytics 4.") == 2


def test_install_page_has_the_lines_for_tags_that_load_before_a_yes(as_alice: Client, catalogue: Site) -> None:
    assert as_alice.get(url("install", catalogue)).context["early"] == []
    catalogue.partners.update(load_mode="signalled")
    for slug in ("google-ads", "tiktok-pixel", "posthog", "shopify"):
        examples = {parameter.name: parameter.example for parameter in load_library()[slug].parameters}
        add_library_partner(site=catalogue, library=slug, parameters=examples, load_mode="signalled")
    answer = as_alice.get(url("install", catalogue))
    found = {entry["names"]: (entry["before"], entry["inside"]) for entry in answer.context["early"]}
    # Google's tags share one set of lines; a platform without a default needs none.
    assert set(found) == {"Google Analytics 4, Google Ads", "TikTok Pixel", "PostHog"}
    assert found["Google Analytics 4, Google Ads"][0].startswith("<script>window.dataLayer=")
    assert found["TikTok Pixel"] == ("", "ttq.holdConsent();")
    page = answer.content.decode()
    assert "gtag(&quot;consent&quot;,&quot;default&quot;" in page
    assert "<script>window.dataLayer" not in page


def test_platform_comes_with_its_reason(as_alice: Client, site: Site) -> None:
    where = url("library-partner", site, "wp-consent-api")
    form = as_alice.get(where).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert sent["category"] == "strictly_necessary"
    as_alice.post(where, sent)
    partner = site.partners.get()
    assert (partner.category, partner.load_mode) == ("strictly_necessary", "signalled")
    assert partner.necessity_justification == load_library()["wp-consent-api"].justification
    assert not partner.loads_early
