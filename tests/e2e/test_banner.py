"""The question and its two equal answers: what each sets in motion, what it leaves behind, what the record says."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    NOTHING,
    banner,
    choice_of,
    cookie_names,
    events_of,
    granted,
    press,
    stored_in,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties


def published(server: Server, digest: str) -> Mapping[str, Any]:
    """What was frozen under this digest."""
    rows = server.rows("SELECT payload FROM consent_noticeversion WHERE digest = ?", digest)
    payload: Mapping[str, Any] = json.loads(bytes(rows[0]["payload"]))
    return payload


# --- The two answers are one click each, and look alike ---------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_refusing_looks_like_accepting(scheme: str, width: int, new_context: NewContext, website: str) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 700}).new_page()
    page.goto(website + "/demo/")
    banner(page).wait_for()
    looks = page.evaluate(
        """() => ["reject-all", "accept-all"].map((name) => {
            const button = document.querySelector(`[data-sayso-action="${name}"]`);
            const {width, height, top, bottom, left, right} = button.getBoundingClientRect();
            const seen = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
            const style = getComputedStyle(button);
            const same = ["color", "backgroundColor", "fontSize", "fontWeight", "borderTopColor", "borderTopWidth",
                "textDecorationLine", "opacity", "cursor", "boxShadow"];
            const looks = Object.fromEntries(same.map((key) => [key, style[key]]));
            return {tag: button.localName, seen, width, height, top, ...looks};
        })"""
    )
    assert looks[0] == looks[1]
    assert looks[0]["seen"]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("action", ["reject-all", "accept-all", "preferences"])
def test_answers_can_be_reached_at_four_hundred_percent(
    action: str, language: str, new_context: NewContext, website: str
) -> None:
    # WCAG 2.2, 1.4.10: a window of 1280 by 1024 pixels, magnified four times.
    page = new_context(viewport={"width": 320, "height": 256}).new_page()
    page.goto(f"{website}/demo/?language={language}")
    press(page, action)
    banner(page).wait_for(state="visible" if action == "preferences" else "detached")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_answers_are_reached_by_keyboard_alone(page: Page, context: BrowserContext, website: str) -> None:
    page.goto(website + "/demo/")
    banner(page).wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.dataset.saysoAction") == "reject-all":
            break
    page.keyboard.press("Enter")
    banner(page).wait_for(state="detached")
    wait_for_record(page)
    assert not choice_of(context).grants_something


# --- Reject all ------------------------------------------------------------------------------------


def test_refusal_leaves_the_consent_cookie_and_nothing_else(
    page: Page, context: BrowserContext, website: str, third_party: ThirdParties
) -> None:
    page.goto(website + "/demo/")
    press(page, "reject-all")
    banner(page).wait_for(state="detached")
    wait_for_record(page)
    assert granted(page) == ALL_OFF
    assert cookie_names(context) == ["sayso"]
    assert stored_in(page) == NOTHING
    cookie = context.cookies()[0]
    assert (cookie["path"], cookie["sameSite"], cookie["domain"]) == ("/", "Lax", "127.0.0.1")
    assert len(cookie["value"]) <= 120
    assert abs(cookie["expires"] - time.time() - 180 * 86400) < 600
    # And on the pages that follow.
    for path in ("/demo/", "/demo/cookies/", "/demo/strict/"):
        page.goto(website + path)
        page.locator("#panel-choice", has_text="everything optional refused").wait_for()
        wait_for_calm(page)
        assert banner(page).count() == 0
    assert third_party.sent == []
    assert cookie_names(context) == ["sayso"]
    assert stored_in(page) == NOTHING


def test_refusal_is_recorded_with_the_text_that_was_shown(
    page: Page, context: BrowserContext, website: str, server: Server
) -> None:
    page.goto(website + "/demo/")
    shown = [line.strip() for line in banner(page).inner_text().splitlines() if line.strip()]
    press(page, "reject-all")
    wait_for_record(page)
    choice = choice_of(context)
    (event,) = events_of(server, choice.consent_id)
    assert {name: event[name] for name in ("action", "surface", "trusted", "language", "regime_shown")} == {
        "action": "reject_all",
        "surface": "banner",
        "trusted": True,
        "language": "en",
        "regime_shown": "eu",
    }
    assert event["categories"] == ALL_OFF
    assert event["partners"] == {}
    assert event["signals"] == event["signals_seen"] == {"dnt": False, "gpc": False}
    assert choice.version == event["digest"][:12]
    texts = published(server, event["digest"])["texts"]["en"]
    names = ("banner_title", "banner_text", "details_link", "reject_all", "accept_all", "choose")
    assert sorted(shown) == sorted(texts[name] for name in names)


def test_record_learns_nothing_about_the_page_or_the_browser(
    page: Page, context: BrowserContext, own: OwnWebsite
) -> None:
    own.open(page, path="/secret/place")
    page.goto(own.address("/secret/place?who=me#here"))
    context.add_cookies([{"name": "session", "value": "secret", "domain": "localhost", "path": "/"}])
    with page.expect_request("**/events") as sent:
        press(page, "reject-all")
    headers = sent.value.all_headers()
    assert "cookie" not in headers
    assert headers["referer"] == own.address("/")
    assert set(sent.value.post_data_json or ()) == {
        *("event_id", "consent_id", "action", "surface", "categories", "partners", "version", "language"),
        *("regime", "signals", "client_time", "trusted", "build"),
    }
    assert "secret" not in (sent.value.post_data or "")
    wait_for_record(page)


def test_refusal_in_german_is_recorded_with_the_german_text(
    page: Page, context: BrowserContext, website: str, server: Server
) -> None:
    page.goto(website + "/demo/?language=de")
    shown = banner(page).inner_text()
    assert banner(page).get_attribute("lang") == "de"
    press(page, "reject-all")
    wait_for_record(page)
    (event,) = events_of(server, choice_of(context).consent_id)
    assert event["language"] == "de"
    texts = published(server, event["digest"])["texts"]["de"]
    assert texts["banner_title"] in shown
    assert texts["banner_text"] in shown


def test_second_answer_continues_the_same_record(
    page: Page, context: BrowserContext, website: str, server: Server
) -> None:
    page.goto(website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    first = choice_of(context).consent_id
    page.evaluate("() => window.sayso.acceptAll()")
    wait_for_record(page)
    assert choice_of(context).consent_id == first
    events = events_of(server, first)
    assert [(event["action"], event["surface"], event["trusted"]) for event in events] == [
        ("reject_all", "banner", True),
        ("accept_all", "api", False),
    ]


# --- Accept all ------------------------------------------------------------------------------------


def test_acceptance_starts_each_tag_once_and_in_order(
    page: Page, context: BrowserContext, website: str, server: Server, third_party: ThirdParties
) -> None:
    page.goto(website + "/demo/")
    banner(page).wait_for()
    waiting = page.evaluate("() => [...document.querySelectorAll('script[data-name]')].map((tag) => tag.dataset.name)")
    addresses = page.evaluate(
        "() => [...document.querySelectorAll('script[type=\"text/plain\"][src]')].map((tag) => tag.src)"
    )
    assert len(waiting) >= 3
    assert len(addresses) >= 2
    press(page, "accept-all")
    wait_for_record(page)
    page.wait_for_function("(count) => demo.list.length >= count", arg=len(waiting) + 1)
    wait_for_calm(page)
    # The template stands after the tags of the head.
    assert page.evaluate("() => demo.list") == [*waiting, "template"]
    page.locator(".offer").wait_for()
    page.frame_locator(".video iframe").get_by_text("Stand-in for www.youtube-nocookie.com").wait_for()
    page.wait_for_function("() => document.querySelector('img[data-category]').naturalWidth == 1")
    sent = [request.url for request in third_party.sent]
    assert sorted(url for url in sent if url in addresses) == sorted(addresses)
    assert len(sent) == len(set(sent))
    assert granted(page) == ALL_ON
    (event,) = events_of(server, choice_of(context).consent_id)
    assert (event["action"], event["surface"], event["trusted"]) == ("accept_all", "banner", True)
    assert event["categories"] == ALL_ON


def test_acceptance_holds_on_the_next_page_without_a_question(
    page: Page, context: BrowserContext, website: str, server: Server, third_party: ThirdParties
) -> None:
    page.goto(website + "/demo/")
    press(page, "accept-all")
    wait_for_record(page)
    page.wait_for_function("() => demo.list.includes('template')")
    first = page.evaluate("() => demo.list")
    third_party.forget()
    page.reload()
    page.wait_for_function("() => demo.list.includes('template')")
    wait_for_calm(page)
    assert page.evaluate("() => demo.list") == first
    assert "www.googletagmanager.com" in third_party.hosts
    assert banner(page).count() == 0
    assert len(events_of(server, choice_of(context).consent_id)) == 1


def test_confirmation_says_that_the_answer_was_kept(page: Page, website: str) -> None:
    page.goto(website + "/demo/")
    press(page, "reject-all")
    status = page.locator('[data-sayso-layer="confirmation"]')
    status.get_by_text("You can change this at any time").wait_for()
    assert status.get_attribute("role") == "status"
    page.locator("h1").click()
    status.wait_for(state="detached")
