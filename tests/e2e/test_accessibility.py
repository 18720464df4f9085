"""What axe-core finds wrong by the rules of WCAG 2.2 A and AA: nothing, on any of our pages and layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.visitor import banner, centre, press, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.server import Server

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
LOOKS = {
    "light desktop": {"color_scheme": "light", "viewport": DESKTOP},
    "dark desktop": {"color_scheme": "dark", "viewport": DESKTOP},
    "light phone": {"color_scheme": "light", "viewport": PHONE},
    "dark phone": {"color_scheme": "dark", "viewport": PHONE},
}


def faults(page: Page, rules: list[str] = RULES) -> list[str]:
    """Each fault with its place, as a sentence. `rules` are names or groups of axe's."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules
    )
    return [
        f"{fault['id']} ({fault['impact']}): {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def open_page(new_context: NewContext, look: str, address: str) -> Page:
    page = new_context(reduced_motion="reduce", **LOOKS[look]).new_page()
    page.goto(address)
    wait_for_calm(page)
    return page


@pytest.mark.parametrize("look", LOOKS)
def test_layers_have_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/")
    banner(page).wait_for()
    page.get_by_role("button", name="Load once").wait_for()
    assert faults(page) == []
    press(page, "preferences")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    summaries = centre(page).locator("summary")
    for index in range(summaries.count()):
        summaries.nth(index).click()
    assert faults(page) == []
    press(page, "close")
    press(page, "reject-all")
    page.locator('[data-sayso-layer="confirmation"]').get_by_text("Saved.").wait_for()
    assert faults(page) == []
    wait_for_record(page)


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
def test_settings_button_has_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/")
    # The demo has a door of its own; without it the snippet offers one.
    page.evaluate("() => document.querySelector('.doors').remove()")
    press(page, "reject-all")
    page.locator('[data-sayso-layer="confirmation"]').get_by_text("Saved.").wait_for()
    page.locator("h1").click()
    page.locator('[data-sayso-layer="settings"]').wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
@pytest.mark.parametrize(
    "path",
    [
        "/demo/about/",
        "/demo/cookies/",
        "/demo/strict/",
        "/p/numonix/",
        "/p/numonix/?language=de",
        "/p/numonix/cookies/",
        "/p/numonix/receipts/",
        "/p/nobody/",
        "/",
    ],
)
def test_pages_have_no_faults(path: str, look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + path)
    if path.startswith("/demo/"):
        wait_for_api(page)
        banner(page).wait_for()
    for index in range(page.locator("main summary").count()):
        page.locator("main summary").nth(index).click()
    assert page.locator("h1").count() == 1
    assert faults(page) == []


@pytest.mark.parametrize("key", ["cloudcall", "cloud9-technologies", "cloud9-infrastructure", "coso-cloud"])
def test_colours_of_every_demo_website_can_be_read(key: str, new_context: NewContext, server: Server) -> None:
    page = open_page(new_context, "light desktop", f"http://{key}.localhost:{server.port}/demo/")
    banner(page).wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page, ["color-contrast"]) == []


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
def test_record_has_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    page.get_by_role("button", name="Cookie settings").click()
    with page.context.expect_page() as opened:
        centre(page).locator("summary", has_text="Your record").click()
        centre(page).get_by_role("link", name="Open it as a page").click()
    record = opened.value
    record.get_by_text("Rejected all").first.wait_for()
    assert faults(record) == []
    record.get_by_role("button", name="Erase my record").click()
    assert faults(record) == []


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
def test_question_after_a_visit_to_the_platform_has_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/#sayso=p")
    page.locator('[data-sayso-layer="returned"]').wait_for()
    assert faults(page) == []


def test_axe_would_find_a_fault(new_context: NewContext, website: str) -> None:
    """The control: were the rules not run, every test above would pass."""
    page = open_page(new_context, "light desktop", website + "/demo/")
    banner(page).wait_for()
    page.evaluate("() => document.querySelector('h1').append(document.createElement('button'))")
    assert [fault for fault in faults(page) if fault.startswith("button-name")]
