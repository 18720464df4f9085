"""Takes the pictures of the admin's guide from the demo: `python -m tools.admin_pictures`. Nothing leaves here."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

from tests.e2e.server import Server
from tests.e2e.third_parties import Nobody
from tests.environment import environment
from tools.chromium import find_chromium

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "admin"
SIZE = ViewportSize(width=1280, height=860)
# The name of the picture, and the page of a website that it shows.
PAGES = {
    "home": "index",
    "overview": "site-overview",
    "library": "site-library",
    "partners": "site-partners",
    "texts": "site-texts",
    "look": "site-look",
    "publish": "site-publish",
    "numbers": "site-numbers",
    "install": "site-install",
    "evidence": "site-evidence",
}
# A month of visitors, and a few records in the ledger: what a page shows when there is something to show.
FURNISH = """
import random, uuid
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from consent.models import Counted
from consent.models.statistics import add_counts
from consent.privacy_signals import Signals
from consent.grant_proof import ProofRules
from consent.services.recording import ReportedEvent, SeenByServer, record_event
from cookies.models import Site

chance, now = random.Random(7), timezone.now()
site = Site.objects.get(key="numonix")
version = site.publications.first().version
rules = ProofRules(regimes={}, dnt_policy="honour", categories={}, for_sale=frozenset())
MIX = (("impression", 420), ("asked", 180), ("accept_all", 64), ("reject_all", 58), ("custom", 21), ("withdraw", 3),
       ("grant_performance", 82), ("grant_functional", 79), ("grant_targeting", 65), ("signal_gpc", 26))
for back in range(30):
    day = (now - timedelta(days=back)).date()
    weekend = 0.6 if day.weekday() > 4 else 1
    for outcome, usual in MIX:
        kind = Counted(site.pk, day, version.pk, "eu", "en", "phone", "DE", outcome)
        add_counts({kind: max(1, round(usual * weekend * chance.uniform(0.85, 1.15)))})
for at in range(12):
    answers = {name: chance.random() < 0.5 for name in ("performance", "functional", "targeting")}
    record_event(
        site_id=site.pk, rules=rules, now=now - timedelta(minutes=7 * at),
        seen=SeenByServer(country="DE", device_class="phone", regime="eu"),
        reported=ReportedEvent(
            event_id=uuid.uuid4(), consent_id=uuid.uuid4(), action="save", surface="preferences", categories=answers,
            partners={}, version_id=version.pk, language="en", regime="eu", signals=Signals(), trusted=True))
call_command("maintain", verbosity=0)
call_command("verify_ledger", verbosity=0)
"""
WHERE = """
from django.urls import NoReverseMatch, reverse
from cookies.models import Site
site = Site.objects.get(key="numonix")
name = {name!r}
print(reverse("admin:index") if name == "index" else reverse("admin:" + name, args=[site.pk]))
"""


def main() -> int:
    path = find_chromium()
    if path is None:
        sys.stderr.write("There is no Chromium. `make test-browser` gets one, or says what to do.\n")
        return 1
    # Logging in asks the settings for the name of the session's cookie.
    os.environ.update(environment())
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            server.shell(FURNISH)
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            context = browser.new_context(viewport=SIZE, reduced_motion="reduce", color_scheme="light")
            Nobody().watch(context)
            server.log_in(context, "admin")
            page = context.new_page()
            for name, where in PAGES.items():
                page.goto(server.platform + server.shell(WHERE.format(name=where)), wait_until="networkidle")
                page.screenshot(path=IMAGES / f"{name}.png")
                print(f"Made docs/admin/{name}.png.")
            browser.close()
        finally:
            server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
