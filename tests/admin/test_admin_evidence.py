"""The evidence of a website in the admin: how its ledger stands, exports, how long records stay, legal holds."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from consent.models import Export, ExportTaken, Ledger, LedgerCheck, LegalHold, RetentionRun
from consent.services import exports
from consent.services.retention import keeping_of
from consent.services.sealing import seal_site
from consent.services.verifying import verify_ledger
from cookies.admin.log import actions_on
from tests.admin.conftest import NOW, url
from tests.admin.test_admin_events import record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from consent.models import Publication
    from cookies.models import Site

HOLD = {"reason": "Case 12/26", "first_day": "2026-11-01", "last_day": "", "consent_ref": ""}


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS, settings.EXPORTS_FOLDER = tmp_path / "keys", tmp_path / "exports"


@pytest.fixture
def website(published: Publication) -> Site:
    return published.site


@pytest.fixture
def ada(browse: Callable[[str], Client]) -> Client:
    return browse("ada")


# --- The ledger ------------------------------------------------------------------------------------


def test_overview_tells_how_the_ledger_stands(ada: Client, website: Site, published: Publication) -> None:
    assert "No ledger yet" in ada.get(url("evidence", website)).content.decode()
    record(published)
    seal_site(site=website, now=NOW)
    record(published)
    page = ada.get(url("evidence", website))
    standing = page.context["standing"]
    assert (standing.size, standing.unsealed) == (1, 1)
    assert standing.checkpoint.note in page.content.decode()
    assert "Nobody has recomputed this ledger yet" in page.content.decode()


def test_overview_is_green_after_a_check_and_red_after_a_finding(
    ada: Client, website: Site, published: Publication
) -> None:
    record(published)
    seal_site(site=website, now=NOW)
    ledger = Ledger.objects.get()
    verify_ledger(ledger=ledger, now=NOW)
    assert "Everything agreed" in ada.get(url("evidence", website)).content.decode()
    LedgerCheck.objects.create(ledger=ledger, finished_at=NOW, size=0, finding="Leaf 0 is missing.")
    page = ada.get(url("evidence", website))
    assert "does not agree with what was signed.</b> Leaf 0 is missing." in page.content.decode()
    # When it last was whole stays to be read.
    assert page.context["standing"].last_green.finding == ""


# --- Exports ---------------------------------------------------------------------------------------


def ask(client: Client, website: Site, capture: Any, **asked: str) -> Any:
    with capture(execute=True):
        return client.post(url("exports", website), {"format": "csv", **asked})


def test_export_is_asked_for_downloaded_and_both_are_written_down(
    ada: Client, website: Site, published: Publication, django_capture_on_commit_callbacks: Any
) -> None:
    event = record(published)
    record(published, action="withdraw", categories=dict.fromkeys(event.categories, False))
    assert ask(ada, website, django_capture_on_commit_callbacks, action="save").status_code == 302
    export = Export.objects.get()
    answer = ada.post(url("export-file", website, export.pk))
    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"), newline=""))
    assert row["id"] == str(event.pk)
    assert "no-store" in answer["Cache-Control"]
    assert export.asked_by == "ada"
    assert [taken.taken_by for taken in ExportTaken.objects.all()] == ["ada"]
    assert [action.change_message for action in actions_on(website)][:2] == [
        f"Downloaded export {export.pk} of the evidence.",
        "Asked for an export of the evidence.",
    ]
    page = ada.get(url("exports", website)).content.decode()
    assert "Taken by ada" in page
    manifest = ada.get(url("export-manifest", website, export.pk)).json()
    assert manifest["count"] == 1
    assert manifest["sha256"] in page


def test_long_export_shows_how_far_it_is_and_is_not_offered(
    ada: Client,
    website: Site,
    published: Publication,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record(published)
    monkeypatch.setattr(exports, "MOST_AT_ONCE", 0)
    ask(ada, website, django_capture_on_commit_callbacks)
    export = Export.objects.get()
    page = ada.get(url("exports", website)).content.decode()
    assert "<progress" in page
    assert url("export-file", website, export.pk) not in page
    assert "is not there" in ada.post(url("export-file", website, export.pk), follow=True).content.decode()
    assert ada.get(url("export-manifest", website, export.pk)).status_code == 404
    assert not ExportTaken.objects.exists()


def test_export_whose_time_is_over_is_refused(
    ada: Client, website: Site, published: Publication, django_capture_on_commit_callbacks: Any
) -> None:
    ask(ada, website, django_capture_on_commit_callbacks)
    export = Export.objects.get()
    exports.remove_expired_exports(now=timezone.now() + timedelta(days=8))
    assert "its time is over" in ada.post(url("export-file", website, export.pk), follow=True).content.decode()
    assert "The file was removed" in ada.get(url("exports", website)).content.decode()
    assert ada.get(url("export-manifest", website, export.pk)).status_code == 200


def test_export_of_another_website_is_not_reached_through_ones_own(
    browse: Callable[[str], Client], website: Site, mallory_site: Site, django_capture_on_commit_callbacks: Any
) -> None:
    ask(browse("ada"), website, django_capture_on_commit_callbacks)
    export = Export.objects.get()
    mallory = browse("mallory")
    assert mallory.post(url("export-file", mallory_site, export.pk)).status_code == 404
    assert mallory.get(url("export-manifest", mallory_site, export.pk)).status_code == 404


def test_export_that_makes_no_sense_is_refused_at_the_field(ada: Client, website: Site) -> None:
    asked = {"format": "xls", "first": "2026-11-23", "last": "2026-11-22"}
    form = ada.post(url("exports", website), asked).context["form"]
    assert set(form.errors) == {"format", "last"}
    assert not Export.objects.exists()


# --- How long --------------------------------------------------------------------------------------


def test_owner_says_how_long_by_place_and_it_is_logged(as_alice: Client, website: Site) -> None:
    assert as_alice.post(url("retention", website), {"days": "1000", "place_ch": "400"}).status_code == 302
    keeping = keeping_of(website)
    assert (keeping.days, keeping.by_place) == (1000, {"ch": 400})
    assert actions_on(website).first().change_message == "Changed how long evidence is kept: 1000 days, ch 400."  # type: ignore[union-attr]
    form = as_alice.get(url("retention", website)).context["form"]
    assert (form["days"].value(), form["place_ch"].value(), form["place_eu"].value()) == (1000, 400, None)
    assert "1000 days, and others for single places" in as_alice.get(url("policy", website)).content.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"days": "20"}, "days"), ({"days": "730", "place_ch": "9999"}, "place_ch"), ({"days": ""}, "days")],
)
def test_days_that_are_refused_are_told_at_the_field(
    sent: dict[str, str], field: str, as_alice: Client, website: Site
) -> None:
    assert set(as_alice.post(url("retention", website), sent).context["form"].errors) == {field}
    assert keeping_of(website).days == 730


def test_dry_run_says_how_many_and_is_in_the_list(ada: Client, website: Site, published: Publication) -> None:
    record(published)
    page = ada.post(url("retention-count", website), follow=True).content.decode()
    assert "would remove the contents of 0 records" in page
    assert "Counted only" in page
    assert RetentionRun.objects.get().is_dry


# --- Legal holds -----------------------------------------------------------------------------------


def test_auditor_sets_a_hold_and_lifts_it_with_a_reason(ada: Client, website: Site) -> None:
    assert ada.post(url("hold-new", website), HOLD).status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.reason, hold.set_by, hold.last_day) == ("Case 12/26", "ada", None)
    assert "Case 12/26" in ada.get(url("retention", website)).content.decode()
    assert "Write why" in ada.post(url("hold-lift", website, hold.pk), {"reason": " "}, follow=True).content.decode()
    ada.post(url("hold-lift", website, hold.pk), {"reason": "Closed\0"})
    hold.refresh_from_db()
    assert hold.lifted_because == "Closed"
    page = ada.get(url("retention", website))
    assert (page.context["standing"], [each.pk for each in page.context["lifted"]]) == ([], [hold.pk])
    assert [action.change_message for action in actions_on(website)][:2] == [
        "Lifted a legal hold: Case 12/26",
        "Set a legal hold: Case 12/26",
    ]


def test_auditor_may_set_holds_but_not_the_days(ada: Client, website: Site) -> None:
    page = ada.get(url("retention", website)).content.decode()
    _, closed = page.split('<fieldset class="sy-bare" disabled>')
    assert 'name="days"' in closed
    # The way to a hold stands outside of what is closed.
    assert url("hold-new", website) in page.rpartition('name="place_unknown"')[2].partition("</fieldset>")[2]
    assert ada.post(url("retention", website), {"days": "30"}).status_code == 403
    assert keeping_of(website).days == 730


def test_hold_of_another_website_is_not_lifted_through_ones_own(
    ada: Client, browse: Callable[[str], Client], website: Site, mallory_site: Site
) -> None:
    ada.post(url("hold-new", website), HOLD)
    hold = LegalHold.objects.get()
    assert browse("mallory").post(url("hold-lift", mallory_site, hold.pk), {"reason": "Mine"}).status_code == 404
    hold.refresh_from_db()
    assert hold.lifted_at is None


def test_hold_without_a_reason_is_refused(ada: Client, website: Site) -> None:
    form = ada.post(url("hold-new", website), {**HOLD, "reason": "", "consent_ref": "x"}).context["form"]
    assert "reason" in form.errors
    assert not LegalHold.objects.exists()
