"""Takes a picture of every state of the snippet: `make gallery`, into var/gallery/. Nothing leaves this machine.

`python -m tools.gallery NAME …` takes those whose name contains one of the words.
"""

from __future__ import annotations

import html
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from consent.builtin_texts import available_languages
from consent.demo.gallery import LAYOUTS, STATES, colours
from consent.demo.hosts import FIRST_WEBSITE
from tests.e2e.server import Server
from tools.chromium import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).resolve().parents[1] / "var" / "gallery"
SIZES = {
    "phone": {"width": 390, "height": 780},
    "desktop": {"width": 1280, "height": 800},
    # What 1280 × 1024 becomes at 400 %.
    "zoomed": {"width": 320, "height": 256},
    "wide": {"width": 3840, "height": 2160},
}
SCHEMES = ("light", "dark")
CALM = "() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then, 50))))"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>
<style>body { font: 14px/1.5 system-ui, sans-serif; margin: 24px; background: #e9ecf1; color: #15181d }
main { display: flex; flex-wrap: wrap; gap: 24px; align-items: start } figure { margin: 0 }
img { display: block; max-height: 480px; max-width: 100%; border-radius: 8px; box-shadow: 0 1px 3px #0003 }</style>
<h1>Every state of the snippet</h1><main>
"""


@dataclass(frozen=True)
class Picture:
    """One picture: which frame, in how large a window, and what the visitor's system asks for."""

    state: str
    layout: str = "card"
    language: str = "en"
    colours: str = FIRST_WEBSITE
    size: str = "phone"
    scheme: str = "light"
    asks_for: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        parts = (self.state, self.layout, self.language, self.colours, self.size, self.scheme, *self.asks_for)
        return ".".join(parts).replace("_", "-")

    @property
    def path(self) -> str:
        back = "#sayso=p" if self.state == "returned" else ""
        return f"/demo/gallery/{self.state}/{self.layout}/{self.language}/{self.colours}/{back}"


def pictures() -> Iterator[Picture]:
    """Every state at phone and desktop, light and dark; every layout, language and look for what they change."""
    for scheme in SCHEMES:
        for size in ("phone", "desktop"):
            yield from (Picture(state, size=size, scheme=scheme) for state in STATES)
            yield from (Picture("banner", layout=layout, size=size, scheme=scheme) for layout in LAYOUTS[1:])
        for look in colours():
            yield from (Picture(state, colours=look, scheme=scheme) for state in ("banner", "answered"))
    for language in available_languages():
        yield from (Picture(state, language=language) for state in ("banner", "unfolded"))
    for state in ("notice", "changes", "news", "embeds", "declaration", "settings", "long"):
        yield from (Picture(state, layout=layout, language="ar", size="desktop") for layout in LAYOUTS)
    for layout in LAYOUTS:
        yield from (Picture(state, layout=layout, size="wide") for state in ("banner",))
        yield from (Picture(state, layout=layout, size="zoomed") for state in ("banner", "long", "notice", "news"))
    yield from (Picture(state, size="zoomed") for state in ("preferences", "settings", "embeds", "declaration"))
    for state in STATES:
        yield Picture(state, size="desktop", scheme="dark", asks_for={"forced_colors": "active"})
    yield Picture("preferences", size="desktop", asks_for={"reduced_motion": "reduce"})


def main(words: list[str]) -> int:
    path = find_chromium()
    if path is None:
        sys.stderr.write("There is no Chromium. `make test-browser` gets one, or says what to do.\n")
        return 1
    wanted = [each for each in by_name(pictures()).values() if not words or any(word in each.name for word in words)]
    if not words:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            for tab, group in by_window(browser, wanted):
                for picture in group:
                    take(tab, server.website, picture)
                tab.context.close()
            browser.close()
        finally:
            server.interrupt()
    (FOLDER / "index.html").write_text(index(sorted(FOLDER.glob("*.png"))), encoding="utf-8")
    print(f"Took {len(wanted)} pictures: var/gallery/index.html.")
    return 0


def by_name(each: Iterable[Picture]) -> dict[str, Picture]:
    return {picture.name: picture for picture in each}


def by_window(browser: Browser, wanted: list[Picture]) -> Iterator[tuple[Page, list[Picture]]]:
    """A tab for all pictures of the same window: opening one for each takes longer than the picture."""
    groups: dict[str, list[Picture]] = {}
    for picture in wanted:
        groups.setdefault(f"{picture.size} {picture.scheme} {picture.asks_for}", []).append(picture)
    for group in groups.values():
        first = group[0]
        options = {"viewport": SIZES[first.size], "color_scheme": first.scheme, **first.asks_for}
        yield browser.new_context(**options).new_page(), group


def take(page: Page, website: str, picture: Picture) -> None:
    # From nowhere: an address that differs in its fragment only would not be loaded anew.
    page.goto("about:blank")
    page.goto(website + picture.path)
    settle(page, picture.state)
    page.screenshot(path=FOLDER / f"{picture.name}.png")


def settle(page: Page, state: str) -> None:
    """Until the state is there and nothing moves any more."""
    page.locator(STATES[state].shows).first.wait_for()
    page.wait_for_load_state()
    page.evaluate(
        "() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then, 50))))"
    )
    # Off every button: a button under the pointer looks different.
    page.mouse.move(0, 0)


def index(files: list[Path]) -> str:
    figures = (
        f'<figure><img src="{html.escape(file.name)}" alt="" loading="lazy">'
        f"<figcaption>{html.escape(file.stem)}</figcaption></figure>"
        for file in files
    )
    return PAGE + "\n".join(figures) + "\n</main></html>\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
