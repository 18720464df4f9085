"""Takes the pictures of the README from the demo: `python -m tools.screenshots`. Nothing leaves this machine."""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.e2e.server import Server
from tests.e2e.third_parties import ThirdParties
from tools.chromium import find_chromium

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
HEIGHT = 760
WIDTHS = {"desktop": 1100, "phone": 390}
# The two views stand on a quiet ground, side by side.
BOARD = """<!doctype html><style>
body { margin: 0; padding: 24px; display: flex; gap: 24px; background: #e9ecf1; width: max-content }
img { display: block; border-radius: 12px; box-shadow: 0 1px 3px #0003 }
</style>"""


def show_banner(page: Page) -> None:
    page.locator("[data-sayso-layer=banner]").wait_for()


def show_preferences(page: Page) -> None:
    show_banner(page)
    page.click("[data-sayso-action=preferences]")
    page.locator("[data-sayso-layer=preferences] input[data-category]").first.wait_for()
    # Off every button: a button under the pointer looks different.
    page.mouse.move(0, 0)


PICTURES: dict[str, Callable[[Page], None]] = {"banner": show_banner, "preferences": show_preferences}


def main() -> int:
    path = find_chromium()
    if path is None:
        sys.stderr.write("There is no Chromium. `make test-browser` gets one, or says what to do.\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            for name, show in PICTURES.items():
                views = [picture(browser, f"{server.website}/demo/", width, show) for width in WIDTHS.values()]
                (IMAGES / f"{name}.png").write_bytes(side_by_side(browser, views))
                print(f"Made docs/images/{name}.png.")
            browser.close()
        finally:
            server.interrupt()
    return 0


def picture(browser: Browser, address: str, width: int, show: Callable[[Page], None]) -> bytes:
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, reduced_motion="reduce")
    ThirdParties().watch(context)
    page = context.new_page()
    page.goto(address)
    show(page)
    shot = page.screenshot()
    context.close()
    return shot


def side_by_side(browser: Browser, views: list[bytes]) -> bytes:
    page = browser.new_page(viewport={"width": sum(WIDTHS.values()) + 24 * (len(WIDTHS) + 1), "height": HEIGHT + 48})
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(view).decode()}">' for view in views)
    page.set_content(BOARD + images)
    shot = page.screenshot()
    page.close()
    return shot


if __name__ == "__main__":
    sys.exit(main())
