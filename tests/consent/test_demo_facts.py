"""The five demonstration websites: their files are sound and say what the websites' policies say."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from typing import Any

import pytest

from consent.contrast import contrast_ratio
from consent.demo.facts import FOLDER, load_demo_sites, validate_demo_site
from consent.models import SitePolicy
from consent.services.demo import load_demo
from consent.services.publishing import live_publication
from cookies.models import Site
from cookies.origins import origin_allowed
from cookies.partner_library import load_library, parameter_errors
from cookies.vocabulary import CATEGORIES
from tests.consent.conftest import NOW

FILES = sorted(FOLDER.glob("*.toml"))
SITES = [pytest.param(site, id=site.key) for site in load_demo_sites().values()]


@pytest.fixture
def sound():
    """A website's facts without a fault, free to spoil."""
    return tomllib.loads((FOLDER / "numonix.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_demo_file_is_sound(path):
    assert validate_demo_site(tomllib.loads(path.read_text(encoding="utf-8")), path.name) == []


def test_demo_has_its_five_websites():
    assert list(load_demo_sites()) == [
        "cloud9-infrastructure",
        "cloud9-technologies",
        "cloudcall",
        "coso-cloud",
        "numonix",
    ]


def test_demo_sites_cannot_be_changed():
    sites: Any = load_demo_sites()
    site = sites["numonix"]

    with pytest.raises(TypeError):
        sites["numonix"] = site
    with pytest.raises(dataclasses.FrozenInstanceError):
        site.name = "Other"
    with pytest.raises(TypeError):
        site.policy.dnt_explanation["en"] = "Other"
    with pytest.raises(TypeError):
        site.partners[0].parameters["measurement_id"] = "G-OTHER"


@pytest.mark.parametrize("site", SITES)
def test_demo_partners_are_in_the_library_and_their_parameters_fit(site):
    for partner in site.partners:
        template = load_library()[partner.library]
        assert parameter_errors(template, partner.parameters) == {}
        assert partner.load_mode in template.load_modes
        assert partner.category != "strictly_necessary"


@pytest.mark.parametrize("site", SITES)
def test_demo_buttons_can_be_read(site):
    look = site.appearance

    assert contrast_ratio(look.brand_colour, look.brand_text_colour) >= 4.5
    assert contrast_ratio(look.dark_brand_colour, look.dark_brand_text_colour) >= 4.5


def test_demo_websites_look_different():
    assert len({site.appearance.brand_colour for site in load_demo_sites().values()}) == 5


@pytest.mark.parametrize("site", SITES)
def test_demo_website_runs_on_its_domain_and_on_this_machine(site):
    own = site.domains[0]

    assert origin_allowed(own, site.domains)
    assert origin_allowed(own.replace("https://", "https://www."), site.domains)
    for origin in ("http://localhost:8000", "http://numonix.localhost:8123", "http://127.0.0.1:9000"):
        assert origin_allowed(origin, site.domains)
    assert not origin_allowed("https://example.com", site.domains)


def test_demo_policies_answer_do_not_track_as_they_say():
    assert {site.key: site.policy.dnt for site in load_demo_sites().values()} == {
        "cloud9-infrastructure": "disregard",
        "cloud9-technologies": "disregard",
        "cloudcall": "honour",
        "coso-cloud": "honour",
        "numonix": "honour",
    }


def test_demo_policies_promise_what_they_say_about_changes():
    promises = {
        site.key: (site.policy.grace_days, site.policy.announce_days, site.partner_notice_days)
        for site in load_demo_sites().values()
    }
    assert promises == {
        "cloud9-infrastructure": (0, 0, 0),
        "cloud9-technologies": (0, 14, 0),
        "cloudcall": (0, 0, 0),
        "coso-cloud": (30, 0, 0),
        "numonix": (0, 0, 10),
    }


def test_coso_cloud_tells_the_places_apart_that_it_runs_from():
    regimes = {site.key: site.policy.regimes for site in load_demo_sites().values()}

    assert regimes.pop("coso-cloud") == ("eu", "uk", "us-ca", "us-gpc", "us")
    assert set(regimes.values()) == {()}


@pytest.mark.django_db
def test_demo_facts_reach_the_drafts():
    load_demo(now=NOW)
    coso = SitePolicy.objects.get(site__key="coso-cloud")

    assert (coso.regimes, coso.grace_days) == (["eu", "uk", "us-ca", "us-gpc", "us"], 30)
    assert SitePolicy.objects.get(site__key="cloud9-technologies").announce_days == 14
    assert Site.objects.get(key="numonix").partner_notice_days == 10
    live = live_publication(coso.site, now=NOW)
    assert live
    assert [row["code"] for row in json.loads(bytes(live.version.payload))["regimes"]] == ["unknown", *coso.regimes]


def test_numonix_uses_google_and_freshworks_and_five_technologies():
    site = load_demo_sites()["numonix"]
    partners = {partner.library: partner.category for partner in site.partners}

    assert partners == {
        "google-analytics": "performance",
        "freshchat": "functional",
        "google-ads": "targeting",
        "youtube": "functional",
    }
    assert {cookie.category for cookie in site.cookies} == set(CATEGORIES)
    tags = {kind for partner in partners for kind in load_library()[partner].technologies}
    assert {cookie.technology for cookie in site.cookies} | tags >= {
        "cookie",
        "local_storage",
        "web_beacon",
        "pixel",
        "tag",
    }


def test_cloud9_technologies_has_the_table_of_its_notice():
    site = load_demo_sites()["cloud9-technologies"]
    google = "https://policies.google.com/technologies/partner-sites"

    assert {partner.library: partner.privacy_notice_url for partner in site.partners} == {
        "google-analytics": google,
        "youtube": google,
        "hubspot": "https://legal.hubspot.com/privacy-policy",
    }
    assert all(partner.purpose["en"] for partner in site.partners)
    # What the notice states and what the library says must not drift apart unnoticed.
    for partner in site.partners:
        assert load_library()[partner.library].privacy_notice_url == partner.privacy_notice_url


def test_cloud9_infrastructure_lists_every_way_to_opt_out():
    labels = [link.label["en"] for link in load_demo_sites()["cloud9-infrastructure"].opt_out_links]

    for way in ("Firefox", "Chrome", "Edge", "Safari", "Google Analytics", "Ads by Google", "Digital", "Network"):
        assert any(way in label for label in labels), way
    assert len(labels) == 9


def test_cloudcall_uses_beacons_and_names_no_partner():
    site = load_demo_sites()["cloudcall"]

    assert site.partners == ()
    assert "web_beacon" in {cookie.technology for cookie in site.cookies}


def _put(value, *path):
    def spoil(data):
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_put(1, "colour"), "colour is an unknown key."),
        (_put("other", "key"), "key: 'other' is not the name of the file."),
        (_put([], "domains"), "domains is empty."),
        (_put(["http://a.example"], "domains"), "domains: 'http://a.example': a website must be reached by https"),
        (_put(["fr"], "languages"), "languages: 'fr' is none of en, de."),
        (_put("fr", "default_language"), "default_language: 'fr' is none of en, de."),
        (_put("", "controller", "contact"), "controller.contact is empty."),
        (_put("numonix.cloud", "controller", "privacy_policy_url"), "controller.privacy_policy_url: 'numonix.cloud'"),
        (_put("ignore", "policy", "dnt"), "policy.dnt: 'ignore' is none of honour, disregard."),
        (_put({"en": "Yes."}, "policy", "dnt_explanation"), "policy.dnt_explanation.de is missing."),
        (_put(["atlantis"], "policy", "regimes"), "policy.regimes: There is no such regime."),
        (
            _put(["uk", "uk-statistics"], "policy", "regimes"),
            "policy.regimes: Two regimes are chosen for",
        ),
        (_put(91, "policy", "grace_days"), "policy.grace_days must lie between 0 and 90."),
        (_put(-1, "policy", "announce_days"), "policy.announce_days must lie between 0 and 90."),
        (_put(True, "policy", "announce_days"), "policy.announce_days must be"),
        (_put("yes", "policy", "count_impressions"), "policy.count_impressions must be"),
        (_put(91, "partner_notice_days"), "partner_notice_days must lie between 0 and 90."),
        (_put("blue", "appearance", "brand_colour"), "appearance.brand_colour: 'blue' is not a colour."),
        (_put("#eeeeee", "appearance", "brand_colour"), "appearance.brand_text_colour cannot be read on brand_colour"),
        (_put("top", "appearance", "position"), "appearance.position: 'top' is none of left, right."),
        (_put("nobody", "partners", 0, "library"), "partners[0].library: the library has no partner called 'nobody'."),
        (_put("marketing", "partners", 0, "category"), "partners[0].category: 'marketing' is none of"),
        (_put("managed", "partners", 3, "load_mode"), "partners[3].load_mode: 'managed' is none of gated."),
        (_put({}, "partners", 0, "parameters"), "partners[0].parameters.measurement_id: Measurement ID is missing."),
        (_put("", "partners", 0, "basis"), "partners[0].basis is empty."),
        (_put({"en": "Only."}, "partners", 0, "purpose"), "partners[0].purpose.de is missing."),
        (_put("x", "partners", 0, "privacy_notice_url"), "partners[0].privacy_notice_url: 'x' is not an address"),
        (_put("long", "cookies", 0, "lifetime"), "cookies[0].lifetime: 'long' is not a lifetime."),
        (_put("marketing", "cookies", 0, "category"), "cookies[0].category: 'marketing' is none of"),
        (_put("x", "opt_out_links", 0, "url"), "opt_out_links[0].url: 'x' is not an address"),
        (_put({}, "opt_out_links", 0, "label"), "opt_out_links[0].label.en is missing."),
        (_put({"fr": {}}, "texts"), "texts.fr is an unknown key."),
        (_put({"en": {"headline": "Hello"}}, "texts"), "texts.en.headline is not a text of ours."),
    ],
)
def test_demo_fault_is_named(sound, spoil, sentence):
    spoil(sound)
    faults = validate_demo_site(sound, "numonix.toml")

    assert any(fault.startswith("numonix.toml: ") and sentence in fault for fault in faults), faults


def test_demo_partner_cannot_be_listed_twice(sound):
    sound["partners"].append(sound["partners"][0])

    assert validate_demo_site(sound, "numonix.toml") == ["numonix.toml: partners: 'google-analytics' is there twice."]
