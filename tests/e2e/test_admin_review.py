"""From a check that fails to a version that is live, and the reviewer's part in it, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import faults
from tests.e2e.test_admin import FAULTS
from tests.e2e.third_parties import Nobody

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

PASSWORD = "only-for-this-test"
NAME = "Rita's office"
MAKE = f"""
from django.contrib.auth.models import User
from cookies.services.sites import add_member, create_site
olga = User.objects.create_user("olga", password={PASSWORD!r}, is_staff=True)
User.objects.create_user("rita-reviews", is_staff=True)
site = create_site(key="ritas-office", name={NAME!r}, domains=["http://127.0.0.1:*"], owner=olga)
add_member(site=site, who="rita-reviews", roles=["reviewer"])
"""


@pytest.fixture
def third_party() -> ThirdParties:
    return Nobody()


@pytest.fixture(scope="module", autouse=True)
def _team(server: Server) -> None:
    server.shell(MAKE)


def log_in(page: Page, server: Server) -> None:
    page.goto(f"{server.platform}/admin/")
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name=NAME).get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def open_subpage(page: Page, name: str) -> None:
    page.locator(".sy-subtabs").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def is_sound(page: Page) -> None:
    assert page.evaluate(FAULTS) == []
    assert faults(page) == []


def test_check_fails_is_mended_reviewed_and_published(server: Server, new_context: NewContext) -> None:
    owner = new_context(color_scheme="dark").new_page()
    log_in(owner, server)
    owner.get_by_role("link", name=NAME, exact=True).click()
    open_tab(owner, "Publish")
    publish = owner.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_disabled()
    blocking = owner.locator("#blocking [data-finding]")
    expect(blocking).to_have_count(3)
    is_sound(owner)
    blocking.first.get_by_role("link", name="Mend it").press("Enter")
    owner.get_by_label("Company", exact=False).first.fill("Office Ltd")
    owner.get_by_label("Contact", exact=False).first.fill("office@example.com")
    owner.get_by_label("Privacy policy", exact=False).first.fill("https://office.example/privacy")
    owner.get_by_role("button", name="Save").first.click()
    open_tab(owner, "Publish")
    expect(owner.get_by_text("The check found nothing that blocks")).to_be_visible()
    expect(publish).to_be_enabled()

    open_subpage(owner, "Review")
    owner.get_by_role("button", name="Require a review").click()
    owner.get_by_label("What the reviewer should know").fill("The first one")
    owner.get_by_role("button", name="Ask for a review").click()
    expect(owner.get_by_text("You asked for this review")).to_be_visible()
    open_subpage(owner, "Publish")
    expect(publish).to_be_disabled()

    reviewer = new_context(viewport={"width": 390, "height": 844}).new_page()
    server.log_in(reviewer.context, "rita-reviews")
    reviewer.goto(f"{server.platform}/admin/")
    reviewer.get_by_role("link", name=NAME, exact=True).click()
    open_tab(reviewer, "Publish")
    is_sound(reviewer)
    open_subpage(reviewer, "Difference")
    reviewer.locator("summary", has_text="Texts in English").click()
    expect(reviewer.get_by_role("region", name="Texts in English")).to_be_visible()
    is_sound(reviewer)
    open_subpage(reviewer, "Review")
    expect(reviewer.get_by_text("The first one")).to_be_visible()
    is_sound(reviewer)
    reviewer.get_by_role("button", name="Send back").click()
    expect(reviewer.get_by_role("alert")).to_contain_text("Say what has to change.")
    reviewer.get_by_role("button", name="Approve").press("Enter")
    expect(reviewer.get_by_role("status")).to_contain_text("Approved the draft.")

    owner.reload()
    owner.get_by_label("Why you publish").fill("Approved")
    publish.press("Enter")
    expect(owner.get_by_role("status").first).to_contain_text("Version 1 is live.")
    open_tab(owner, "Versions")
    owner.get_by_role("link", name="Version 1", exact=True).click()
    expect(owner.get_by_text("by rita-reviews, asked by olga")).to_be_visible()
    is_sound(owner)
