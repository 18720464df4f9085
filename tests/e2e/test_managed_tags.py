"""Tags that the snippet loads itself: not before a yes, told what holds before they run, and told when it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.visitor import banner, cookie_names, press, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

KEY = "managed-tags"
HUBSPOT = "https://js-eu1.hs-scripts.com/7654321.js"
GOOGLE = "https://www.googletagmanager.com/gtag/js?id=G-MANAGED01"
# What HubSpot's loader would find when it begins.
LOADER = """window.found = JSON.stringify({off: window.disableHubSpotCookieBanner, told: window._hsp});
document.cookie = "__hstc=1; Path=/"; document.cookie = "hubspotutk=1; Path=/";"""
MAKE = f"""
from django.utils import timezone
from consent.services.publishing import publish
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
site = create_site(key="{KEY}", name="Managed", domains=["http://127.0.0.1:*"], **ANSWERABLE)
add_library_partner(site=site, library="hubspot", load_mode="managed",
    parameters={{"portal_id": "7654321", "region": "eu1"}})
add_library_partner(site=site, library="google-analytics", load_mode="managed",
    parameters={{"measurement_id": "G-MANAGED01"}})
publish(site=site, by="test", now=timezone.now())
"""
CONSENT = ["setHubSpotConsent", {"analytics": True, "advertisement": True, "functionality": True}]
DENIAL = ["setHubSpotConsent", {"analytics": False, "advertisement": False, "functionality": False}]


@pytest.fixture(scope="module")
def _managed(server: Server) -> None:
    """A website with HubSpot (targeting) and Google Analytics (performance), both loaded by the snippet."""
    server.shell(MAKE)


@pytest.fixture
def managed(_managed: None, own: OwnWebsite, page: Page, third_party: ThirdParties) -> Page:
    """A tab on it, asked."""
    page.route(HUBSPOT, lambda route: route.fulfill(body=LOADER, content_type="text/javascript"))
    own.open(page, head=own.embed(key=KEY))
    banner(page).wait_for()
    return page


def layer(page: Page) -> list[list[Any]]:
    """Google's commands, in order; a moment is written as such."""
    commands: list[list[Any]] = page.evaluate(
        """() => (window.dataLayer || []).filter((entry) => "0" in entry)
            .map((entry) => [...entry].map((item) => item instanceof Date ? "a moment" : item))"""
    )
    return commands


def test_loaders_wait_for_a_yes_and_know_that_they_have_no_banner(
    managed: Page, context: BrowserContext, third_party: ThirdParties
) -> None:
    requested: list[str] = []
    managed.on("request", lambda request: requested.append(request.url))
    wait_for_calm(managed)
    assert third_party.sent == []
    assert cookie_names(context) == []
    assert managed.evaluate("() => [window.disableHubSpotCookieBanner, window._hsp]") == [True, [DENIAL]]
    press(managed, "accept-all")
    found = json.loads(managed.wait_for_function("() => window.found").json_value())
    assert found == {"off": True, "told": [DENIAL, CONSENT]}
    managed.wait_for_function("() => window.ran")
    # Saying yes again loads nothing again.
    managed.evaluate("() => sayso.acceptAll()")
    wait_for_record(managed)
    wait_for_calm(managed)
    assert [url for url in requested if url in (HUBSPOT, GOOGLE)] == sorted([HUBSPOT, GOOGLE], reverse=True)


def test_google_is_told_what_holds_before_its_tag_begins(managed: Page, third_party: ThirdParties) -> None:
    before = layer(managed)
    assert before[0][:2] == ["consent", "default"]
    assert {
        value for name, value in before[0][2].items() if name.endswith("_storage") and name != "security_storage"
    } == {"denied"}
    assert not any(command[0] in ("js", "config") for command in before)
    press(managed, "accept-all")
    managed.wait_for_function("() => window.ran")
    after = layer(managed)[len(before) :]
    assert [command[:2] for command in after] == [["consent", "update"], ["js", "a moment"], ["config", "G-MANAGED01"]]
    assert (after[0][2]["analytics_storage"], after[0][2]["ad_storage"]) == ("granted", "granted")
    assert [request.url for request in third_party.sent] == [GOOGLE]
    wait_for_record(managed)


def test_refusal_loads_nothing(managed: Page, third_party: ThirdParties, own: OwnWebsite) -> None:
    press(managed, "reject-all")
    wait_for_record(managed)
    own.open(managed, head=own.embed(key=KEY), path="/next")
    wait_for_api(managed)
    wait_for_calm(managed)
    assert third_party.sent == []
    assert managed.evaluate("() => window.found") is None


def test_partner_that_was_refused_stays_away_from_the_others(managed: Page, third_party: ThirdParties) -> None:
    managed.evaluate("() => sayso.save({categories: {performance: true}})")
    managed.wait_for_function("() => window.ran")
    wait_for_record(managed)
    wait_for_calm(managed)
    assert [request.url for request in third_party.sent] == [GOOGLE]
    assert managed.evaluate("() => window.found") is None
    assert layer(managed)[-3][2]["ad_storage"] == "denied"


def test_withdrawal_tells_hubspot_and_removes_its_cookies(managed: Page, context: BrowserContext) -> None:
    press(managed, "accept-all")
    managed.wait_for_function("() => window.found")
    wait_for_record(managed)
    assert {"__hstc", "hubspotutk"} <= set(cookie_names(context))
    with managed.expect_event("domcontentloaded"):
        told = managed.evaluate("() => { sayso.withdraw(); return [window._hsp.slice(-2), window._hsq]; }")
    assert told == [[DENIAL, ["revokeCookieConsent"]], [["revokeCookieConsent"]]]
    wait_for_api(managed)
    wait_for_calm(managed)
    assert managed.evaluate("() => window.found") is None
    assert {"__hstc", "hubspotutk"}.isdisjoint(cookie_names(context))


def test_stored_yes_is_told_before_the_loader_on_every_page(managed: Page, own: OwnWebsite) -> None:
    press(managed, "accept-all")
    wait_for_record(managed)
    own.open(managed, head=own.embed(key=KEY), path="/next")
    found = json.loads(managed.wait_for_function("() => window.found").json_value())
    # HubSpot keeps no consent between pages.
    assert found == {"off": True, "told": [DENIAL, CONSENT]}
