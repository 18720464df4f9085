"""The browser that the tests drive is the one that Playwright means, less what no page of a test can see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_features_that_playwright_turns_off_stay_off(page: Page) -> None:
    page.goto("chrome://version")
    lists = re.findall(r"--disable-features=(\S+)", page.locator("#command_line").inner_text())
    theirs, ours = (set(names.split(",")) for names in lists)
    assert theirs - ours == set(), "Add these to OFF_ANYWAY in tools/chromium.py."
    assert ours > theirs
