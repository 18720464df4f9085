"""The visitor's own record in the preference centre: to read, to take along, to erase."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.visitor import centre, choice_of, events_of, press, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.e2e.server import Server


def open_record(page: Page) -> Locator:
    page.locator("[data-sayso=open]").first.click()
    centre(page).locator("summary", has_text="Your record").click()
    return centre(page).locator(".record")


def decide_twice(page: Page, website: str) -> None:
    page.goto(website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    page.evaluate("() => sayso.save({categories: {performance: true}})")
    wait_for_record(page)


def test_record_lists_decisions_and_names_the_consent(page: Page, website: str, context: BrowserContext) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    decide_twice(page, website)
    record = open_record(page)
    record.get_by_text("Chose one by one: Performance").wait_for()
    assert record.locator("li").count() == 2
    assert "Rejected all" in record.locator("li").nth(1).inner_text()
    consent_id = choice_of(context).consent_id
    assert centre(page).locator("code", has_text=consent_id).count() == 1
    # The id is the key to the record: it never stands in an address that is sent.
    assert not [url for url in asked if consent_id in url]


def test_record_is_taken_along_as_data(page: Page, website: str, context: BrowserContext) -> None:
    decide_twice(page, website)
    record = open_record(page)
    with page.expect_download() as download:
        record.get_by_role("button", name="Download my record").click()
    assert download.value.suggested_filename == "numonix-consent-record.json"
    events = json.loads(Path(download.value.path()).read_text())["results"]
    assert [event["action"] for event in events] == ["save", "reject_all"]


def test_record_is_erased_after_a_second_question(
    page: Page, website: str, context: BrowserContext, server: Server
) -> None:
    decide_twice(page, website)
    choice = choice_of(context)
    record = open_record(page)
    record.get_by_role("button", name="Erase my record").click()
    record.get_by_role("button", name="Keep it").click()
    assert len(events_of(server, choice.consent_id)) == 2
    record.get_by_role("button", name="Erase my record").click()
    record.get_by_role("button", name="Erase it").click()
    record.get_by_text("Your record is erased.").wait_for()
    assert events_of(server, choice.consent_id) == []
    # What was decided in this browser stays as it is.
    assert choice_of(context) == choice


def test_record_that_cannot_be_reached_says_so_and_is_asked_for_again(page: Page, website: str, platform: str) -> None:
    decide_twice(page, website)
    address = f"{platform}/api/v1/sites/numonix/consents"
    page.route(address, lambda route: route.abort())
    record = open_record(page)
    record.get_by_text("Your record can't be reached just now.").wait_for()
    page.unroute(address)
    summary = centre(page).locator("summary", has_text="Your record")
    summary.click()
    summary.click()
    record.get_by_text("Rejected all").wait_for()


def test_other_ways_are_grouped(page: Page, website: str) -> None:
    page.goto(website + "/demo/")
    page.locator("[data-sayso=open]").first.click()
    centre(page).locator("summary", has_text="Other ways to opt out").click()
    titles = centre(page).locator("details[open] h4").all_inner_texts()
    assert titles == ["Pages of the partners", "For many websites at once", "In your browser"]
    partner = centre(page).get_by_role("link", name="Google Analytics 4")
    assert partner.get_attribute("rel") == "noopener noreferrer"
