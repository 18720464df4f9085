"""The preview beside the form, and the draft on the website itself by a signed link: seen before it is saved, and never
recorded or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import faults
from tests.e2e.third_parties import Nobody
from tests.e2e.visitor import (
    banner,
    cookie_names,
    count_events,
    press,
    stored_in,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page, Request

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

MAKE_ERIKA = """
from django.contrib.auth.models import Group, User
from consent.services.drafting import save_languages, save_policy
from cookies.access import group_name
from cookies.models import Role, Site
from cookies.services.sites import create_site
erika, is_new = User.objects.get_or_create(username="erika", defaults={"is_staff": True})
if is_new:
    erika.groups.add(Group.objects.get(name=group_name(Role.OWNER)))
    site = create_site(key="erikas-shop", name="Erika's shop", domains=["https://shop.example"], owner=erika)
    save_languages(site=site, languages=["de"])
    save_policy(site=site, regimes=["eu", "us-ca"])
print(Site.objects.get(key="erikas-shop").pk)
"""
# A draft of the demonstration website that differs from what is live, and the link to it.
MAKE_LINK = """
from consent.preview_links import make_token
from consent.services.drafting import save_texts
from cookies.models import Site
save_texts(site=Site.objects.get(key="numonix"), language="en", texts={"banner_title": "Only in the draft"})
print(make_token("numonix"))
"""
UNDO = """
from consent.services.drafting import save_texts
from cookies.models import Site
save_texts(site=Site.objects.get(key="numonix"), language="en", texts={"banner_title": ""})
"""


@pytest.fixture
def third_party() -> ThirdParties:
    return Nobody()


@pytest.fixture
def erikas_texts(server: Server, page: Page) -> Page:
    """An owner's browser, at the texts of her website: two languages, two places, nothing published."""
    number = server.shell(MAKE_ERIKA)
    server.log_in(page.context, "erika")
    page.goto(f"{server.platform}/admin/cookies/site/{number}/texts/")
    expect(page.locator("[data-sy-live].is-live")).to_be_visible()
    return page


def shown(page: Page, times: int) -> FrameLocator:
    """The frame, once it has been shown anew this often."""
    expect(page.locator(f'[data-sy-live][data-shown="{times}"]')).to_be_attached()
    return page.frame_locator("iframe:not(.is-coming)")


def choose(page: Page, name: str, label: str) -> None:
    page.locator(f"[data-sy-live] select[name={name}]").select_option(label=label)


def test_what_is_typed_is_seen_before_it_is_saved(
    erikas_texts: Page, server: Server, third_party: ThirdParties
) -> None:
    page, events = erikas_texts, count_events(server)
    assert faults(page) == []
    heading = page.locator("[name=banner_title]")
    heading.press_sequentially("Biscuits?")
    expect(shown(page, 1).get_by_role("heading", name="Biscuits?", exact=True)).to_be_visible()
    expect(heading).to_be_focused()

    # What could not be saved is said, and the last picture stays.
    page.locator("[name=reject_all]").fill("No " * 60)
    expect(page.locator(".sy-live-note")).to_contain_text("A button or link has room for 80 characters")
    expect(shown(page, 1).get_by_role("heading", name="Biscuits?", exact=True)).to_be_visible()
    page.locator("[name=reject_all]").fill("No")
    expect(shown(page, 2).get_by_role("button", name="No", exact=True)).to_be_visible()
    expect(page.locator(".sy-live-note")).to_be_empty()

    choose(page, "regime", "California")
    expect(shown(page, 3).locator("[data-sayso-layer=notice]")).to_be_visible()
    for times, (name, label) in enumerate((("regime", "Everybody else"), ("scheme", "Dark")), start=4):
        choose(page, name, label)
        shown(page, times)
    choose(page, "view", "Preference centre")
    centre = shown(page, 6).locator("[data-sayso-layer=preferences]")
    expect(centre.locator("dialog")).to_have_css("background-color", "rgb(17, 17, 34)")
    page.locator("iframe").scroll_into_view_if_needed()
    centre.locator("[data-sayso-action=accept-all]").click()
    expect(centre).to_have_count(0)
    choose(page, "view", "Cookie list")
    shown(page, 7)
    choose(page, "language", "German (Deutsch)")
    expect(shown(page, 8).get_by_role("heading", name="Signale Ihres Browsers")).to_be_visible()

    assert count_events(server) == events
    assert third_party.sent == []
    assert "sayso" not in cookie_names(page.context)
    page.reload()
    expect(page.locator("[name=banner_title]")).to_have_value("")


def test_look_says_at_once_what_can_be_read_and_shows_it_on_both_screens(erikas_texts: Page) -> None:
    page = erikas_texts
    page.get_by_role("link", name="Look", exact=True).click()
    said = page.locator("[data-field=brand_text_colour] .sy-contrast")
    expect(said).to_have_text("Contrast 6.7 to 1. Everybody can read it.")
    page.locator("[name=brand_colour]").fill("#9db8ff")
    expect(said).to_contain_text("Too little")
    expect(page.locator(".sy-live-note")).to_contain_text("Text on the buttons: The contrast")
    page.locator("[name=brand_colour]").fill("#0f766")
    expect(said).to_have_text("Write both colours as # and six digits, such as #1d4ed8.")
    page.locator("[name=brand_colour]").fill("#0f766e")
    button = shown(page, 1).locator("[data-sayso-action=accept-all]")
    expect(button).to_have_css("background-color", "rgb(15, 118, 110)")
    for screen, width in (("Phone", 390), ("Desktop", 1120)):
        choose(page, "screen", screen)
        assert shown(page, 1).locator("body").evaluate("() => innerWidth") == width
    assert faults(page) == []


def test_link_shows_the_draft_on_the_website_and_keeps_nothing(page: Page, own: OwnWebsite, server: Server) -> None:
    sent: list[Request] = []
    warned: list[str] = []
    events = count_events(server)
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108  a list's own method can't be marked
    page.on("console", lambda message: warned.append(message.text))
    token = server.shell(MAKE_LINK)
    own.open(page, "<h1>A page</h1><button onclick='this.textContent = \"Pressed\"'>The page's own</button>", path="/p")
    wait_for_api(page)
    sent.clear()
    page.goto("about:blank")
    page.goto(own.address(f"/p#sayso=preview.{token}"))
    draft = page.frame_locator("[data-sayso-preview]")
    expect(draft.get_by_role("heading", name="Only in the draft")).to_be_visible()
    assert banner(page).count() == 0
    # The page stays in the visitor's hands beside what the frame shows.
    page.get_by_role("button", name="The page's own").click()
    expect(page.get_by_role("button", name="Pressed")).to_be_visible()
    draft.locator("[data-sayso-action=preferences]").click()
    draft.locator("[data-sayso-layer=preferences] [data-sayso-action=accept-all]").click()
    expect(draft.locator("[data-sayso-layer=preferences]")).to_have_count(0)
    wait_for_calm(page)
    assert [request.url for request in sent if is_kept(request)] == []
    assert count_events(server) == events
    assert cookie_names(page.context) == []
    assert stored_in(page)["local"] == {}

    draft.get_by_role("button", name="Leave the preview").click()
    expect(banner(page).get_by_role("heading")).not_to_have_text("Only in the draft")
    assert page.evaluate("() => location.hash") == ""
    server.shell(UNDO)

    # An old link says so, and the page's own banner is there, to be answered.
    page.goto("about:blank")
    page.goto(own.address(f"/p#sayso=preview.{token[:-1]}_"))
    expect(draft.get_by_text("This preview link has expired.")).to_be_visible()
    expect(banner(page)).to_be_visible()
    press(page, "reject-all")
    draft.get_by_role("button", name="Close").click()
    expect(page.locator("[data-sayso-preview]")).to_have_count(0)
    expect(banner(page)).to_have_count(0)
    wait_for_record(page)

    # A page that allows no frames of ours says why in its console, and keeps its own banner.
    page.context.clear_cookies()
    page.clock.install()
    own.open(page, path="/p", headers={"Content-Security-Policy": "frame-src 'none'"})
    page.goto("about:blank")
    page.goto(own.address(f"/p#sayso=preview.{token}"))
    page.locator("[data-sayso-preview]").wait_for(state="attached")
    page.clock.fast_forward(10_000)
    expect(banner(page)).to_be_visible()
    assert any("the preview did not load" in text for text in warned)


def is_kept(request: Request) -> bool:
    return request.method == "POST" or "/api/" in request.url
