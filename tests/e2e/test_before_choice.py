"""Before a visitor has chosen, nothing non-essential leaves the page, and nothing is left in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.e2e.visitor import ALL_OFF, NOTHING, banner, cookie_names, count_events, granted, stored_in, wait_for_calm

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

WEBSITES = ("numonix", "cloudcall", "cloud9-technologies", "cloud9-infrastructure", "coso-cloud")


@pytest.mark.parametrize("path", ["/demo/", "/demo/about/", "/demo/cookies/", "/demo/strict/"])
def test_page_before_a_choice_asks_nobody_and_keeps_nothing(
    path: str, page: Page, context: BrowserContext, website: str, server: Server, third_party: ThirdParties
) -> None:
    before, asked = count_events(server), requests_to(page, server.platform)
    page.goto(website + path)
    banner(page).wait_for()
    wait_for_calm(page)
    assert third_party.sent == []
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING
    assert granted(page) == ALL_OFF
    # Of the platform itself: its two files, and nothing that could be counted.
    assert {urlsplit(url).path.split("/")[1] for url in asked} == {"s"}
    assert count_events(server) == before


@pytest.mark.parametrize("key", WEBSITES)
def test_every_demo_website_waits(
    key: str, page: Page, context: BrowserContext, server: Server, third_party: ThirdParties
) -> None:
    page.goto(f"http://{key}.localhost:{server.port}/demo/")
    banner(page).wait_for()
    wait_for_calm(page)
    assert third_party.sent == []
    assert cookie_names(context) == []
    assert page.locator("#panel-ran").inner_text() == "nothing"


def test_looking_at_the_preferences_is_no_choice(
    page: Page, context: BrowserContext, website: str, third_party: ThirdParties
) -> None:
    page.goto(website + "/demo/")
    page.locator('[data-sayso-action="preferences"]').click()
    page.locator('[data-sayso-layer="preferences"]').wait_for()
    wait_for_calm(page)
    assert third_party.sent == []
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING


def requests_to(page: Page, origin: str) -> list[str]:
    """Fills up with the addresses that this tab asks for at an origin."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(origin + "/") else None)
    return asked


# How often cookies are read before the question is there, and whether it is raised out of an observer of sizes: by then
# the page has been laid out, and need not be for us alone.
COUNTING = """
    window.reads = 0;
    const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
    const isUnasked = () => !document.querySelector("[data-sayso-layer]");
    Object.defineProperty(Document.prototype, "cookie", {...cookie, get() {
        if (isUnasked()) reads++;
        return cookie.get.call(this);
    }});
    window.observed = 0;
    const Observer = ResizeObserver;
    window.ResizeObserver = class extends Observer {
        constructor(work) {
            super((...them) => { observed++; work(...them); observed--; });
        }
    };
    window.raised = [];
    const show = HTMLElement.prototype.showPopover;
    HTMLElement.prototype.showPopover = function () {
        raised.push(observed);
        return show.call(this);
    };
"""


def test_way_to_the_question_is_short(page: Page, own: OwnWebsite) -> None:
    page.add_init_script(COUNTING)
    own.open(page)
    page.locator('[data-sayso-layer="banner"]:popover-open').wait_for()
    assert page.evaluate("() => reads") == 1
    assert page.evaluate("() => raised") == [1]
