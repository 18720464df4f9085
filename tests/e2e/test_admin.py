"""The marketer's way through the admin, in a real browser, from the first click to what visitors get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cookies.admin.pages import _pages
from tests.e2e.third_parties import Nobody

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

MAKE_MARIA = """
from django.contrib.auth.models import User
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
maria, is_new = User.objects.get_or_create(username="maria", defaults={"is_staff": True})
if is_new:
    create_site(key="marias-shop", name="Maria's shop", domains=["http://127.0.0.1:*"], owner=maria, **ANSWERABLE)
"""
# Names of controls, ids that stand twice, headings: what can be told without a person.
FAULTS = """() => {
    const faults = [];
    for (const control of document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")) {
        const name = (control.labels && [...control.labels].map((label) => label.textContent).join("").trim())
            || control.getAttribute("aria-label") || "";
        if (!name) faults.push("without a name: " + control.outerHTML.slice(0, 120));
    }
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    faults.push(...ids.filter((id, at) => id && ids.indexOf(id) !== at).map((id) => "twice: " + id));
    if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
    for (const words of (document.querySelectorAll("[aria-describedby]"))) {
        for (const id of words.getAttribute("aria-describedby").split(" ")) {
            if (!document.getElementById(id)) faults.push("described by nothing: " + id);
        }
    }
    if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the window");
    return faults;
}"""


@pytest.fixture
def third_party() -> ThirdParties:
    return Nobody()


@pytest.fixture
def maria(server: Server, page: Page) -> Page:
    """Maria's browser: a marketer with a website of her own, logged in."""
    server.shell(MAKE_MARIA)
    server.log_in(page.context, "maria")
    page.goto(f"{server.platform}/admin/")
    page.get_by_role("link", name="Maria's shop", exact=True).click()
    expect(page.get_by_role("heading", name="Maria's shop", level=1)).to_be_visible()
    return page


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Maria's shop").get_by_role("link", name=name, exact=True).click()


def test_preview_records_nothing_and_reaches_nobody(maria: Page, server: Server, third_party: ThirdParties) -> None:
    sent: list[str] = []
    before = server.rows("SELECT count(*) AS n FROM consent_consentevent")
    cookies = {cookie["name"] for cookie in maria.context.cookies()}
    open_tab(maria, "Publish")
    preview = maria.frame_locator("iframe")
    preview.get_by_role("button", name="Choose for yourself").wait_for()
    maria.on("requestfinished", lambda request: sent.append(request.url))
    maria.locator("iframe").scroll_into_view_if_needed()
    preview.get_by_role("button", name="Choose for yourself").click()
    preview.locator("[data-sayso-layer=preferences] [data-sayso-action=accept-all]").click()
    maria.wait_for_timeout(500)
    # A blob never leaves the browser.
    assert [url for url in sent if "/preview/" not in url and not url.startswith("blob:")] == []
    assert third_party.sent == []
    assert server.rows("SELECT count(*) AS n FROM consent_consentevent") == before
    assert {cookie["name"] for cookie in maria.context.cookies()} == cookies


# What else stands on the pages is looked at by test_marketer.py, in a window that is made narrow afterwards.
def test_every_tab_shows_on_a_phone_where_one_is(maria: Page) -> None:
    maria.set_viewport_size({"width": 390, "height": 900})
    names = maria.get_by_role("navigation", name="Maria's shop").get_by_role("link").all_inner_texts()
    for name in names:
        open_tab(maria, name)
        active = maria.locator(".sy-tabs .is-active")
        expect(active).to_have_text(name)
        expect(active).to_be_in_viewport()
    assert names == [page.tab for page in sorted(_pages.values(), key=lambda page: page.position) if page.tab]


def test_navigation_on_a_phone_opens_with_the_keyboard(maria: Page) -> None:
    maria.set_viewport_size({"width": 390, "height": 844})
    menu = maria.get_by_role("button", name="Menu")
    assert menu.get_attribute("aria-expanded") == "false"
    menu.focus()
    maria.keyboard.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    maria.get_by_role("link", name="Your websites").first.click()
    expect(maria.get_by_role("heading", name="Your websites", level=1)).to_be_visible()


MAKE_RUTH = """
from django.contrib.auth.models import User
User.objects.get_or_create(username="ruth", defaults={"is_staff": True, "is_superuser": True})
"""


@pytest.mark.parametrize("width", [1280, 390])
def test_people_and_groups_have_names_and_room(server: Server, page: Page, width: int) -> None:
    server.shell(MAKE_RUTH)
    server.log_in(page.context, "ruth")
    page.set_viewport_size({"width": width, "height": 900})
    faults = {}
    for name in ("People", "Groups"):
        page.goto(f"{server.platform}/admin/auth/{'user' if name == 'People' else 'group'}/")
        faults[name] = page.evaluate(FAULTS)
        page.locator("tbody th a, tbody td a").first.click()
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
        faults[f"one of {name}"] = page.evaluate(FAULTS)
    assert {where: found for where, found in faults.items() if found} == {}
