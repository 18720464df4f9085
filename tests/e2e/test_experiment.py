"""Two banners in a test: each page view draws one, nothing remembers which, and the record says what was shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_accessibility import faults
from tests.e2e.visitor import (
    NOTHING,
    banner,
    centre,
    choice_of,
    cookie_names,
    events_of,
    press,
    stored_in,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

KEY = "tested"
MAKE = f"""
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from consent.models import Notice
from consent.services.experiments import start_experiment
from consent.services.publishing import publish
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
now = timezone.now()
User.objects.create_superuser("petra")
words = {{"banner_title": "May we count?", "accept_all": "Allow all of it"}}
for key in ({KEY!r}, "stopped-light", "stopped-dark"):
    site = create_site(key=key, name="Tested", domains=["http://127.0.0.1:*"], **ANSWERABLE)
    publish(site=site, by="test", now=now)
    Notice.objects.create(site=site, languages=["en"], layout="bar", settings_button=False, texts={{"en": words}})
    start_experiment(site=site, by="test", now=now, last_day=now.date() + timedelta(days=14), share=30)
"""
WIDTH = "(layer) => layer.getBoundingClientRect().width / innerWidth"


@pytest.fixture(scope="module", autouse=True)
def _tested(server: Server) -> None:
    server.shell(MAKE)


def come(page: Page, own: OwnWebsite, chance: float) -> None:
    """To a page on which chance falls so."""
    page.add_init_script(f"Math.random = () => {chance}")
    own.open(page, head=own.embed(key=KEY))


@pytest.mark.parametrize(("chance", "variant", "title"), [(0.69, "1a", ""), (0.71, "1b", "May we count?")])
def test_drawn_banner_is_shown_recorded_and_kept_nowhere(
    chance: float, variant: str, title: str, page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    come(page, own, chance)
    shown = banner(page)
    shown.wait_for()
    heading = shown.locator("h2").inner_text()
    assert heading == title or not title
    assert (shown.evaluate(WIDTH) > 0.9) is (variant == "1b")
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING
    press(page, "accept-all")
    wait_for_record(page)
    (event,) = events_of(server, choice_of(context).consent_id)
    (arm,) = server.rows(
        "SELECT version.digest FROM consent_arm AS arm JOIN consent_noticeversion AS version"
        " ON version.id = arm.version_id JOIN cookies_site AS site ON site.id = version.site_id"
        " WHERE site.key = ? AND arm.variant = ?",
        KEY,
        variant,
    )
    assert (event["variant"], event["digest"]) == (variant, arm["digest"])
    assert choice_of(context).version == arm["digest"][:12]


def test_who_answered_one_banner_is_not_asked_by_the_other(
    page: Page, own: OwnWebsite, new_context: NewContext
) -> None:
    """And the page view after it takes no part: what is changed there is no answer to either."""
    come(page, own, 0.9)
    press(page, "reject-all")
    wait_for_record(page)
    own.open(page, head=own.embed(key=KEY))
    page.locator('[data-sayso-layer="settings"]').wait_for()
    assert banner(page).count() == 0
    with page.expect_request(re.compile("/events$")) as sent:
        page.evaluate("sayso.acceptAll()")
    assert sent.value.post_data
    assert "variant" not in sent.value.post_data


def test_second_banner_opens_a_preference_centre_of_its_own(page: Page, own: OwnWebsite) -> None:
    come(page, own, 0.9)
    press(page, "preferences")
    assert centre(page).locator('[data-sayso-action="accept-all"]').inner_text() == "Allow all of it"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_page_of_a_running_test_has_no_fault_and_is_stopped_by_keyboard(
    scheme: str, width: int, server: Server, new_context: NewContext
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
    server.log_in(page.context, "petra")
    (site,) = server.rows("SELECT id FROM cookies_site WHERE key = ?", f"stopped-{scheme}")
    page.goto(f"{server.platform}/admin/cookies/site/{site['id']}/publish/test/")
    assert faults(page) == []
    page.locator("summary", has_text="Stop the test").press("Enter")
    page.get_by_label("Why").press("Enter")
    page.get_by_text("Stopped", exact=True).wait_for()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
