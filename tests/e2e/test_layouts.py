"""Three layouts: each where it belongs, its answers alike, and never over what has the focus."""

from __future__ import annotations

import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.visitor import banner, wait_for_api, wait_for_calm

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

PROMISED_SECONDS = 5
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
LINKS = "".join(f'<p><a href="#{number}">Link {number}</a></p>' for number in range(40))


@pytest.fixture(params=["card", "bar", "centre"])
def layout(request: pytest.FixtureRequest, server: Server) -> str:
    """A website that has chosen this layout; its key is `layout-NAME`."""
    name = str(request.param)
    server.shell(f"""
from django.utils import timezone
from consent.services.drafting import save_appearance
from consent.services.publishing import publish
from cookies.models import Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
if not Site.objects.filter(key="layout-{name}").exists():
    site = create_site(key="layout-{name}", name="Layout", domains=["http://127.0.0.1:*"], **ANSWERABLE)
    add_library_partner(site=site, library="google-analytics", load_mode="gated",
        parameters={{"measurement_id": "G-LAYOUTS001"}})
    save_appearance(site=site, layout="{name}")
    publish(site=site, by="test", now=timezone.now())
""")
    latest = time.monotonic() + PROMISED_SECONDS
    while b'"version"' not in urllib.request.urlopen(f"{server.platform}/s/layout-{name}.js", timeout=10).read():
        assert time.monotonic() < latest
        time.sleep(0.2)
    return name


def show(page: Page, own: OwnWebsite, layout: str) -> dict[str, float]:
    own.open(page, LINKS, head=own.embed(key=f"layout-{layout}"))
    banner(page).wait_for()
    wait_for_calm(page)
    box: Any = banner(page).bounding_box()
    return {**box, "right": box["x"] + box["width"], "bottom": box["y"] + box["height"]}


def test_layout_stands_where_it_belongs(layout: str, new_context: NewContext, own: OwnWebsite) -> None:
    page = new_context(viewport=DESKTOP).new_page()
    box = show(page, own, layout)
    width, height = page.evaluate("() => [document.documentElement.clientWidth, innerHeight]")
    if layout == "bar":
        assert (round(box["x"]), round(box["right"]), round(box["bottom"])) == (0, width, height)
        assert box["height"] < 130
    elif layout == "card":
        assert (round(box["x"]), round(height - box["bottom"]), round(box["width"])) == (24, 24, 480)
    else:
        assert round(box["width"]) == 480
        assert box["x"] == pytest.approx(width - box["right"], abs=1)
        assert box["y"] == pytest.approx(height - box["bottom"], abs=1)


def test_layout_is_a_sheet_on_phones(layout: str, new_context: NewContext, own: OwnWebsite) -> None:
    page = new_context(viewport=PHONE).new_page()
    box = show(page, own, layout)
    assert (round(box["x"]), round(box["right"]), round(box["bottom"])) == (0, 390, 780)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 256}], ids=["desktop", "phone", "400 %"])
def test_layout_gives_both_answers_the_same_face(
    layout: str, viewport: dict[str, int], new_context: NewContext, own: OwnWebsite
) -> None:
    page = new_context(viewport=viewport).new_page()
    show(page, own, layout)
    faces = page.evaluate(
        """() => ["reject-all", "accept-all"].map((action) => {
            const button = document.querySelector(`[data-sayso-action="${action}"]`), style = getComputedStyle(button);
            const { top, width, height } = button.getBoundingClientRect();
            return [top, width, height, style.color, style.backgroundColor, style.fontSize, style.fontWeight].join();
        })"""
    )
    assert faces[0] == faces[1]


def test_layout_never_hides_what_has_the_focus(layout: str, new_context: NewContext, own: OwnWebsite) -> None:
    page = new_context(viewport=DESKTOP).new_page()
    show(page, own, layout)
    page.evaluate("() => document.querySelector('a[href=\"#0\"]').focus()")
    for _ in range(39):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
                const focus = document.activeElement.getBoundingClientRect();
                const layer = document.querySelector('[data-sayso-layer="banner"]').getBoundingClientRect();
                const isCovered = focus.left >= layer.left && focus.right <= layer.right
                    && focus.top >= layer.top && focus.bottom <= layer.bottom;
                return document.activeElement.matches("a[href^='#']") && isCovered;
            }"""
        )
        assert not hidden


def test_layout_shifts_nothing(layout: str, new_context: NewContext, own: OwnWebsite) -> None:
    page = new_context(viewport=DESKTOP).new_page()
    page.add_init_script(
        """window.shifts = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    show(page, own, layout)
    page.locator('[data-sayso-action="reject-all"]').click()
    wait_for_api(page)
    page.locator('[data-sayso-layer="confirmation"]').wait_for()
    assert page.evaluate("() => window.shifts") == 0
