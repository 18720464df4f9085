"""The real platform, with its demo, and foreign Django projects that ask it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from consent import consent_cookie
from consent.consent_cookie import StoredChoice
from consent.privacy_signals import Signals
from tests.e2e.server import Server
from tests.website.foreign import ForeignWebsite

if TYPE_CHECKING:
    from collections.abc import Iterator

CONSENT_ID = "3f2b8c1e-9a4d-4c7b-8e21-5d6f7a8b9c0d"
COUNTRY, REGION = "X-Country", "X-Region"


class NewWebsite(Protocol):
    def __call__(self, *, interface: str = "wsgi", **sayso: Any) -> ForeignWebsite: ...


class Platform(Server):
    """Behind an edge that says where visitors are, so that its own pages know what the website knows."""

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "COUNTRY_HEADER": COUNTRY, "REGION_HEADER": REGION}


@pytest.fixture(scope="session")
def _platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("platform"))
    platform.begin_with_demo()
    platform.start()
    yield platform
    platform.close()


@pytest.fixture
def platform(_platform: Platform) -> Platform:
    """The platform, running, whatever a test did to it before."""
    if not _platform.answers():
        _platform.start()
    return _platform


@pytest.fixture(scope="session")
def _numonix(_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ForeignWebsite]]:
    """One regime for everybody, in both of Django's stacks."""
    websites = {
        interface: ForeignWebsite(
            tmp_path_factory.mktemp(interface),
            interface=interface,
            SITE_KEY="numonix",
            PLATFORM=_platform.platform,
            REFRESH_SECONDS=1,
            KEEP_PATH="/sayso/keep",
        )
        for interface in ("wsgi", "asgi")
    }
    for website in websites.values():
        website.start()
    yield websites
    for website in websites.values():
        website.kill()


@pytest.fixture(params=["wsgi", "asgi"])
def either(request: pytest.FixtureRequest, _numonix: dict[str, ForeignWebsite], platform: Platform) -> ForeignWebsite:
    return _numonix[request.param]


@pytest.fixture
def website(_numonix: dict[str, ForeignWebsite], platform: Platform) -> ForeignWebsite:
    return _numonix["wsgi"]


@pytest.fixture
def new_website(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewWebsite]:
    """Makes and starts a website of the test's own."""
    websites = []

    def make(*, interface: str = "wsgi", **sayso: Any) -> ForeignWebsite:
        website = ForeignWebsite(tmp_path_factory.mktemp("website"), interface=interface, **sayso)
        websites.append(website)
        website.start()
        return website

    yield make
    for website in websites:
        website.kill()


def cookie(version: str, categories: str = "pft", **changes: Any) -> str:
    """The cookie of somebody who answered this version a minute ago. `categories`: letters, as in the cookie."""
    choice: dict[str, Any] = {
        "version": version[:12],
        "decided_at": int(time.time()) - 60,
        "categories": {name: letter in categories for letter, name in consent_cookie.OPTIONAL.items()},
        "consent_id": CONSENT_ID,
        "regime": "eu",
        "signals": Signals(),
        "partners": {},
    }
    return f"sayso={consent_cookie.format(StoredChoice(**{**choice, **changes}))}"
