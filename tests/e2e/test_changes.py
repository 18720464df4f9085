"""What a website changes reaches those who have answered: asked by name, after a grace, announced, and never nagged."""

from __future__ import annotations

import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.e2e.pages import TAG, gated
from tests.e2e.visitor import (
    banner,
    choice_of,
    events_of,
    granted,
    granted_partners,
    press,
    ran,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

PROMISED_SECONDS = 5
SLUGS = {"google-analytics": "performance", "hotjar": "performance", "meta-pixel": "targeting"}
MARKUP = "".join(
    gated(slug, f'data-category="{code}" data-partner="{slug}"', TAG.format(slug)) for slug, code in SLUGS.items()
)


class Colleague:
    """Changes one website and publishes it, as a click in the admin would."""

    def __init__(self, server: Server, key: str) -> None:
        self.server, self.key = server, key
        self.head = f"""
from datetime import timedelta
from django.utils import timezone
from consent.services.publishing import publish
from cookies.models import Partner, Site
from cookies.services.catalogue import add_library_partner, archive_partners
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
now = timezone.now()
key = "{key}"
site = Site.objects.filter(key=key).first()
"""
        self.do(
            """
site = create_site(key=key, name="Changing", domains=["http://127.0.0.1:*"], **ANSWERABLE)
add_library_partner(site=site, library="google-analytics", load_mode="gated",
    parameters={"measurement_id": "G-CHANGING1"})
"""
        )

    def do(self, code: str, schedule: str = "") -> None:
        """Change the draft, publish it, and wait until visitors are served it."""
        digest = self.server.shell(
            self.head + code + f'print(publish(site=site, by="test", now=now, {schedule}).version.digest)'
        )
        latest = time.monotonic() + PROMISED_SECONDS
        while digest not in self._served():
            assert time.monotonic() < latest, "not served within five seconds"
            time.sleep(0.2)

    def add_hotjar(self, schedule: str = "", starts_on: str = "None") -> None:
        self.do(
            f"""
add_library_partner(site=site, library="hotjar", category="performance", load_mode="gated",
    parameters={{"site_id": "1234567"}})
Partner.objects.filter(site=site, slug="hotjar").update(starts_on={starts_on})
""",
            schedule,
        )

    def _served(self) -> str:
        with urllib.request.urlopen(f"{self.server.platform}/s/{self.key}.js", timeout=10) as answer:
            body: bytes = answer.read()
        return body.decode()


@pytest.fixture
def colleague(server: Server, request: pytest.FixtureRequest) -> Colleague:
    return Colleague(server, f"c-{abs(hash(request.node.name)) % 10**9}")


def changes(page: Page) -> Locator:
    return page.locator('[data-sayso-layer="changes"]')


def news(page: Page) -> Locator:
    return page.locator('[data-sayso-layer="news"]')


def visit(page: Page, own: OwnWebsite, colleague: Colleague) -> None:
    own.open(page, MARKUP, head=own.embed(key=colleague.key))
    wait_for_api(page)
    wait_for_calm(page)


def answer(page: Page, own: OwnWebsite, colleague: Colleague, action: str) -> None:
    visit(page, own, colleague)
    press(page, action)
    wait_for_record(page)


def come_back(page: Page, own: OwnWebsite, colleague: Colleague) -> None:
    """On another day: nothing of what was served before is kept."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    visit(page, own, colleague)


def test_addition_is_named_and_off_until_answered(
    page: Page, own: OwnWebsite, colleague: Colleague, context: BrowserContext, server: Server
) -> None:
    answer(page, own, colleague, "accept-all")
    colleague.add_hotjar()
    come_back(page, own, colleague)
    changes(page).get_by_text("Hotjar (Performance)").wait_for()
    assert changes(page).get_by_text("Google Analytics").count() == 0
    assert ran(page) == ["tags.example/google-analytics.js"]
    assert granted_partners(page) == {"google-analytics": True, "hotjar": False}
    press(page, "refuse-new")
    wait_for_record(page)
    assert granted_partners(page) == {"google-analytics": True, "hotjar": False}
    come_back(page, own, colleague)
    assert changes(page).count() == 0
    assert banner(page).count() == 0
    newest = events_of(server, choice_of(context).consent_id)[-1]
    assert (newest["action"], newest["surface"], newest["partners"]) == ("save", "banner", {"hotjar": False})
    assert newest["categories"] == {
        "strictly_necessary": True,
        "performance": True,
        "functional": True,
        "targeting": True,
    }


def test_addition_is_allowed_with_one_click_and_the_rest_stays(
    page: Page, own: OwnWebsite, colleague: Colleague, context: BrowserContext
) -> None:
    visit(page, own, colleague)
    page.evaluate("() => sayso.save({categories: {performance: true}})")
    wait_for_record(page)
    colleague.do(
        """
add_library_partner(site=site, library="hotjar", category="performance", load_mode="gated",
    parameters={"site_id": "1234567"})
add_library_partner(site=site, library="meta-pixel", load_mode="gated", parameters={"pixel_id": "123456789012345"})
"""
    )
    come_back(page, own, colleague)
    changes(page).get_by_text("Hotjar (Performance)").wait_for()
    # Who had refused targeting is not asked about what came to it.
    assert changes(page).get_by_text("Meta").count() == 0
    press(page, "allow-new")
    wait_for_record(page)
    assert granted_partners(page) == {"google-analytics": True, "hotjar": True, "meta-pixel": False}
    assert granted(page)["targeting"] is False
    assert choice_of(context).partners == {}


def test_refusers_are_not_asked_whatever_changes(page: Page, own: OwnWebsite, colleague: Colleague) -> None:
    answer(page, own, colleague, "reject-all")
    colleague.add_hotjar()
    come_back(page, own, colleague)
    assert page.evaluate("() => sayso.get().source") == "decided"
    assert changes(page).count() == 0
    assert banner(page).count() == 0
    assert ran(page) == []


def test_removal_and_rewording_ask_nobody(page: Page, own: OwnWebsite, colleague: Colleague) -> None:
    colleague.add_hotjar()
    answer(page, own, colleague, "accept-all")
    colleague.do(
        """
archive_partners(partners=site.partners.filter(slug="hotjar"), now=now)
Partner.objects.filter(site=site, slug="google-analytics").update(purpose={"en": "Counts visits, in other words."})
"""
    )
    come_back(page, own, colleague)
    assert page.evaluate("() => sayso.get().source") == "decided"
    assert changes(page).count() == 0
    assert ran(page) == ["tags.example/google-analytics.js"]


def test_grace_lets_those_wait_who_have_chosen_and_nobody_else(
    page: Page, own: OwnWebsite, colleague: Colleague, context: BrowserContext
) -> None:
    answer(page, own, colleague, "accept-all")
    colleague.add_hotjar("grace_until=now + timedelta(days=30)")
    come_back(page, own, colleague)
    assert changes(page).count() == 0
    assert ran(page) == ["tags.example/google-analytics.js"]
    page.clock.install(time=time.time() + 31 * 86_400)
    come_back(page, own, colleague)
    changes(page).get_by_text("Hotjar (Performance)").wait_for()
    assert ran(page) == ["tags.example/google-analytics.js"]
    # For somebody new it counts at once.
    context.clear_cookies()
    come_back(page, own, colleague)
    press(page, "accept-all")
    wait_for_record(page)
    assert granted_partners(page) == {"google-analytics": True, "hotjar": True}


def test_announcement_is_told_once_a_visit_to_those_who_chose_before(
    page: Page, own: OwnWebsite, colleague: Colleague, context: BrowserContext
) -> None:
    answer(page, own, colleague, "reject-all")
    colleague.add_hotjar(
        'announce_until=now + timedelta(days=14), announcement={"en": "We began to watch how pages are used."}'
    )
    kept = choice_of(context)
    come_back(page, own, colleague)
    news(page).get_by_text("We began to watch how pages are used.").wait_for()
    assert news(page).get_by_text("New: Hotjar (Performance).").count() == 1
    assert page.evaluate("() => sayso.get().source") == "announced"
    press(page, "dismiss")
    news(page).wait_for(state="detached")
    # Nothing is answered and nothing is stored by reading it.
    assert choice_of(context) == kept
    own.put(
        "/next/", f'<!doctype html><html lang="en"><head>{own.embed(key=colleague.key)}</head><body>Next</body></html>'
    )
    page.evaluate("() => { location.href = '/next/'; }")
    page.wait_for_url("**/next/")
    wait_for_api(page)
    page.locator('[data-sayso-layer="settings"]').wait_for()
    assert news(page).count() == 0
    page.clock.install(time=time.time() + 15 * 86_400)
    come_back(page, own, colleague)
    page.locator('[data-sayso-layer="settings"]').wait_for()
    assert news(page).count() == 0


def test_announced_partner_waits_for_its_day(page: Page, own: OwnWebsite, colleague: Colleague) -> None:
    colleague.add_hotjar(starts_on="now.date() + timedelta(days=10)")
    answer(page, own, colleague, "accept-all")
    assert ran(page) == ["tags.example/google-analytics.js"]
    page.clock.install(time=time.time() + 11 * 86_400)
    come_back(page, own, colleague)
    # It was announced when they said yes to everything.
    page.wait_for_function("() => (window.ran || []).length == 2")
    assert ran(page) == ["tags.example/google-analytics.js", "tags.example/hotjar.js"]
    assert changes(page).count() == 0
