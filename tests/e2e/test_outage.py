"""The platform fails or refuses: the website goes on, the choice counts, and no record is lost or doubled."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.pages import TAG, gated
from tests.e2e.visitor import (
    ALL_OFF,
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
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page, Route

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

EVENTS = "**/api/v1/sites/*/events"
SECOND_FILE = re.compile(r"/s/numonix\.[0-9a-f]{32}\.js$")
COMMANDS = "<script>(window.sayso = window.sayso || []).push(() => {}); window.finished = true</script>"
MARKUP = gated("inline", 'data-category="performance"') + gated("", 'data-category="targeting"', TAG.format("one"))


@pytest.fixture
def falling_server(server: Server) -> Iterator[Server]:
    """A server that the test may kill."""
    yield server
    if not server.answers():
        server.start()


def queued(page: Page) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = page.evaluate("() => JSON.parse(localStorage.getItem('sayso-queue') || '[]')")
    return events


def test_answer_while_the_server_is_down_counts_and_is_recorded_once_later(
    new_context: NewContext, own: OwnWebsite, falling_server: Server, third_party: ThirdParties
) -> None:
    server, before = falling_server, count_events(falling_server)
    accepting, refusing = (new_context() for _ in range(2))
    for context in (accepting, refusing):
        own.open(context.new_page(), MARKUP)
        banner(context.pages[0]).wait_for()
    server.kill()

    yes, no = accepting.pages[0], refusing.pages[0]
    press(yes, "accept-all")
    yes.wait_for_function(f"() => window.ran && ran.includes({TAG.format('one').removeprefix('https://')!r})")
    press(no, "reject-all")
    banner(no).wait_for(state="detached")
    wait_for_calm(no)
    assert ran(no) == []
    assert [request.url for request in third_party.sent] == [TAG.format("one")]
    waiting = [queued(yes)[0], queued(no)[0]]
    assert [event["action"] for event in waiting] == ["accept_all", "reject_all"]

    # A page that is opened meanwhile gets no snippet: it works, and nothing that waits for a yes runs.
    third_party.forget()
    yes.reload()
    wait_for_calm(yes)
    assert (ran(yes), third_party.sent) == ([], [])
    assert [event["event_id"] for event in queued(yes)] == [waiting[0]["event_id"]]

    server.start()
    assert count_events(server) == before
    for context, event in ((accepting, waiting[0]), (refusing, waiting[1])):
        page = context.pages[0]
        page.reload()
        wait_for_api(page)
        wait_for_record(page)
        (recorded,) = events_of(server, choice_of(context).consent_id)
        assert recorded["event_id"] == event["event_id"].replace("-", "")
        assert recorded["action"] == event["action"]
        page.reload()
        wait_for_api(page)
        assert queued(page) == []
    assert count_events(server) == before + 2


@pytest.mark.parametrize("answer", ["none", "blocked", "error", "nonsense"])
def test_page_works_without_its_snippet(
    answer: str, context: BrowserContext, own: OwnWebsite, third_party: ThirdParties
) -> None:
    # Chromium itself calls nonsense an error of the page, so this is not the tab that must stay silent.
    page = context.new_page()
    held: list[Route] = []

    def fail(route: Route) -> None:
        if answer == "none":
            held.append(route)
        elif answer == "blocked":
            route.abort("blockedbyclient")
        elif answer == "error":
            route.fulfill(status=500, body="throw new Error('no')", content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><p>A login of some hotel</p>", content_type="text/html")

    page.route("**/s/numonix.js", fail)
    own.put("/", f"<!doctype html><title>A page</title>{own.embed()}<h1>A page</h1>{MARKUP}{COMMANDS}")
    page.goto(own.address(), wait_until="domcontentloaded")
    page.get_by_role("heading", name="A page").wait_for()
    page.wait_for_function("() => window.finished")
    assert (ran(page), third_party.sent) == ([], [])
    assert cookie_names(context) == []


def test_preferences_that_could_not_be_fetched_are_fetched_again(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    banner(page).wait_for()
    page.route(SECOND_FILE, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        press(page, "preferences")
    wait_for_calm(page)
    assert centre(page).count() == 0
    # The two answers need no second file.
    assert banner(page).count() == 1
    page.unroute(SECOND_FILE)
    press(page, "preferences")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_event_that_could_not_be_taken_is_sent_again(
    status: int, page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    own.open(page)
    banner(page).wait_for()
    page.route(EVENTS, lambda route: refuse(route, status))
    with page.expect_response(EVENTS):
        press(page, "reject-all")
    wait_for_calm(page)
    (event,) = queued(page)
    assert events_of(server, choice_of(context).consent_id) == []
    page.unroute(EVENTS)
    page.reload()
    wait_for_api(page)
    wait_for_record(page)
    (recorded,) = events_of(server, choice_of(context).consent_id)
    assert recorded["event_id"] == event["event_id"].replace("-", "")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413])
def test_event_that_will_never_be_taken_is_dropped_and_the_console_says_so(
    status: int, page: Page, context: BrowserContext, own: OwnWebsite
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    own.open(page)
    banner(page).wait_for()
    page.route(EVENTS, lambda route: refuse(route, status))
    press(page, "reject-all")
    wait_for_record(page)
    wait_for_calm(page)
    assert len([text for text in said if text.startswith("sayso: ") and str(status) in text]) == 1
    # The choice itself counts all the same.
    assert granted(page) == ALL_OFF
    assert not choice_of(context).grants_something


def test_page_that_is_left_at_once_loses_no_event(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    own.put("/next", "<!doctype html><title>Next</title><p>Next</p>")
    own.open(page)
    banner(page).wait_for()
    page.evaluate(
        """() => {
            document.querySelector('[data-sayso-action="reject-all"]').click();
            location.assign("/next");
        }"""
    )
    page.get_by_text("Next").wait_for()
    choice = choice_of(context)
    # Keepalive or beacon, whichever comes first: the event is stored once.
    wait_for_record_of(page, server, choice.consent_id)
    (event,) = events_of(server, choice.consent_id)
    # A click by a program is not a person's.
    assert (event["action"], event["trusted"]) == ("reject_all", False)


def test_event_that_found_no_way_out_is_sent_once_more_when_the_page_is_left(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    """Whoever never comes back leaves an answer all the same."""
    own.put("/next", "<!doctype html><title>Next</title><p>Next</p>")
    own.open(page)
    banner(page).wait_for()
    # A moment without network, which is over when the visitor leaves.
    page.route(EVENTS, lambda route: route.continue_() if route.request.resource_type == "ping" else route.abort())
    with page.expect_event("requestfailed"):
        press(page, "reject-all")
    wait_for_calm(page)
    assert len(queued(page)) == 1
    page.goto(own.address("/next"))
    choice = choice_of(context)
    wait_for_record_of(page, server, choice.consent_id)
    assert len(events_of(server, choice.consent_id)) == 1


def test_queue_holds_twenty_events_at_most(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    wait_for_api(page)
    page.route(EVENTS, lambda route: refuse(route, 503))
    page.evaluate("() => { for (let i = 0; i < 25; i++) window.sayso.save({categories: {performance: i % 2 == 0}}); }")
    wait_for_calm(page)
    events = queued(page)
    assert len(events) == 20
    # The newest are the ones that count.
    assert [event["categories"]["performance"] for event in events][-2:] == [False, True]


def test_damaged_queue_does_no_harm(context: BrowserContext, own: OwnWebsite, server: Server) -> None:
    # The snippet may say in the console that it met one, so this is not the tab that must stay silent.
    page = context.new_page()
    for content in ("{", "null", '"text"', '[null, 1, {"event_id": 5}, {}]', json.dumps([{"event_id": "x" * 5000}])):
        own.open(page)
        page.evaluate("(content) => localStorage.setItem('sayso-queue', content)", content)
        page.reload()
        wait_for_api(page)
        wait_for_calm(page)
    own.open(page)
    press(page, "reject-all")
    wait_for_record(page)
    assert len(events_of(server, choice_of(context).consent_id)) == 1


def refuse(route: Route, status: int) -> None:
    route.fulfill(
        status=status, json={"error": {"code": "no", "detail": "No."}}, headers={"Access-Control-Allow-Origin": "*"}
    )


def wait_for_record_of(page: Page, server: Server, consent_id: str) -> None:
    for _ in range(100):
        if events_of(server, consent_id):
            return
        page.wait_for_timeout(50)
    raise AssertionError("The event did not arrive.")
