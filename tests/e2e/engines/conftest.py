"""Firefox and WebKit beside Chromium: each starts once, and what a path left behind is gone before the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import FAILED, RESULTS
from tests.e2e.engines.firefox import firefox
from tests.e2e.engines.outside import Outside
from tests.e2e.engines.tab import Tab
from tests.e2e.engines.webkit import WebKit, webkit
from tools.engines import find_firefox, find_webkit, present

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.e2e.engines.firefox import Firefox
    from tests.e2e.pages import OwnWebsite

ENGINES = present()
# An empty table would count as a skipped test. `make test-browser` says what is left out.
collect_ignore = [] if ENGINES else ["test_main_paths.py"]


@pytest.fixture(scope="session")
def _everybody_else() -> Iterator[Outside]:
    outside = Outside()
    yield outside
    outside.close()


# These tests come first, and pytest-xdist's first share for a process is larger than all of them: each starts once.
@pytest.fixture(scope="session", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, _everybody_else: Outside, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox | WebKit]:
    with start(request.param, tmp_path_factory.mktemp("engine") / "own", _everybody_else.port) as engine:
        yield engine


def start(name: str, folder: Path, proxy: int) -> AbstractContextManager[Firefox | WebKit]:
    if name == "firefox" and (program := find_firefox()):
        return firefox(program, folder=folder, proxy=proxy)
    if name == "webkit" and (programs := find_webkit()):
        return webkit(programs, folder=folder, proxy=proxy)
    pytest.fail(f"There is no {name}. `make test-browser` installs it, or says what to do.")


@dataclass(frozen=True)
class Signal:
    """A visitor whose browser sends a signal, by its name in `sayso.get()`, and the markup that a page needs for it."""

    name: str
    tab: Tab
    head: str = ""


@pytest.fixture
def outside(_everybody_else: Outside) -> Outside:
    """What left the pages of this test for others than this machine."""
    _everybody_else.sent.clear()
    return _everybody_else


@pytest.fixture
def tab(engine: Firefox | WebKit, own: OwnWebsite, outside: Outside, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A visitor's tab. What its last page threw, or the snippet kept from it, fails the test."""
    tab = Tab(engine)
    own.put("/nothing", "<!doctype html><title>Nothing</title>")
    tab.forget(own.address("/nothing"))
    yield tab
    if request.node.stash.get(FAILED, False):
        RESULTS.mkdir(exist_ok=True)
        tab.picture(RESULTS / f"{request.node.name}.png")
    assert tab.evaluate("() => window.faults || []") == []


@pytest.fixture(params=["gpc", "dnt"])
def signal(
    request: pytest.FixtureRequest, engine: Firefox | WebKit, tab: Tab, _everybody_else: Outside, tmp_path: Path
) -> Iterator[Signal]:
    if isinstance(engine, WebKit):
        yield Signal(request.param, tab, engine.signal(request.param))
        return
    program, proxy = str(find_firefox()), _everybody_else.port
    with firefox(program, folder=tmp_path / "own", proxy=proxy, signal=request.param) as own:
        yield Signal(request.param, Tab(own))
