"""Finds Firefox and WebKit for the tests of the main paths; `python -m tools.engines` gets them where it can.

Where one is missing, the tests leave it out, and `make test-browser` says so at its end. The variable ENGINES names
those that must not be missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.chromium import starts

PACKAGES = {"firefox": ("firefox-esr",), "webkit": ("webkit2gtk-driver", "xvfb")}
FIREFOX_ON_THE_PATH = ("firefox-esr", "firefox")
FIREFOX_ON_MACOS = "/Applications/Firefox.app/Contents/MacOS/firefox"
ADVICE = """NOT TESTED: the main paths in {names}. To have them tested too, type
    sudo apt-get install {packages}
on Debian or Ubuntu. A Firefox that is somewhere else: set FIREFOX to its path. WebKit is WebKitGTK, for Linux only.
"""
# A machine without a network is told so soon.
APT_GET = ("apt-get", "-qq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20")


@dataclass(frozen=True)
class WebKitPrograms:
    driver: str
    screen: str


def find_firefox() -> str | None:
    """The path of a Firefox that starts, or None. The variable FIREFOX comes first."""
    on_the_path = filter(None, map(shutil.which, FIREFOX_ON_THE_PATH))
    candidates = [os.environ.get("FIREFOX") or "", *on_the_path, FIREFOX_ON_MACOS]
    # Ubuntu's package is a stand-in that only says where the real one is.
    return next((path for path in candidates if path and Path(path).exists() and starts(path)), None)


def find_webkit() -> WebKitPrograms | None:
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    return WebKitPrograms(driver, screen) if driver and screen else None


def wanted() -> list[str]:
    """What ENGINES names; without it, every engine."""
    names = os.environ.get("ENGINES", "").replace(",", " ").split()
    if unknown := set(names) - set(PACKAGES):
        raise SystemExit(f"ENGINES names {', '.join(sorted(unknown))}; known are {', '.join(PACKAGES)}.")
    return names or list(PACKAGES)


def present() -> list[str]:
    """The engines to test in. Those that ENGINES names are in it even where they are missing: their tests fail."""
    return [name for name in wanted() if os.environ.get("ENGINES") or is_there(name)]


def is_there(name: str) -> bool:
    return bool(find_firefox() if name == "firefox" else find_webkit())


def missing() -> list[str]:
    return [name for name in PACKAGES if not is_there(name)]


def install(names: list[str]) -> None:
    """Try the system's packages. `missing` tells whether it worked."""
    if not names or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    packages = [package for name in names for package in PACKAGES[name]]
    print(f"Installing {', '.join(packages)} with apt-get ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*APT_GET, *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)


def main(arguments: list[str]) -> int:
    """`--left-out` installs nothing and says what was not tested."""
    is_after = "--left-out" in arguments
    if not is_after:
        install([name for name in missing() if name in wanted()])
    gone = missing()
    left_out = [name for name in PACKAGES if name in gone or name not in wanted()]
    is_fault = bool(os.environ.get("ENGINES") and set(gone) & set(wanted()))
    if left_out and (is_after or is_fault):
        packages = " ".join(package for name in left_out for package in PACKAGES[name])
        sys.stderr.write(ADVICE.format(names=" and ".join(left_out), packages=packages))
    return int(is_fault)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
