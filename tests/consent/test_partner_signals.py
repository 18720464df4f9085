"""What of the partner library travels in a website's files: the signals of its own partners, and no others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consent.delivery.compose import Schedule, compose, engine
from consent.services.drafting import save_policy
from consent.services.publishing import draft_payload
from cookies.models import Site
from cookies.partner_library import load_library
from cookies.services.catalogue import add_library_partner, archive_partners
from tests.consent.conftest import NOW

pytestmark = pytest.mark.django_db

LIBRARY = load_library()
# What only this partner's signals say.
TRACES = {
    "adobe-analytics": '"adobe.optIn.approve"',
    "adobe-experience-platform": '"alloy"',
    "amplitude": '"amplitude.setOptOut"',
    "datadog-rum": '"DD_RUM.setTrackingConsent"',
    "fullstory": '"FS"',
    "google-analytics": '"analytics_storage"',
    "hubspot": '"setHubSpotConsent"',
    "matomo": '"requireConsent"',
    "matomo-cookieless": '"requireCookieConsent"',
    "meta-pixel": '"fbq"',
    "microsoft-advertising": '"uetq"',
    "microsoft-clarity": '"consentv2"',
    "mixpanel": '"mixpanel.opt_out_tracking"',
    "new-relic-browser": '"newrelic.consent"',
    "posthog": '"posthog.opt_out_capturing"',
    "shopify": '"Shopify.customerPrivacy.setTrackingConsent"',
    "tiktok-pixel": '"ttq.holdConsent"',
    "wp-consent-api": '"wp_set_consent"',
}


def add(site: Site, *slugs: str, **facts: Any) -> None:
    for slug in slugs:
        examples = {parameter.name: parameter.example for parameter in LIBRARY[slug].parameters}
        add_library_partner(site=site, library=slug, parameters=examples, **facts)


def first_file(site: Site) -> bytes:
    files = compose(
        payload=draft_payload(site),
        digest="0" * 64,
        language="en",
        schedule=Schedule(ordinals={}),
        public_url="https://consent.example.com",
    )
    return files["snippet"].body


def test_every_partner_that_is_told_anything_leaves_a_trace_of_its_own(site: Site) -> None:
    by_google = {"google-ads", "google-tag-manager"}
    assert {partner.slug for partner in LIBRARY.values() if partner.signals} == {*TRACES, *by_google}
    add(site, *TRACES)
    body = first_file(site).decode()
    assert [slug for slug, trace in TRACES.items() if trace not in body] == []


@pytest.mark.parametrize("slug", TRACES)
def test_only_the_signals_of_the_websites_own_partners_travel(site: Site, slug: str) -> None:
    add(site, slug)
    body = first_file(site).decode()
    assert [other for other, trace in TRACES.items() if trace in body] == [slug]
    # What the engine works with stands behind it, before what only some websites need.
    facts, _ = json.JSONDecoder().raw_decode(body.partition("\n})(")[2])
    (partner,) = facts["partners"]
    assert [signal["name"] for signal in partner["signals"]] == [signal.name for signal in LIBRARY[slug].signals]


def test_shared_signal_follows_the_partners_that_are_in_use(site: Site) -> None:
    def told(slug: str) -> dict[str, str]:
        (partner,) = [partner for partner in draft_payload(site)["partners"] if partner["slug"] == slug]
        types: dict[str, str] = partner["signals"][0]["update"][0][3]
        return types

    add(site, "google-tag-manager", "google-analytics")
    # Each carries the same, as the snippet tells it once.
    assert told("google-analytics") == told("google-tag-manager")
    assert told("google-analytics")["analytics_storage"] == "@google-analytics"
    assert told("google-analytics")["ad_storage"] == "@targeting"
    add(site, "google-ads")
    assert told("google-tag-manager")["ad_storage"] == "@google-ads"
    archive_partners(partners=site.partners.filter(slug="google-analytics"), now=NOW)
    assert told("google-tag-manager")["analytics_storage"] == "@performance"


def test_signals_of_an_archived_partner_stay_behind(site: Site) -> None:
    add(site, "hubspot", "meta-pixel")
    archive_partners(partners=site.partners.filter(slug="meta-pixel"), now=NOW)
    body = first_file(site).decode()
    assert TRACES["hubspot"] in body
    assert TRACES["meta-pixel"] not in body


def test_what_a_platform_or_onetrust_needs_travels_only_where_it_is_used(site: Site) -> None:
    platform, onetrust = engine("platform").strip(), engine("onetrust").strip()
    add(site, "google-analytics")
    body = first_file(site).decode()
    assert platform not in body
    assert onetrust not in body
    add(site, "shopify")
    body = first_file(site).decode()
    assert platform in body
    assert onetrust not in body
    save_policy(site=site, onetrust_shim=True)
    assert onetrust in first_file(site).decode()


def test_payload_of_a_website_that_never_left_onetrust_does_not_mention_it(site: Site) -> None:
    assert "onetrust_shim" not in draft_payload(site)["policy"]
    save_policy(site=site, onetrust_shim=True)
    assert draft_payload(site)["policy"]["onetrust_shim"] is True


def test_declaration_says_of_a_platform_what_it_is_and_why_it_needs_no_answer(site: Site) -> None:
    add(site, "wp-consent-api", "shopify")
    partners = {partner["slug"]: partner for partner in draft_payload(site)["partners"]}
    wordpress, shopify = partners["wp-consent-api"], partners["shopify"]
    # It runs on the website itself: nobody receives anything, so nobody is named.
    assert (wordpress["legal_entity"], wordpress["country"], wordpress["hosts"]) == ("", "", [])
    assert (shopify["legal_entity"], shopify["country"]) == ("Shopify International Limited", "IE")
    for partner in (wordpress, shopify):
        assert (partner["category"], partner["load_mode"]) == ("strictly_necessary", "signalled")
        assert partner["necessity_justification"] == LIBRARY[partner["slug"]].justification
    kept = {cookie["name"]: cookie["partner"] for cookie in draft_payload(site)["cookies"] if cookie["partner"]}
    assert kept == {"wp_consent_*": "wp-consent-api", "_tracking_consent": "shopify", "_cmp_a": "shopify"}
