"""The hosted pages: a choice without JavaScript, a choice that travels back, and the visitor's own record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.pages import TAG, gated
from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    banner,
    centre,
    choice_of,
    cookie_names,
    count_events,
    events_of,
    granted,
    press,
    ran,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties


def plain(new_context: NewContext) -> Page:
    """A browser that runs no script."""
    return new_context(java_script_enabled=False).new_page()


def returned(page: Page) -> Locator:
    return page.locator('[data-sayso-layer="returned"]')


# --- Without JavaScript, under the website's own domain ---------------------------------------------


@pytest.mark.parametrize(("action", "grants"), [("reject-all", False), ("accept-all", True)])
def test_form_keeps_the_answer_without_javascript(
    action: str, grants: bool, new_context: NewContext, website: str, server: Server
) -> None:
    page = plain(new_context)
    page.goto(website + "/p/numonix/")
    assert cookie_names(page.context) == []
    press(page, action)
    page.get_by_text("Your choice is saved.").wait_for()
    assert cookie_names(page.context) == ["sayso"]
    choice = choice_of(page.context)
    assert set(choice.categories.values()) == {grants}
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"], event["trusted"]) == (action.replace("-", "_"), "page", True)
    assert event["categories"] == (ALL_ON if grants else ALL_OFF)
    # Reloading the page that says so sends nothing twice.
    page.reload()
    assert len(events_of(server, choice.consent_id)) == 1


def test_answer_of_the_form_is_the_answer_of_the_website(
    new_context: NewContext, website: str, third_party: ThirdParties
) -> None:
    page = plain(new_context)
    page.goto(website + "/p/numonix/")
    press(page, "accept-all")
    page.get_by_text("Your choice is saved.").wait_for()
    assert third_party.sent == []
    scripted = new_context(storage_state=page.context.storage_state()).new_page()
    scripted.goto(website + "/demo/")
    scripted.wait_for_function("() => demo.list.length")
    assert granted(scripted) == ALL_ON
    assert banner(scripted).count() == 0


def test_form_saves_exactly_what_was_switched(new_context: NewContext, website: str, server: Server) -> None:
    page = plain(new_context)
    page.goto(website + "/p/numonix/")
    page.locator('input[data-category="performance"]').check()
    page.locator('input[data-category="functional"]').check()
    for index in range(page.locator("section.category:has(input) summary").count()):
        page.locator("section.category:has(input) summary").nth(index).click()
    page.locator('input[name="kept"][data-partner="youtube"]').uncheck()
    page.locator('input[name="allowed"][data-partner="google-ads"]').check()
    # Of the two boxes of a partner, only the one that counts is seen.
    assert not page.locator('input[name="allowed"][data-partner="youtube"]').is_visible()
    press(page, "save")
    page.get_by_text("Your choice is saved.").wait_for()
    choice = choice_of(page.context)
    assert choice.categories == {"performance": True, "functional": True, "targeting": False}
    assert choice.partners == {"youtube": False, "google-ads": True}
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["partners"]) == ("save", {"youtube": False, "google-ads": True})
    # Shown again, the switches stand where they were left.
    page.goto(website + "/p/numonix/")
    assert page.locator('input[data-category="functional"]').is_checked()
    assert not page.locator('input[data-category="targeting"]').is_checked()
    assert not page.locator('input[name="kept"][data-partner="youtube"]').is_checked()
    assert page.locator('input[name="allowed"][data-partner="google-ads"]').is_checked()


def test_form_takes_a_yes_back(new_context: NewContext, website: str, server: Server) -> None:
    page = plain(new_context)
    for action in ("accept-all", "reject-all"):
        page.goto(website + "/p/numonix/")
        press(page, action)
        page.get_by_text("Your choice is saved.").wait_for()
    choice = choice_of(page.context)
    assert not choice.grants_something
    assert [event["action"] for event in events_of(server, choice.consent_id)] == ["accept_all", "reject_all"]


def test_answer_given_in_the_form_holds_against_the_signal_it_was_given_under(
    new_context: NewContext, website: str, server: Server
) -> None:
    page = new_context(java_script_enabled=False, extra_http_headers={"Sec-GPC": "1"}).new_page()
    page.goto(website + "/p/numonix/")
    assert page.get_by_text("Your browser sends Global Privacy Control.").is_visible()
    assert page.locator("input:checked:visible").count() == 0
    press(page, "accept-all")
    page.get_by_text("Your choice is saved.").wait_for()
    choice = choice_of(page.context)
    assert choice.signals.as_dict() == {"dnt": False, "gpc": True}
    (event,) = events_of(server, choice.consent_id)
    assert event["signals"] == event["signals_seen"] == {"dnt": False, "gpc": True}
    page.goto(website + "/p/numonix/")
    assert page.locator('input[data-category="targeting"]').is_checked()


def test_page_of_the_platform_says_that_it_changes_nothing(
    new_context: NewContext, platform: str, server: Server
) -> None:
    before = count_events(server)
    page = plain(new_context)
    page.goto(platform + "/p/numonix/")
    assert page.get_by_text("it can't change anything in this browser").is_visible()
    assert page.locator("form, input, button").count() == 0
    assert cookie_names(page.context) == []
    assert count_events(server) == before


# --- There and back ------------------------------------------------------------------------------------


def test_choice_made_on_the_platform_comes_back_and_counts_once_confirmed(
    page: Page, context: BrowserContext, website: str, server: Server, third_party: ThirdParties
) -> None:
    page.goto(website + "/demo/")
    page.locator("#hosted-return").click()
    page.wait_for_url("**/p/numonix/?return=*")
    page.locator('input[data-category="performance"]').check()
    page.get_by_role("button", name="Save and go back to Numonix").click()
    page.wait_for_url(website + "/demo/#sayso=p")
    returned(page).wait_for()
    wait_for_calm(page)
    # Nothing counts yet: anybody can make a link with such a fragment.
    assert granted(page) == ALL_OFF
    assert (third_party.sent, cookie_names(context)) == ([], [])
    returned(page).get_by_role("button", name="Apply my choice").click()
    page.wait_for_function("() => demo.list.length")
    wait_for_record(page)
    assert granted(page) == {**ALL_OFF, "performance": True}
    choice = choice_of(context)
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"], event["trusted"]) == ("save", "page", True)
    assert page.url == website + "/demo/"
    page.reload()
    wait_for_api(page)
    assert returned(page).count() + banner(page).count() == 0


def test_choice_that_came_back_can_be_ignored(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    before = count_events(server)
    own.open(page, gated("", 'data-category="targeting"', TAG.format("one")))
    page.goto(own.address() + "#sayso=pft.*youtube")
    page.reload()
    returned(page).get_by_role("button", name="Leave things as they are").click()
    banner(page).wait_for()
    wait_for_calm(page)
    assert (ran(page), third_party.sent, cookie_names(context)) == ([], [], [])
    assert count_events(server) == before
    assert page.url == own.address()


@pytest.mark.parametrize(
    "fragment", ["#sayso=", "#sayso=x", "#sayso=tp", "#sayso=p.youtube", "#sayso=%70", "#sayso=pft&x", "#sayso"]
)
def test_fragment_that_is_not_a_choice_is_nothing(
    fragment: str, page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    own.put("/away", "<title>Away</title>")
    own.open(page)
    page.goto(own.address("/away"))
    page.goto(own.address() + fragment)
    banner(page).wait_for()
    wait_for_calm(page)
    assert returned(page).count() == 0
    assert granted(page) == ALL_OFF


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://127.0.0.1@evil.example/"]
)
def test_way_back_leads_to_the_website_only(address: str, page: Page, platform: str) -> None:
    page.goto(f"{platform}/p/numonix/?return={address}")
    assert page.get_by_text("does not belong to Numonix").is_visible()
    assert page.locator("form").count() == 0
    assert page.locator(f'a[href^="{address}"]').count() == 0


# --- The visitor's own record --------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["at once", "on a later page"])
def test_record_is_shown_to_who_has_the_consent_id_and_erased_for_good(
    when: str, page: Page, context: BrowserContext, website: str, server: Server
) -> None:
    page.goto(website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    if when == "on a later page":
        page.goto(website + "/demo/about/")
        wait_for_api(page)
    consent_id = choice_of(context).consent_id
    page.get_by_role("button", name="Cookie settings").click()
    with context.expect_page() as opened:
        centre(page).locator("summary", has_text="Your record").click()
        centre(page).get_by_role("link", name="Open it as a page").click()
    record = opened.value
    record.get_by_text("Rejected all").first.wait_for()
    address = record.url
    assert address.split("#")[1] == consent_id
    assert consent_id not in address.split("#")[0]
    record.get_by_role("button", name="Erase my record").click()
    record.get_by_role("button", name="Erase it for good").click()
    record.get_by_text("Your record is erased.").wait_for()
    assert events_of(server, consent_id) == []
    record.goto("about:blank")
    record.goto(address)
    record.get_by_text("Nothing is kept under this consent id").wait_for()


def test_record_asks_for_nothing_without_a_consent_id(page: Page, platform: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(platform + "/p/numonix/receipts/")
    page.get_by_text("The link carries your consent id").wait_for()
    wait_for_calm(page)
    assert [url for url in asked if "/api/" in url] == []


# --- All of them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/p/numonix/", "/p/numonix/cookies/", "/p/numonix/receipts/", "/p/nobody/", "/verify/"]
)
def test_hosted_pages_keep_nothing_and_ask_nobody(
    path: str, page: Page, context: BrowserContext, platform: str, website: str, third_party: ThirdParties
) -> None:
    context.add_init_script(
        """window.violations = [];
        document.addEventListener("securitypolicyviolation", ({blockedURI}) => violations.push(blockedURI));"""
    )
    for origin in (platform, website):
        page.goto(origin + path)
        wait_for_calm(page)
        assert page.locator("h1").count() == 1
        assert page.evaluate("() => window.violations") == []
    assert (third_party.sent, cookie_names(context)) == ([], [])


def test_declaration_can_be_read_without_javascript(new_context: NewContext, platform: str) -> None:
    page = plain(new_context)
    page.goto(platform + "/p/numonix/cookies/")
    words = page.locator("main").inner_text()
    for fact in ("_ga_*", "Google Ireland Limited", "numonix_session", "Do Not Track", "Global Privacy Control"):
        assert fact in words
    page.goto(platform + "/p/numonix/cookies/?language=de")
    assert page.locator("html").get_attribute("lang") == "de"


def test_declaration_fills_its_place_on_the_website(page: Page, website: str) -> None:
    page.goto(website + "/demo/cookies/")
    place = page.locator('[data-sayso="declaration"]')
    place.get_by_text("_ga_*").wait_for()
    words = place.inner_text()
    for fact in ("Google Ireland Limited", "numonix_session", "Do Not Track", "Global Privacy Control"):
        assert fact in words
    place.get_by_role("button", name="Change your choice").click()
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
