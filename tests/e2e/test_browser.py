"""The browser that the tests drive is the one that Playwright means, less what no page of a test can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.chromium import ARGUMENTS, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_features_that_playwright_turns_off_stay_off(browser: Browser) -> None:
    # It tells its command line only to whom it was started for.
    arguments = [*ARGUMENTS, "--enable-automation"]
    started = browser.browser_type.launch(executable_path=find_chromium(), args=arguments)
    line = started.new_browser_cdp_session().send("Browser.getBrowserCommandLine")["arguments"]
    started.close()
    prefix = "--disable-features="
    theirs, ours = (set(word.removeprefix(prefix).split(",")) for word in line if word.startswith(prefix))
    assert theirs - ours == set(), "Add these to OFF_ANYWAY in tools/chromium.py."
    assert ours > theirs
