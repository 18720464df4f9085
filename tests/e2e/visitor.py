"""What a visitor sees, presses and keeps: asked in the same words by all browser tests."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from consent import consent_cookie
from consent.services.recording import consent_ref_of

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from consent.consent_cookie import StoredChoice
    from tests.e2e.engines.tab import Tab
    from tests.e2e.server import Server

NOTHING: dict[str, Any] = {"local": {}, "session": {}, "databases": [], "caches": []}
ALL_OFF = {"strictly_necessary": True, "performance": False, "functional": False, "targeting": False}
ALL_ON = dict.fromkeys(ALL_OFF, True)
# Without exceptions at most 120 bytes; the second field is the version, the fifth the consent id.
COOKIE = re.compile(r"1\.[0-9a-f]{12}\.[0-9a-z]{6,7}\.(?:-|p?f?t?)\.[\w-]{22}\.[a-z0-9-]+~g?d?(?:\.[*!~a-z0-9-]+)?")


def banner(page: Page) -> Locator:
    return page.locator('[data-sayso-layer="banner"]')


def centre(page: Page) -> Locator:
    """The preference centre."""
    return page.locator('[data-sayso-layer="preferences"]')


def press(page: Page, action: str) -> None:
    """Click like a person: `accept-all`, `reject-all`, `preferences`, `save`, `close`."""
    page.locator(f'[data-sayso-action="{action}"]').click()


def wait_for_api(page: Page | Tab) -> None:
    page.wait_for_function("() => window.sayso && window.sayso.get")


# Each look begins with a paint of its own; what asks again and again learns of it by the look's name.
RECORDED = """(look) => {
    const painted = window.paintedForTest = window.paintedForTest || {};
    if (!(look in painted)) {
        painted[look] = false;
        requestAnimationFrame(() => setTimeout(() => setTimeout(() => { painted[look] = true; })));
    }
    return painted[look] && localStorage.getItem("sayso-queue") === null;
}"""


def wait_for_record(page: Page | Tab) -> None:
    """Until everything that was decided is acknowledged. An answer is kept, and queued, after the next paint."""
    page.wait_for_function(RECORDED, arg=uuid.uuid4().hex)


def wait_for_calm(page: Page | Tab) -> None:
    """Until the page has loaded and done what it began: only then can a test say that something did not happen."""
    page.wait_for_load_state("load")
    page.evaluate(
        "() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then))))"
    )


def granted(page: Page | Tab) -> dict[str, bool]:
    answer: dict[str, bool] = page.evaluate("() => window.sayso.get().categories")
    return answer


def granted_partners(page: Page) -> dict[str, bool]:
    answer: dict[str, bool] = page.evaluate("() => window.sayso.get().partners")
    return answer


def ran(page: Page | Tab) -> list[str]:
    """The scripts that ran on this page, in order."""
    names: list[str] = page.evaluate("() => window.ran || []")
    return names


def stored_in(page: Page | Tab) -> dict[str, Any]:
    """Whatever this page's origin keeps beside cookies."""
    kept: dict[str, Any] = page.evaluate(
        """async () => ({
            local: {...localStorage},
            session: {...sessionStorage},
            databases: (await indexedDB.databases()).map(({name}) => name),
            caches: await caches.keys(),
        })"""
    )
    return kept


def cookie_names(context: BrowserContext | Tab) -> list[str]:
    """Every cookie of this browser, whichever host it belongs to."""
    return sorted(cookie["name"] for cookie in context.cookies())


def choice_of(context: BrowserContext | Tab) -> StoredChoice:
    """The one consent cookie of this browser, in the contract's format."""
    values = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "sayso"]
    assert len(values) == 1, values
    assert COOKIE.fullmatch(values[0]), values[0]
    choice = consent_cookie.parse(values[0])
    assert choice
    return choice


def events_of(server: Server, consent_id: str) -> list[dict[str, Any]]:
    """What the record holds of this consent id, oldest first, with the digest of what was shown."""
    rows = server.rows(
        "SELECT event.*, version.digest FROM consent_consentevent AS event"
        " JOIN consent_noticeversion AS version ON version.id = event.version_id"
        " WHERE event.consent_ref = ? ORDER BY event.received_at, event.id",
        consent_ref_of(uuid.UUID(consent_id)),
    )
    for row in rows:
        row |= {name: json.loads(row[name]) for name in ("categories", "partners", "signals", "signals_seen")}
        row["trusted"] = None if row["trusted"] is None else bool(row["trusted"])
    return rows


def count_events(server: Server) -> int:
    count: int = server.rows("SELECT count(*) AS count FROM consent_consentevent")[0]["count"]
    return count
