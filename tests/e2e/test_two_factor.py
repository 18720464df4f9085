"""Two-factor login in a browser: set up, asked for at the next login, and the way in without the phone."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django_otp.oath import totp
from playwright.sync_api import expect

from tests.e2e.test_marketer import PASSWORD, asked, context, faults

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.server import Server

__all__ = ["asked", "context"]
# Milliseconds. For a second nothing is heard that follows a wrong code.
AFTER_A_MISTAKE = 1200
MAKE_TILDA = f"""
from django.contrib.auth.models import Group, User
tilda = User.objects.create_user("tilda", password={PASSWORD!r}, is_staff=True)
tilda.groups.add(Group.objects.get(name="Owner"))
"""


def log_in(page: Page, server: Server) -> None:
    page.goto(f"{server.platform}/admin/")
    page.get_by_label("Username").fill("tilda")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def log_out(page: Page, server: Server) -> None:
    page.context.clear_cookies()
    page.goto(f"{server.platform}/admin/")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def code_of(key: str, *, later: int = 0) -> str:
    """What an authenticator app shows, `later` codes from now: each lets in once."""
    return f"{totp(base64.b32decode(key.replace(' ', '')), drift=later):06d}"


def test_second_step_is_set_up_asked_for_and_replaced_by_a_recovery_code(server: Server, page: Page) -> None:
    server.shell(MAKE_TILDA)
    log_in(page, server)
    page.goto(f"{server.platform}/admin/two-factor/")
    assert faults(page) == []
    key = page.locator("#two-factor-key").inner_text()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator("main .errorlist")).to_be_visible()
    page.wait_for_timeout(AFTER_A_MISTAKE)
    page.get_by_label("Code").fill(code_of(key))
    page.get_by_role("button", name="Turn on").click()
    codes = page.get_by_role("list", name="Recovery codes").locator("code").all_inner_texts()
    assert len(codes) == len(set(codes)) >= 8
    assert faults(page) == []
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="No website yet")).to_be_visible()

    log_out(page, server)
    log_in(page, server)
    # Whether a browser without windows follows it is its own affair.
    expect(page.get_by_label("Code")).to_have_attribute("autofocus", "")
    assert faults(page) == []
    # The password alone opens nothing.
    page.goto(f"{server.platform}/admin/cookies/site/add/")
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill("123456")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.wait_for_timeout(AFTER_A_MISTAKE)
    page.get_by_label("Code").fill(code_of(key, later=1))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Add a website")).to_be_visible()

    for attempt in range(2):
        log_out(page, server)
        log_in(page, server)
        page.get_by_label("Code").fill(codes[0])
        page.get_by_role("button", name="Go on").click()
        if attempt == 0:
            expect(page.get_by_role("heading", name="No website yet")).to_be_visible()
    # It lets in once.
    expect(page.get_by_role("alert")).to_be_visible()
