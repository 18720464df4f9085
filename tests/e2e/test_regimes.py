"""Under each law the page does what it asks: what runs, what is shown, and what must not leave the page before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.pages import gated
from tests.e2e.server import COUNTRY_HEADER, REGION_HEADER
from tests.e2e.test_signals import SIGNALS
from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    NOTHING,
    banner,
    centre,
    choice_of,
    cookie_names,
    count_events,
    events_of,
    granted,
    granted_partners,
    press,
    ran,
    stored_in,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page, Route

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

KEY = "everywhere"
MAKE = f"""
from django.utils import timezone
from consent.services.drafting import save_languages, save_policy
from consent.services.publishing import publish
from cookies.models import Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
if not Site.objects.filter(key="{KEY}").exists():
    site = create_site(key="{KEY}", name="Everywhere", domains=["http://127.0.0.1:*"], **ANSWERABLE)
    add_library_partner(site=site, library="google-analytics", load_mode="gated",
        parameters={{"measurement_id": "G-PLACES0001"}})
    add_library_partner(site=site, library="meta-pixel", load_mode="gated",
        parameters={{"pixel_id": "123456789012345"}})
    # Every part that a first file can have stands in this one.
    save_languages(site=site, languages=["de"])
    save_policy(site=site, regimes=["eu", "uk-statistics", "us-ca", "us-gpc", "us"], count_impressions=True)
    publish(site=site, by="test", now=timezone.now())
"""
MARKUP = "".join(
    gated(code, f'data-category="{code}"') for code in ("performance", "functional", "targeting")
) + "".join(
    gated(slug, f'data-category="{code}" data-partner="{slug}"')
    for slug, code in (("google-analytics", "performance"), ("meta-pixel", "targeting"))
)
EVERYTHING = ["performance", "functional", "targeting", "google-analytics", "meta-pixel"]
WITHOUT_SALE = ["performance", "functional", "google-analytics"]
NO_TARGETING = {**ALL_ON, "targeting": False}


@pytest.fixture(autouse=True, scope="module")
def _everywhere(server: Server) -> None:
    server.shell(MAKE)


def notice(page: Page) -> Locator:
    return page.locator('[data-sayso-layer="notice"]')


def choices_button(page: Page) -> Locator:
    return page.locator('[data-sayso-layer="settings"] button')


def come_from(new_context: NewContext, place: str, *signals: str) -> BrowserContext:
    """A visitor of a place, such as `US-CA`, whose browser sends signals."""
    country, _, region = place.partition("-")
    headers = {COUNTRY_HEADER: country, REGION_HEADER: region} if place else {}
    context = new_context()
    for signal in signals:
        script, header = SIGNALS[signal]
        context.add_init_script(script)
        headers |= header
    context.set_extra_http_headers(headers)
    return context


def visit(context: BrowserContext, own: OwnWebsite, markup: str = MARKUP, path: str = "/") -> Page:
    page = context.new_page()
    own.open(page, markup, head=own.embed(key=KEY), path=path)
    wait_for_api(page)
    wait_for_place(page)
    wait_for_calm(page)
    return page


def wait_for_place(page: Page) -> None:
    """Until the place is known and something was shown for it."""
    page.wait_for_function(
        "() => document.querySelector('[data-sayso-layer]') || window.sayso.get().source == 'decided'"
    )


def state(page: Page) -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate("() => window.sayso.get()")
    return answer


# ---- opt-in: nothing before a yes


@pytest.mark.parametrize(
    ("place", "regime"), [("DE", "eu"), ("YT", "eu"), ("JP", "unknown"), ("", "unknown"), ("US", "unknown")]
)
def test_opt_in_asks_and_runs_nothing_before(
    place: str, regime: str, new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    before = count_events(server)
    context = come_from(new_context, place)
    page = visit(context, own)
    banner(page).wait_for()
    assert state(page)["regime"] == regime
    assert granted(page) == ALL_OFF
    assert ran(page) == []
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING
    assert count_events(server) == before
    press(page, "accept-all")
    wait_for_record(page)
    assert ran(page) == EVERYTHING
    choice = choice_of(context)
    assert choice.regime == regime
    (event,) = events_of(server, choice.consent_id)
    assert (event["regime_shown"], event["regime_seen"], event["country"]) == (regime, regime, place[:2] or None)


def test_uk_statistics_run_until_refused_and_the_rest_waits(new_context: NewContext, own: OwnWebsite) -> None:
    context = come_from(new_context, "GB")
    page = visit(context, own)
    banner(page).wait_for()
    assert state(page)["regime"] == "uk-statistics"
    assert granted(page) == {**ALL_OFF, "performance": True}
    assert ran(page) == ["performance", "google-analytics"]
    assert cookie_names(context) == []


def test_uk_statistics_are_refused_by_a_signal(new_context: NewContext, own: OwnWebsite) -> None:
    page = visit(come_from(new_context, "GB", "dnt"), own)
    assert granted(page) == ALL_OFF
    assert ran(page) == []


# ---- opt-out: on until refused


def test_opt_out_informs_and_runs(new_context: NewContext, own: OwnWebsite, server: Server) -> None:
    before = count_events(server)
    context = come_from(new_context, "US-CA")
    page = visit(context, own)
    notice(page).wait_for()
    assert banner(page).count() == 0
    assert granted(page) == ALL_ON
    assert sorted(ran(page)) == sorted(EVERYTHING)
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING
    assert count_events(server) == before
    assert state(page)["source"] == "undecided"
    assert notice(page).get_by_role("button", name="Your Privacy Choices").count() == 1
    icon = notice(page).get_by_role("img", name="California Consumer Privacy Act (CCPA) Opt-Out Icon")
    box = icon.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (30, 14)


def test_opt_out_ends_sale_and_sharing_and_nothing_else(
    new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    context = come_from(new_context, "US-CA")
    page = visit(context, own)
    notice(page).wait_for()
    with page.expect_navigation():  # what had run is stopped by one reload
        press(page, "opt-out")
    wait_for_api(page)
    wait_for_place(page)
    wait_for_record(page)
    assert granted(page) == NO_TARGETING
    assert granted_partners(page)["meta-pixel"] is False
    assert sorted(ran(page)) == sorted(WITHOUT_SALE)
    choice = choice_of(context)
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"], event["regime_shown"], event["trusted"]) == (
        "save",
        "banner",
        "us-ca",
        True,
    )
    assert event["categories"] == NO_TARGETING
    # Kept as long as browsers allow: forgetting a refusal would turn it into a yes.
    (cookie,) = [cookie for cookie in context.cookies() if cookie.get("name") == "sayso"]
    days = (cookie.get("expires", 0) - choice.decided_at) / 86_400
    assert days == pytest.approx(400, abs=0.01)


def test_opt_out_is_not_asked_about_again_within_twelve_months(new_context: NewContext, own: OwnWebsite) -> None:
    context = come_from(new_context, "US-CA")
    page = visit(context, own)
    notice(page).wait_for()
    with page.expect_navigation():
        press(page, "opt-out")
    wait_for_record(page)
    page.clock.install(time="2027-11-20T12:00:00Z")
    page.goto(own.address("/"))
    wait_for_api(page)
    choices_button(page).wait_for()
    assert state(page)["source"] == "decided"
    assert notice(page).count() == 0
    page.clock.install(time="2027-12-01T12:00:00Z")
    page.goto(own.address("/"))
    notice(page).wait_for()
    # The question is allowed again; the refusal still stands.
    assert granted(page) == NO_TARGETING
    assert notice(page).get_by_role("button", name="Stay opted out").count() == 1


@pytest.mark.parametrize("place", ["US-CA", "US-CO", "US-FL"])
def test_gpc_opts_out_without_a_pop_up(place: str, new_context: NewContext, own: OwnWebsite, server: Server) -> None:
    before = count_events(server)
    context = come_from(new_context, place, "gpc")
    page = visit(context, own)
    assert notice(page).count() == 0
    assert banner(page).count() == 0
    assert state(page)["source"] == "signal"
    assert granted(page) == NO_TARGETING
    assert sorted(ran(page)) == sorted(WITHOUT_SALE)
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING
    assert count_events(server) == before


def test_gpc_status_is_visible_and_its_switch_stands_on_out(new_context: NewContext, own: OwnWebsite) -> None:
    page = visit(come_from(new_context, "US-CA", "gpc"), own)
    button = choices_button(page)
    button.get_by_text("Opt-out request honored").wait_for()
    assert button.inner_text().strip() == "Your Privacy Choices · Opt-out request honored"
    button.click()
    status = centre(page).get_by_text("Opt-out request honored")
    status.wait_for()
    assert not centre(page).get_by_role("switch", name="Sale and sharing of your data").is_checked()


def test_gpc_yields_to_an_explicit_choice_made_under_it(new_context: NewContext, own: OwnWebsite) -> None:
    context = come_from(new_context, "US-CA", "gpc")
    page = visit(context, own)
    choices_button(page).click()
    switch = centre(page).get_by_role("switch", name="Sale and sharing of your data")
    switch.check(force=True)
    press(page, "save")
    wait_for_record(page)
    assert granted(page) == ALL_ON
    page.reload()
    wait_for_api(page)
    choices_button(page).wait_for()
    assert granted(page) == ALL_ON
    assert choices_button(page).inner_text().strip() == "Your Privacy Choices"


def test_gpc_that_appears_later_wins_over_an_earlier_yes(new_context: NewContext, own: OwnWebsite) -> None:
    context = come_from(new_context, "US-CA")
    page = visit(context, own)
    notice(page).wait_for()
    press(page, "keep")
    wait_for_record(page)
    assert granted(page) == ALL_ON
    script, header = SIGNALS["gpc"]
    context.add_init_script(script)
    context.set_extra_http_headers({COUNTRY_HEADER: "US", REGION_HEADER: "CA", **header})
    page.goto(own.address("/"))
    wait_for_api(page)
    choices_button(page).get_by_text("Opt-out request honored").wait_for()
    assert granted(page) == NO_TARGETING
    assert state(page)["source"] == "signal"


@pytest.mark.parametrize("language", ["en", "de"], ids=["the same line", "another language"])
def test_file_that_leaves_the_page_to_another_decides_and_counts_nothing(
    language: str, new_context: NewContext, own: OwnWebsite
) -> None:
    context = come_from(new_context, "US-CA")
    page = visit(context, own)
    # What ran until then can only be ended by loading the page again.
    with page.expect_navigation():
        page.evaluate("() => sayso.rejectAll()")
    wait_for_record(page)
    wait_for_api(page)
    wait_for_calm(page)
    answered: list[str] = []
    page.on("response", lambda response: answered.append(response.url.rsplit("/", 1)[1]))
    lines = own.embed(key=KEY) * (2 if language == "en" else 1)
    page_of_their_own = f"<html lang={language}><head><title>x</title>{lines}</head><body>{MARKUP}</body></html>"
    own.put("/twice", f"<!doctype html>{page_of_their_own}")
    page.goto(own.address("/twice"))
    wait_for_api(page)
    # A file in another language has asked for the place before it gives way; the same line does nothing at all.
    asking = 1 if language == "en" else 2
    wait_until_answered(page, answered, "region", asking)
    wait_until_answered(page, answered, "impressions", 1)
    wait_for_calm(page)
    # What only the other would run is not held back by the one that knows of the refusal.
    assert ran(page) == []
    assert answered.count("impressions") == 1
    # What the page before had still asked for came before.
    assert answered[answered.index("twice") :].count("region") == asking


def wait_until_answered(page: Page, answered: list[str], name: str, count: int) -> None:
    for _ in range(100):
        if answered.count(name) >= count:
            return
        page.wait_for_timeout(20)
    raise AssertionError(answered)


def test_privacy_choices_fill_the_websites_own_link(new_context: NewContext, own: OwnWebsite) -> None:
    link = '<footer><a href="#" data-sayso="choices">Cookies</a></footer>'
    context = come_from(new_context, "US-CA")
    page = visit(context, own, link)
    notice(page).wait_for()
    # Also beside the notice.
    page.locator("[data-sayso=choices]").get_by_role("img").wait_for()
    press(page, "keep")
    own_link = page.locator("[data-sayso=choices]")
    own_link.get_by_role("img").wait_for()
    assert own_link.inner_text().strip() == "Your Privacy Choices"
    page.locator('[data-sayso-layer="confirmation"]').wait_for(state="detached")
    assert choices_button(page).count() == 0
    own_link.click()
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()


# ---- notice


def test_notice_informs_once_answered_never_again(new_context: NewContext, own: OwnWebsite, server: Server) -> None:
    context = come_from(new_context, "US-FL")
    page = visit(context, own)
    notice(page).wait_for()
    assert state(page)["regime"] == "us"
    assert sorted(ran(page)) == sorted(EVERYTHING)
    # Neither the link nor the icon: only California and the states that bind the signal want them.
    assert notice(page).get_by_role("img").count() == 0
    press(page, "keep")
    wait_for_record(page)
    page.goto(own.address("/"))
    wait_for_api(page)
    wait_for_place(page)
    wait_for_calm(page)
    assert notice(page).count() == 0
    (event,) = events_of(server, choice_of(context).consent_id)
    assert (event["action"], event["categories"], event["regime_shown"]) == ("save", ALL_ON, "us")


# ---- places


def test_yes_of_an_opt_out_place_is_no_yes_where_the_law_asks_for_one(new_context: NewContext, own: OwnWebsite) -> None:
    context = come_from(new_context, "US-CA")
    page = visit(context, own)
    notice(page).wait_for()
    press(page, "keep")
    wait_for_record(page)
    context.set_extra_http_headers({COUNTRY_HEADER: "FR"})
    # The answer about the place is kept by the browser for ten minutes: travellers take longer.
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto(own.address("/"))
    wait_for_api(page)
    banner(page).wait_for()
    assert (state(page)["regime"], state(page)["source"]) == ("eu", "moved")
    assert granted(page) == ALL_OFF
    assert ran(page) == []


def test_opt_out_survives_a_journey(new_context: NewContext, own: OwnWebsite) -> None:
    context = come_from(new_context, "US-CA")
    page = visit(context, own)
    notice(page).wait_for()
    with page.expect_navigation():
        press(page, "opt-out")
    wait_for_record(page)
    kept = choice_of(context)
    # In France its time is over by then, and the question is asked; but nobody forgets what was refused in California.
    page.clock.install(time=(kept.decided_at + 200 * 86_400))
    context.set_extra_http_headers({COUNTRY_HEADER: "FR"})
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto(own.address("/"))
    banner(page).wait_for()
    assert state(page)["source"] == "expired"
    assert choice_of(context) == kept
    context.set_extra_http_headers({COUNTRY_HEADER: "US", REGION_HEADER: "CA"})
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto(own.address("/"))
    choices_button(page).wait_for()
    assert granted(page) == NO_TARGETING


def test_place_that_nobody_tells_is_the_strictest(new_context: NewContext, own: OwnWebsite, platform: str) -> None:
    context = come_from(new_context, "US-CA")
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    context.route(f"{platform}/api/v1/sites/{KEY}/region", hold)
    page = context.new_page()
    own.open(page, MARKUP, head=own.embed(key=KEY))
    wait_for_api(page)
    wait_for_calm(page)
    # While it is not known, nothing runs, and nobody is asked by a rule that may be the wrong one.
    assert len(asked) == 1
    assert page.locator("[data-sayso-layer]").count() == 0
    assert ran(page) == []
    banner(page).wait_for()
    assert state(page)["regime"] == "unknown"
    assert ran(page) == []
    # A late answer is an answer.
    asked[0].continue_()
    notice(page).wait_for()
    assert state(page)["regime"] == "us-ca"
    assert banner(page).count() == 0


def test_one_rule_for_everybody_asks_nobody_where_they_are(page: Page, website: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(website + "/demo/")
    banner(page).wait_for()
    assert not [url for url in asked if "/region" in url]
