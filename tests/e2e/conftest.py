"""A real server, a real browser, and nobody else: what the browser tests stand on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.pages import OwnWebsite
from tests.e2e.server import Server
from tests.e2e.third_parties import ThirdParties
from tools.chromium import ARGUMENTS, find_chromium

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
# Whatever a test forgot to answer must fail here instead of reaching somebody.
ONLY_THIS_MACHINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"
OWN_FAULT = "sayso: something"
FAILED = pytest.StashKey[bool]()


class NewContext(Protocol):
    def __call__(self, *, watched_by: ThirdParties = ..., **options: Any) -> BrowserContext: ...


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        server = getattr(item, "funcargs", {}).get("server")
        if isinstance(server, Server) and server.log.exists():
            report.sections.append(("The server's log", server.log.read_text()[-8000:]))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    server.begin_with_demo()
    server.start()
    server.copy_database(server.new_database)
    yield server
    server.close()


@pytest.fixture
def server_down(server: Server) -> Iterator[Server]:
    """Kills the server for one test. The test may call `start` to bring it back."""
    server.kill()
    yield server
    if not server.answers():
        server.start()


@pytest.fixture(autouse=True)
def platform(server: Server) -> str:
    """The address of Sayso itself."""
    return server.platform


@pytest.fixture
def website(server: Server) -> str:
    """The address of the demo websites: another origin than the platform's."""
    return server.website


@pytest.fixture(scope="session")
def _own_server(server: Server) -> Iterator[OwnWebsite]:
    website = OwnWebsite(server.platform)
    yield website
    website.close()


@pytest.fixture
def own(_own_server: OwnWebsite) -> OwnWebsite:
    """A website of the test's own: `own.open(page, markup)`."""
    _own_server.answers.clear()
    return _own_server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("There is no Chromium. `make test` installs one, or says what to do.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, ONLY_THIS_MACHINE])
        yield browser
        browser.close()


@pytest.fixture
def third_party() -> ThirdParties:
    """What left the pages of this test for other hosts than this machine."""
    return ThirdParties()


@pytest.fixture
def new_context(browser: Browser, third_party: ThirdParties) -> Iterator[NewContext]:
    """Makes a visitor with an empty browser: `new_context(java_script_enabled=False, locale="de")`. `watched_by`: where
    somebody else than the test's `third_party` writes down what leaves its pages."""
    contexts = []

    def open_context(*, watched_by: ThirdParties = third_party, **options: Any) -> BrowserContext:
        context = browser.new_context(**{"service_workers": "block", **options})
        context.set_default_timeout(20_000)  # a busy machine is no bug
        watched_by.watch(context)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def context(new_context: NewContext) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab. An error that a script of the page did not catch fails the test; so does one that the snippet met
    and kept from the page."""
    page = context.new_page()
    uncaught: list[str] = []
    page.on("pageerror", lambda error: uncaught.append(str(error)))
    page.on("console", lambda message: uncaught.append(message.text) if OWN_FAULT in message.text else None)
    yield page
    if request.node.stash.get(FAILED, False):
        RESULTS.mkdir(exist_ok=True)
        page.screenshot(path=RESULTS / f"{request.node.name}.png", timeout=5_000)
    assert uncaught == []
