"""A reviewer's whole way: asked, looking, sending back, looking again, approving; and what is published in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_marketer import asked, context, faults, open_tab, publish, save_text, wait_until_served

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.server import Server
    from tests.e2e.third_parties import Nobody

__all__ = ["asked", "context"]
MAKE_NEWSPAPER = """
from datetime import UTC, datetime
from django.contrib.auth.models import User
from consent.services.publishing import publish
from consent.services.reviewing import set_four_eyes
from cookies.models import Role
from cookies.services.sites import add_member, create_site
from tests.facts import ANSWERABLE
owner = User.objects.create_user("olga", is_staff=True)
site = create_site(key="herald", name="Herald", domains=["https://herald.example"], owner=owner, **ANSWERABLE)
publish(site=site, by="olga", now=datetime.now(UTC), reason="The first")
set_four_eyes(site=site, is_on=True)
for name, role in (("edda", Role.EDITOR), ("rhea", Role.REVIEWER), ("paul", Role.PUBLISHER)):
    User.objects.create_user(name, is_staff=True)
    add_member(site=site, who=name, roles=[role])
"""


def open_as(name: str, server: Server, new_context: NewContext, asked: Nobody) -> Page:
    """The website's page in the browser of one of its people."""
    context = new_context(watched_by=asked, reduced_motion="reduce")
    server.log_in(context, name)
    page = context.new_page()
    page.goto(f"{server.platform}/admin/")
    page.locator(".sy-site").get_by_role("link", name="Herald", exact=True).click()
    return page


def open_review(page: Page) -> None:
    open_tab(page, "Publish")
    page.locator(".sy-subtabs").get_by_role("link", name="Review", exact=True).click()


def ask_for_review(page: Page, title: str, note: str) -> None:
    open_tab(page, "Banner & texts")
    save_text(page, "banner_title", title)
    open_tab(page, "Publish")
    page.get_by_role("link", name="Go to Review").click()
    page.get_by_label("What the reviewer should know").fill(note)
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_role("status").first).to_contain_text("A reviewer can decide now")


def test_reviewer_goes_the_whole_way(server: Server, new_context: NewContext, asked: Nobody) -> None:
    server.shell(MAKE_NEWSPAPER)
    edda, rhea, paul = (open_as(name, server, new_context, asked) for name in ("edda", "rhea", "paul"))
    ask_for_review(edda, "Cookies, of course", "The new tone")
    # Whoever asked can't decide.
    expect(edda.get_by_role("button", name="Approve")).to_have_count(0)

    open_tab(paul, "Publish")
    expect(paul.get_by_role("button", name="Publish", exact=True)).to_be_disabled()
    expect(paul.get_by_text("Waits for a review.")).to_be_visible()

    open_review(rhea)
    expect(rhea.get_by_text("The new tone")).to_be_visible()
    assert faults(rhea) == []
    rhea.get_by_role("link", name="See the difference side by side").click()
    expect(rhea.get_by_text("Cookies, of course").first).to_be_visible()
    assert faults(rhea) == []
    open_review(rhea)
    with rhea.expect_popup() as preview:
        rhea.get_by_role("link", name="Preview in English").click()
    expect(preview.value.get_by_role("heading", name="Cookies, of course")).to_be_visible()
    preview.value.close()
    rhea.get_by_role("button", name="Send back").click()
    expect(rhea.locator("main .errorlist").first).to_be_visible()
    rhea.get_by_label("Why").fill("It takes the answer for granted.")
    rhea.get_by_role("button", name="Send back").click()
    expect(rhea.get_by_role("status").first).to_contain_text("Sent the draft back")
    # A reviewer decides, and changes nothing.
    open_tab(rhea, "Banner & texts")
    expect(rhea.get_by_role("button", name="Save the texts")).to_be_disabled()

    open_review(edda)
    expect(edda.get_by_text("rhea sent this draft back: It takes the answer for granted.")).to_be_visible()
    ask_for_review(edda, "May we use cookies?", "Now a question")
    open_review(rhea)
    rhea.get_by_role("button", name="Approve").click()
    expect(rhea.get_by_role("status").first).to_contain_text("Approved the draft")
    assert faults(rhea) == []

    # An approval counts for one draft.
    open_tab(edda, "Banner & texts")
    save_text(edda, "banner_title", "Cookies anyway")
    open_tab(paul, "Publish")
    expect(paul.get_by_role("button", name="Publish", exact=True)).to_be_disabled()
    open_tab(edda, "Banner & texts")
    save_text(edda, "banner_title", "May we use cookies?")
    publish(paul, "Approved by rhea", 2)
    wait_until_served(server, "herald", "May we use cookies?")
    assert asked.sent == []
