"""The demonstration websites keep what their own policies promise about signals and changes."""

from __future__ import annotations

import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_signals import switch_on
from tests.e2e.visitor import (
    ALL_OFF,
    banner,
    granted,
    granted_partners,
    press,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

PROMISED_SECONDS = 5
DAY = 86_400
# A colleague adds a partner, and publishes by the days that the website's policy holds.
ADD_AS_PROMISED = """
from datetime import timedelta
from django.utils import timezone
from consent.models import SitePolicy
from consent.schedules import planned
from consent.services.publishing import publish
from cookies.models import Site
from cookies.services.catalogue import add_library_partner
now = timezone.now()
site = Site.objects.get(key={key!r})
policy = SitePolicy.objects.get(site=site)
add_library_partner(site=site, library="hotjar", category="performance", load_mode="gated",
    parameters={{"site_id": "1234567"}})
dates = planned(now=now, effective_at=None,
    asked_from=(now + timedelta(days=policy.grace_days)).date() if policy.grace_days else None,
    announced_until=(now + timedelta(days=policy.announce_days)).date() if policy.announce_days else None)
print(publish(site=site, by="test", now=now, grace_until=dates.grace_until,
    announce_until=dates.announce_until).version.digest)
"""
UNDO = """
from django.utils import timezone
from consent.services.publishing import publish
from cookies.models import Site
site = Site.objects.get(key={key!r})
site.cookies.filter(partner__slug="hotjar").delete()
site.partners.filter(slug="hotjar").delete()
publish(site=site, by="test", now=timezone.now())
"""


@pytest.fixture
def address(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    yield f"http://{request.param}.localhost:{server.port}/demo/"
    server.shell(UNDO.format(key=request.param))


def change_as_promised(server: Server, key: str) -> None:
    digest = server.shell(ADD_AS_PROMISED.format(key=key))
    latest = time.monotonic() + PROMISED_SECONDS
    while digest.encode() not in urllib.request.urlopen(f"{server.platform}/s/{key}.js", timeout=10).read():
        assert time.monotonic() < latest
        time.sleep(0.2)


def come_back(page: Page, address: str, *, days: int = 0) -> None:
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    if days:
        page.clock.install(time=time.time() + days * DAY)
    page.goto("about:blank")
    page.goto(address)
    wait_for_api(page)
    wait_for_calm(page)


@pytest.mark.parametrize(
    ("key", "asks"),
    [("cloud9-technologies", True), ("cloud9-infrastructure", True), ("numonix", False), ("coso-cloud", False)],
)
def test_do_not_track_is_treated_as_the_policy_states(
    key: str, asks: bool, page: Page, context: BrowserContext, server: Server, third_party: ThirdParties
) -> None:
    switch_on(context, "dnt")
    page.goto(f"http://{key}.localhost:{server.port}/demo/")
    wait_for_api(page)
    if asks:
        banner(page).wait_for()
    else:
        page.wait_for_function("() => sayso.get().source == 'signal'")
    wait_for_calm(page)
    assert banner(page).count() == int(asks)
    assert granted(page) == ALL_OFF
    assert third_party.sent == []
    page.goto(f"http://{key}.localhost:{server.port}/demo/cookies/")
    page.get_by_text(
        "This website does not respond to Do Not Track." if asks else "If your browser sends Do Not Track"
    ).wait_for()


@pytest.mark.parametrize("address", ["coso-cloud"], indirect=True)
def test_coso_cloud_lets_a_change_wait_thirty_days_for_those_who_have_chosen(
    address: str, page: Page, context: BrowserContext, server: Server
) -> None:
    page.goto(address)
    press(page, "accept-all")
    wait_for_record(page)
    change_as_promised(server, "coso-cloud")
    changes = page.locator('[data-sayso-layer="changes"]')
    for days in (0, 29):
        come_back(page, address, days=days)
        assert changes.count() == 0
        assert granted_partners(page)["hotjar"] is False
    come_back(page, address, days=31)
    changes.get_by_text("Hotjar (Performance)").wait_for()
    # For somebody new it counts at once.
    context.clear_cookies()
    come_back(page, address)
    press(page, "accept-all")
    wait_for_record(page)
    assert granted_partners(page)["hotjar"] is True


@pytest.mark.parametrize("address", ["cloud9-technologies"], indirect=True)
def test_cloud9_technologies_announces_a_change_for_two_weeks(address: str, page: Page, server: Server) -> None:
    page.goto(address)
    press(page, "reject-all")
    wait_for_record(page)
    change_as_promised(server, "cloud9-technologies")
    news = page.locator('[data-sayso-layer="news"]')
    for days in (0, 13):
        come_back(page, address, days=days)
        news.get_by_text("New: Hotjar (Performance).").wait_for()
    come_back(page, address, days=16)
    assert page.evaluate("() => sayso.get().source") == "decided"
    assert news.count() == 0
