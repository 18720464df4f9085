"""A browser that forgets after seven days what a script wrote: the website's own server sets the cookie once more.

The website is a Django project with `consent.website`; the browser is Chromium, taught Safari's limit.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.visitor import banner, choice_of, press, wait_for_api, wait_for_calm, wait_for_record
from tests.website.foreign import ForeignWebsite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page, Request

    from tests.e2e.server import Server

DAY = 86_400
KEY, PATH = "kept", "/sayso/keep"
MAKE = f"""
from django.utils import timezone
from consent.services.publishing import publish
from cookies.services.sites import create_site, update_site
from tests.facts import ANSWERABLE
site = create_site(key={KEY!r}, name="Kept", domains=["http://127.0.0.1:*"], **ANSWERABLE)
update_site(site=site, keep_path={PATH!r})
publish(site=site, by="test", now=timezone.now())
"""
SAFARI = """
const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
const capped = (text) => text.replace(/Max-Age=(\\d+)/, (all, seconds) => "Max-Age=" + Math.min(seconds, 604800));
Object.defineProperty(Document.prototype, "cookie", { get, set(text) { set.call(this, capped(text)); } });
Object.defineProperty(Navigator.prototype, "vendor", { get: () => "Apple Computer, Inc." });
"""


@pytest.fixture(scope="module")
def django(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForeignWebsite]:
    server.shell(MAKE)
    website = ForeignWebsite(
        tmp_path_factory.mktemp("kept"), SITE_KEY=KEY, PLATFORM=server.platform, REFRESH_SECONDS=1, KEEP_PATH=PATH
    )
    website.start()
    yield website
    website.kill()


def days_left(context: BrowserContext) -> float:
    (cookie,) = [cookie for cookie in context.cookies() if cookie["name"] == "sayso"]
    return (cookie.get("expires", 0) - time.time()) / DAY


def test_answer_outlives_the_seven_days_of_a_script(
    page: Page, context: BrowserContext, django: ForeignWebsite
) -> None:
    address = f"http://127.0.0.1:{django.port}"
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.url == address + PATH else None)
    page.add_init_script(SAFARI)

    def come(**options: Any) -> None:
        page.goto(address + "/", **options)
        wait_for_api(page)
        wait_for_calm(page)

    come()
    banner(page).wait_for()
    assert asked == []
    with page.expect_response(address + PATH) as answered:
        press(page, "accept-all")
    wait_for_record(page)
    answer = answered.value
    assert answer.status == 204
    sent = answer.request.all_headers()
    # A second or two pass between the answer and the request.
    assert int(sent["sayso-keep"]) == pytest.approx(180 * DAY, abs=60)
    assert answer.request.post_data is None
    # What the script wrote came with the request, and was set again.
    value = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "sayso")
    assert sent["cookie"] == f"sayso={value}"
    assert answer.all_headers()["set-cookie"].startswith(f"sayso={value}; ")
    assert days_left(context) == pytest.approx(180, abs=0.1)

    # A page of the same visit asks for nothing.
    come(referer=address + "/")
    assert len(asked) == 1

    # What the script wrote alone would be gone after a week. The next visit mends it.
    page.evaluate("(value) => { document.cookie = `sayso=${value}; Path=/; SameSite=Lax; Max-Age=9999999`; }", value)
    assert days_left(context) == pytest.approx(7, abs=0.1)
    with page.expect_response(address + PATH):
        come()
    assert days_left(context) == pytest.approx(180, abs=0.1)

    with page.expect_response(address + PATH):
        page.evaluate("() => sayso.withdraw()")
    wait_for_record(page)
    assert not choice_of(context).grants_something
    assert days_left(context) == pytest.approx(180, abs=0.1)
