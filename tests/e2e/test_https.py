"""A real domain under https: the same files and bytes, on names and a scheme that this machine can't serve.

Chromium never connects: the website's pages are made up by interception, the platform's answers are fetched for it.
"""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.e2e.pages import gated
from tests.e2e.visitor import banner, choice_of, cookie_names, press, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from tests.e2e.server import Server

WEBSITE = "https://www.shop.numonix.cloud"
PLATFORM = "https://consent.example"
# What a tag leaves on its own host, on the domain above, and on the domain that was bought.
COOKIES = """for (const domain of ["", "; Domain=shop.numonix.cloud", "; Domain=numonix.cloud"])
    document.cookie = "_ga=1; Path=/; Secure; Max-Age=3600" + domain;"""
MARKUP = (
    f'<!doctype html><html lang="en"><title>A shop</title><script async src="{PLATFORM}/s/numonix.js"></script>'
    '<script type="text/plain" data-category="performance" data-partner="google-analytics">'
    f"{COOKIES}</script>" + gated("inline", 'data-category="performance"')
)


@pytest.fixture
def shop(page: Page, context: BrowserContext, server: Server) -> Page:
    def pass_on(route: Route) -> None:
        sent = route.request
        request = urllib.request.Request(
            server.platform + urlsplit(sent.url).path,
            data=sent.post_data_buffer,
            headers={"Origin": WEBSITE, "Content-Type": "text/plain"},
            method=sent.method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            route.fulfill(status=answer.status, body=answer.read(), headers=dict(answer.headers))

    page.route(f"{PLATFORM}/**", pass_on)
    page.route(f"{WEBSITE}/**", lambda route: route.fulfill(body=MARKUP, content_type="text/html"))
    page.goto(WEBSITE + "/")
    banner(page).wait_for()
    return page


def test_cookie_is_secure_on_https(shop: Page, context: BrowserContext) -> None:
    press(shop, "reject-all")
    wait_for_record(shop)
    (cookie,) = context.cookies()
    found = {name: cookie[name] for name in ("name", "domain", "path", "secure", "sameSite")}
    assert found == {
        "name": "sayso",
        "domain": "www.shop.numonix.cloud",
        "path": "/",
        "secure": True,
        "sameSite": "Lax",
    }
    shop.reload()
    wait_for_api(shop)
    wait_for_calm(shop)
    assert banner(shop).count() == 0


def test_withdrawal_reaches_every_domain_level(shop: Page, context: BrowserContext) -> None:
    press(shop, "accept-all")
    shop.wait_for_function("() => window.ran")
    wait_for_record(shop)
    assert cookie_names(context) == ["_ga", "_ga", "_ga", "sayso"]
    with shop.expect_event("domcontentloaded"):
        shop.evaluate("() => sayso.withdraw()")
    wait_for_api(shop)
    wait_for_record(shop)
    assert cookie_names(context) == ["sayso"]
    assert not choice_of(context).grants_something
