"""The page of numbers in a real browser: charts are drawn, each beside its table, in light and dark, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import faults
from tests.e2e.third_parties import Nobody

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

COUNT = """
from datetime import UTC, datetime, timedelta
from django.contrib.auth.models import User
from consent.models import Counted
from consent.models.statistics import add_counts
from consent.services.publishing import live_publication
from cookies.models import Site
now = datetime.now(UTC)
nora, is_new = User.objects.get_or_create(username="nora", defaults={"is_staff": True, "is_superuser": True})
live = live_publication(Site.objects.order_by("pk").first(), now=now)
if is_new:
    add_counts({
        Counted(live.site_id, day, live.version_id, "eu", language, device, "DE", outcome): n
        for back in range(30)
        for day in [now.date() - timedelta(days=back)]
        for language, times in (("en", 3), ("de", 1))
        for device in ("phone", "desktop")
        for outcome, n in (
            ("asked", 90 * times), ("accept_all", 20 * times + back), ("custom", 10 * times), ("reject_all", 25 * times)
        )
    })
print(live.site_id)
"""
# Whether anything but the ground is painted.
IS_DRAWN = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4) colours.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);
    return colours.size > 5;
}"""


@pytest.fixture
def third_party() -> ThirdParties:
    return Nobody()


@pytest.fixture(scope="module")
def address(server: Server) -> str:
    return f"{server.platform}/admin/cookies/site/{server.shell(COUNT)}/numbers/"


def open_numbers(page: Page, server: Server, address: str) -> None:
    server.log_in(page.context, "nora")
    page.goto(address)
    expect(page.get_by_role("heading", name="Numbers", level=1)).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_charts_are_drawn_beside_their_tables_without_a_fault(
    scheme: str, width: int, address: str, server: Server, new_context: NewContext, third_party: ThirdParties
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, accept_downloads=True).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    open_numbers(page, server, address)
    charts = page.locator("[data-sy-chart]:not([hidden])")
    expect(charts).to_have_count(4)
    for canvas in charts.locator("canvas").all():
        assert canvas.evaluate(IS_DRAWN)
    fold = page.get_by_text("Table: by day")
    fold.focus()
    page.keyboard.press("Enter")
    rows = page.get_by_role("region", name="By day").locator("tbody tr")
    expect(rows).to_have_count(30)
    expect(rows.first).to_be_visible()
    with page.expect_download() as png:
        page.get_by_role("button", name="PNG Answers, by day").click()
    assert png.value.path().read_bytes().startswith(b"\x89PNG")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wrong == []
    assert third_party.sent == []


def test_tables_are_there_without_javascript(address: str, server: Server, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    open_numbers(page, server, address)
    expect(page.locator("[data-sy-chart]:visible")).to_have_count(0)
    expect(page.get_by_role("region", name="By language of the banner").locator("tbody tr")).to_have_count(2)
    page.get_by_text("Table: by day").click()
    expect(page.get_by_role("region", name="By day").locator("tbody tr")).to_have_count(30)
