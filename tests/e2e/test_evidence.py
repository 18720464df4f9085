"""The auditor's desk in a real browser: from a consent id to the record and its proof, and to a file of records."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.test_accessibility import faults_in
from tests.e2e.test_admin import FAULTS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.e2e.server import Server

CONSENT_ID = "3f2b0c1e-8d64-4a57-9c1f-0b6a5d2e7f10"
MAKE = f"""
import json, uuid
from datetime import UTC, datetime
from django.contrib.auth.models import User
from consent.grant_proof import proof_rules
from consent.models import Ledger
from consent.privacy_signals import Signals
from consent.services.publishing import live_publication
from consent.services.recording import ReportedEvent, SeenByServer, record_event
from consent.services.sealing import seal_site
from consent.services.verifying import verify_ledger
from cookies.models import Role, Site
from cookies.services.sites import add_member
User.objects.create_user("ada", is_staff=True)
site, now = Site.objects.get(key="numonix"), datetime.now(UTC)
add_member(site=site, who="ada", roles=[Role.AUDITOR])
version = live_publication(site, now=now).version
record_event(
    site_id=site.pk,
    reported=ReportedEvent(
        event_id=uuid.uuid4(), consent_id=uuid.UUID({CONSENT_ID!r}), action="reject_all", surface="banner",
        categories=dict.fromkeys(("performance", "functional", "targeting"), False), partners={{}},
        version_id=version.pk, language="en", regime="eu", signals=Signals(), trusted=True,
    ),
    seen=SeenByServer(regime="eu", country="DE"), rules=proof_rules(json.loads(bytes(version.payload))), now=now,
)
seal_site(site=site, now=now)
verify_ledger(ledger=Ledger.objects.get(site=site), now=now)
print(site.pk)
"""


def is_sound(page: Page) -> None:
    assert page.evaluate(FAULTS) == []
    assert faults_in(page, "light desktop", "dark phone") == {}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_auditor_finds_a_record_sees_what_was_shown_and_takes_it_away(
    page: Page, server: Server, tmp_path: Path
) -> None:
    site_id = server.shell(MAKE).split()[-1]
    server.log_in(page.context, "ada")
    page.goto(f"{server.platform}/admin/consent/consentevent/")
    page.get_by_label("Find a visitor's records").fill(CONSENT_ID)
    page.get_by_label("Find a visitor's records").press("Enter")
    expect(page.get_by_text("Records of the visitor with the reference")).to_be_visible()
    assert CONSENT_ID not in page.url
    is_sound(page)

    page.get_by_role("row").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rejected all")
    expect(page.locator("#proof")).to_contain_text("It holds")
    shown = page.frame_locator("iframe")
    expect(shown.get_by_role("button", name="Reject all")).to_be_visible()
    is_sound(page)

    page.goto(f"{server.platform}/admin/cookies/site/{site_id}/evidence/")
    is_sound(page)
    page.get_by_role("link", name="Exports").click()
    page.get_by_label("NDJSON", exact=False).check()
    page.get_by_role("button", name="Write the export").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    file = tmp_path / "records.ndjson"
    coming.value.save_as(file)
    assert json.loads(file.read_text().splitlines()[-1])["values"]["country"] == "DE"
    page.reload()
    expect(page.get_by_text("Taken by ada")).to_be_visible()
    expect(page.get_by_text(hashlib.sha256(file.read_bytes()).hexdigest())).to_be_visible()
    is_sound(page)

    page.get_by_role("link", name="Retention and holds").click()
    expect(page.get_by_label("Keep evidence for")).to_be_disabled()
    is_sound(page)
    page.get_by_role("link", name="Set a legal hold").click()
    page.get_by_label("Why these records have to stay").fill("Case 12/26")
    is_sound(page)
    page.get_by_role("button", name="Set the hold").click()
    expect(page.get_by_role("heading", name="Case 12/26")).to_be_visible()
