"""Do Not Track and Global Privacy Control speak for the visitor, until the visitor speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
    press,
    stored_in,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

# How a browser with the signal looks to a page, and to a server.
SIGNALS = {
    "dnt": ("Object.defineProperty(Navigator.prototype, 'doNotTrack', {get: () => '1'})", {"DNT": "1"}),
    "gpc": ("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})", {"Sec-GPC": "1"}),
}
NOTES = {"dnt": "Your browser sends Do Not Track.", "gpc": "Your browser sends Global Privacy Control."}


def switch_on(context: BrowserContext, *signals: str) -> None:
    headers: dict[str, str] = {}
    for signal in signals:
        script, header = SIGNALS[signal]
        context.add_init_script(script)
        headers |= header
    context.set_extra_http_headers(headers)


def signals_dict(*present: str) -> dict[str, bool]:
    return {signal: signal in present for signal in ("dnt", "gpc")}


def test_do_not_track_is_heard_in_each_form_that_browsers_send(page: Page, website: str) -> None:
    """`1` with any extension, as the standard allows, and what old browsers said; nothing that only looks like it."""
    page.goto(website + "/demo/")
    wait_for_api(page)
    heard = page.evaluate(
        """(values) => values.map((value) => {
            Object.defineProperty(Navigator.prototype, "doNotTrack", { get: () => value, configurable: true });
            sayso.rejectAll();
            return [value, sayso.get().signals.dnt];
        })""",
        ["1", "1x", "yes", "0", "01", "no", "yesterday", "unspecified", "", None],
    )
    assert [value for value, is_heard in heard if is_heard] == ["1", "1x", "yes"]


@pytest.mark.parametrize("signal", ["dnt", "gpc"])
def test_signal_refuses_without_a_question_and_without_a_trace(
    signal: str, page: Page, context: BrowserContext, website: str, server: Server, third_party: ThirdParties
) -> None:
    before = count_events(server)
    switch_on(context, signal)
    for path in ("/demo/", "/demo/strict/"):
        page.goto(website + path)
        wait_for_api(page)
        wait_for_calm(page)
        assert banner(page).count() == 0
        assert granted(page) == ALL_OFF
        assert page.evaluate("() => window.sayso.get().source") == "signal"
        assert page.evaluate("() => window.sayso.get().signals") == signals_dict(signal)
    assert third_party.sent == []
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING
    assert count_events(server) == before


@pytest.mark.parametrize("signal", ["dnt", "gpc"])
def test_visitor_overrides_the_signal_in_the_preferences(
    signal: str, page: Page, context: BrowserContext, website: str, server: Server
) -> None:
    switch_on(context, signal)
    page.goto(website + "/demo/")
    page.get_by_role("button", name="Cookie settings").click()
    centre(page).get_by_text(NOTES[signal]).wait_for()
    press(page, "accept-all")
    wait_for_record(page)
    page.wait_for_function("() => demo.list.includes('template')")
    choice = choice_of(context)
    assert choice.signals.as_dict() == signals_dict(signal)
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"], event["trusted"]) == ("accept_all", "preferences", True)
    assert event["signals"] == event["signals_seen"] == signals_dict(signal)
    # What was said explicitly holds on the next page, though the signal is still sent.
    page.goto(website + "/demo/about/")
    page.wait_for_function("() => demo.list.length")
    assert granted(page) == ALL_ON
    page.get_by_role("button", name="Cookie settings").click()
    centre(page).get_by_text("you switched on yourself").wait_for()


def test_signal_that_came_after_the_yes_takes_it_back(
    page: Page, context: BrowserContext, website: str, third_party: ThirdParties
) -> None:
    page.goto(website + "/demo/")
    press(page, "accept-all")
    page.wait_for_function("() => demo.list.includes('template')")
    wait_for_record(page)
    assert "_ga" in cookie_names(context)
    third_party.forget()
    switch_on(context, "gpc")
    page.reload()
    wait_for_api(page)
    wait_for_calm(page)
    assert granted(page) == ALL_OFF
    assert page.evaluate("() => demo.list") == []
    assert banner(page).count() == 0
    assert third_party.sent == []
    assert cookie_names(context) == ["sayso"]


def test_yes_given_under_one_signal_does_not_hold_against_the_other(
    page: Page, context: BrowserContext, website: str
) -> None:
    switch_on(context, "dnt")
    page.goto(website + "/demo/")
    wait_for_api(page)
    page.evaluate("() => window.sayso.acceptAll()")
    wait_for_record(page)
    assert granted(page) == ALL_ON
    switch_on(context, "dnt", "gpc")
    page.reload()
    wait_for_api(page)
    wait_for_calm(page)
    assert granted(page) == ALL_OFF
    assert page.evaluate("() => window.sayso.get().source") == "signal"


def test_refusal_stays_a_refusal_when_a_signal_comes_and_goes(new_context: NewContext, website: str) -> None:
    context = new_context()
    page = context.new_page()
    page.goto(website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    switch_on(context, "gpc")
    page.reload()
    wait_for_api(page)
    assert page.evaluate("() => window.sayso.get().source") == "decided"
    assert granted(page) == ALL_OFF


def test_website_that_disregards_do_not_track_asks_all_the_same(
    page: Page, context: BrowserContext, server: Server, third_party: ThirdParties
) -> None:
    switch_on(context, "dnt")
    page.goto(f"http://cloud9-technologies.localhost:{server.port}/demo/")
    banner(page).wait_for()
    wait_for_calm(page)
    assert third_party.sent == []
    press(page, "accept-all")
    page.wait_for_function("() => demo.list.length")
    wait_for_record(page)
    page.reload()
    page.wait_for_function("() => demo.list.length")
    assert granted(page) == ALL_ON


def test_website_that_disregards_do_not_track_heeds_global_privacy_control(
    page: Page, context: BrowserContext, server: Server
) -> None:
    switch_on(context, "gpc")
    page.goto(f"http://cloud9-technologies.localhost:{server.port}/demo/")
    wait_for_api(page)
    wait_for_calm(page)
    assert banner(page).count() == 0
    assert page.evaluate("() => window.sayso.get().source") == "signal"
