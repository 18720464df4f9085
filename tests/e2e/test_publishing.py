"""A colleague publishes: running servers show it within seconds, and only those whom it concerns are asked again."""

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
    granted_partners,
    press,
    ran,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

KEY = "changing"
PROMISED_SECONDS = 5
HEAD = f"""
from django.utils import timezone
from consent.services.drafting import save_texts
from consent.services.publishing import publish, put_live
from cookies.models import Partner, Site
from cookies.services.catalogue import add_library_partner, archive_partners
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
now = timezone.now()
site = Site.objects.filter(key="{KEY}").first()
"""
PUBLISH = """
publication = publish(site=site, by="test", now=now)
print(publication.version.digest)
"""
MAKE = f"""
site = create_site(key="{KEY}", name="Changing", domains=["http://127.0.0.1:*"], **ANSWERABLE)
add_library_partner(site=site, library="google-analytics", load_mode="gated",
    parameters={{"measurement_id": "G-CHANGING1"}})
"""
ADD = """
add_library_partner(site=site, library="hotjar", category="performance", load_mode="gated",
    parameters={"site_id": "1234567"})
"""
HOSTILE_TITLE = "Another </script><script>throw 1</script> <img src=x onerror='throw 2'> & \u2028 `${1}`"
MARKUP = "".join(
    gated(slug, f'data-category="performance" data-partner="{slug}"') for slug in ("google-analytics", "hotjar")
)


def served(server: Server, key: str = KEY) -> str:
    with urllib.request.urlopen(f"{server.platform}/s/{key}.js", timeout=10) as answer:
        return str(answer.read().decode())


def wait_until_served(server: Server, digest: str) -> float:
    """How long after the publication a visitor gets it, in seconds."""
    began = time.monotonic()
    while digest not in served(server):
        assert time.monotonic() - began < PROMISED_SECONDS, "The server still shows the version before."
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def first_version(server: Server) -> str:
    digest = server.shell(HEAD + MAKE + PUBLISH)
    wait_until_served(server, digest)
    return digest


def test_added_partner_is_off_and_asked_about_by_those_alone_who_had_said_yes(
    first_version: str, new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    granting, refusing, excepting = (new_context().new_page() for _ in range(3))
    thrown: list[str] = []
    granting.on("pageerror", lambda error: thrown.append(str(error)))
    for page in (granting, refusing, excepting):
        own.open(page, MARKUP, head=own.embed(key=KEY))
        banner(page).wait_for()
    press(granting, "accept-all")
    press(refusing, "reject-all")
    excepting.evaluate("() => sayso.save({partners: {'google-analytics': true}})")
    for page in (granting, refusing, excepting):
        wait_for_record(page)

    # Wording alone asks nobody again.
    reworded = server.shell(
        HEAD + f'save_texts(site=site, language="en", texts={{"changes_title": {HOSTILE_TITLE!r}}})' + PUBLISH
    )
    wait_until_served(server, reworded)
    for page in (granting, refusing):
        page.reload()
        wait_for_api(page)
        wait_for_calm(page)
        assert banner(page).count() == 0
    assert ran(granting) == ["google-analytics"]

    second = server.shell(HEAD + ADD + PUBLISH)
    wait_until_served(server, second)
    for page in (granting, refusing, excepting):
        page.reload()
        wait_for_api(page)
        wait_for_calm(page)
    changes = granting.locator('[data-sayso-layer="changes"]')
    changes.wait_for()
    assert [page.locator('[data-sayso-layer="changes"]').count() for page in (refusing, excepting)] == [0, 0]
    assert [banner(page).count() for page in (granting, refusing, excepting)] == [0, 0, 0]
    # What people write is words to every page, never markup or code.
    assert granting.evaluate("() => document.querySelector('[data-sayso-layer] h2').textContent") == HOSTILE_TITLE
    # What had been granted goes on; what was added is off until it is answered.
    assert [ran(page) for page in (granting, refusing, excepting)] == [["google-analytics"], [], ["google-analytics"]]
    assert granted_partners(granting) == {"google-analytics": True, "hotjar": False}
    assert granting.evaluate("() => sayso.get().source") == "changed"

    press(granting, "allow-new")
    granting.wait_for_function("() => ran.includes('hotjar')")
    wait_for_record(granting)
    events = events_of(server, choice_of(granting.context).consent_id)
    assert [event["digest"] for event in events] == [first_version, second]
    granting.reload()
    wait_for_api(granting)
    assert banner(granting).count() == 0
    assert thrown == []


def test_answer_to_a_version_that_was_replaced_meanwhile_is_recorded_for_it(
    first_version: str, new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    page = new_context().new_page()
    own.open(page, gated("", 'data-category="performance"', TAG.format("one")), head=own.embed(key=KEY))
    banner(page).wait_for()
    shown = page.evaluate("() => document.querySelector('[data-sayso-layer=banner] h2').textContent")
    other = server.shell(
        HEAD + f'save_texts(site=site, language="en", texts={{"banner_title": {shown + " (new)"!r}}})' + PUBLISH
    )
    wait_until_served(server, other)
    press(page, "reject-all")
    wait_for_record(page)
    (event,) = events_of(server, choice_of(page.context).consent_id)
    assert event["digest"] != other
