"""Check my page, in a real browser: the server reads a page that it serves itself, and says what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_accessibility import faults

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.server import Server

# A member of the demo website, which one worker with one thread serves, and which the check asks in its turn.
JOIN = """
from django.contrib.auth.models import User
from cookies.models import Role, Site
from cookies.services.sites import add_member
who, is_new = User.objects.get_or_create(username="checker", defaults={"is_staff": True})
site = Site.objects.get(key="numonix")
if is_new:
    add_member(site=site, who="checker", roles=[Role.EDITOR])
print(site.pk)
"""


def test_member_has_a_page_checked_and_reads_what_was_found(page: Page, server: Server) -> None:
    site_id = server.shell(JOIN)
    server.log_in(page.context, "checker")
    page.goto(f"{server.platform}/admin/cookies/site/{site_id}/install/")
    page.get_by_role("link", name="Check my page").click()

    page.get_by_label("Address of a page").fill("http://169.254.169.254/latest/meta-data/")
    page.get_by_role("button", name="Check this page").click()
    expect(page.get_by_role("alert")).to_contain_text("is not one of this website's addresses")

    page.get_by_label("Address of a page").fill(f"{server.website}/demo/")
    page.get_by_role("button", name="Check this page").click()
    # It appears by itself, and is said to those who listen.
    expect(page.locator("[data-remark=line_found]")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="The page was read")).to_be_attached()
    assert faults(page) == []
