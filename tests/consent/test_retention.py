"""Retention over real events: contents go, leaves stay and verify, holds hold, and every run is written down."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from consent.append_only import EvidenceIsFinal
from consent.grant_proof import ProofRules
from consent.models import ConsentEvent, Ledger, LegalHold, NoticeVersion, RetentionRun, SitePolicy
from consent.privacy_signals import Signals
from consent.reports.verification import verify
from consent.services import retention
from consent.services.erasure import erase_consent, event_commitments
from consent.services.holds import HoldTerms, lift_hold, set_hold
from consent.services.maintaining import maintain
from consent.services.recording import ReportedEvent, SeenByServer, consent_ref_of, record_event
from consent.services.retention import Forgotten, apply_retention, rehearse_retention, set_retention
from consent.services.sealing import seal_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from consent.models import Publication
    from cookies.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=731)
RULES = ProofRules(regimes={}, dnt_policy="honour", categories={}, for_sale=frozenset())


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS, settings.EXPORTS_FOLDER = tmp_path / "keys", tmp_path / "exports"


@pytest.fixture
def record(published: Publication) -> Callable[..., ConsentEvent]:
    def one(now: datetime = OLD, **changes: Any) -> ConsentEvent:
        reported = ReportedEvent(
            event_id=uuid.uuid4(),
            consent_id=changes.pop("consent_id", uuid.uuid4()),
            action="save",
            surface="banner",
            categories={"performance": True, "functional": False, "targeting": False},
            partners={},
            version_id=published.version_id,
            language="de",
            regime="eu",
            signals=Signals(),
            client_time=now,
        )
        seen = SeenByServer(country="DE", device_class="phone", regime="eu")
        reported = replace(reported, **changes)
        record_event(site_id=published.site_id, reported=reported, seen=seen, rules=RULES, now=now)
        return ConsentEvent.objects.get(event_id=reported.event_id)

    return one


def has_contents(event: ConsentEvent) -> bool:
    event.refresh_from_db()
    kept = {getattr(event, name) is not None for name in ConsentEvent.ERASED_ONCE}
    assert len(kept) == 1, "half a content is left"
    return kept.pop()


def is_sound(site: Site) -> bool:
    return verify(Ledger.objects.get(site=site)).finding == ""


@pytest.mark.parametrize("sealed_first", [True, False])
def test_contents_of_expired_events_go_and_the_ledger_verifies(
    sealed_first: bool, site: Site, record: Callable[..., ConsentEvent]
) -> None:
    old, young = record(), record(NOW - timedelta(days=729))
    payloads, committed = list(NoticeVersion.objects.values_list("payload", flat=True)), event_commitments(old)
    if sealed_first:
        seal_site(site=site, now=NOW)
    assert apply_retention(site=site, now=NOW) == Forgotten(1, 0)
    assert (has_contents(old), has_contents(young)) == (False, True)
    assert bytes((old.leaf if sealed_first else old).commitments or b"") == committed
    assert old.categories["performance"] is True
    seal_site(site=site, now=NOW)
    assert is_sound(site)
    assert list(NoticeVersion.objects.values_list("payload", flat=True)) == payloads


def test_batches_go_through_everything_and_each_is_written_down(
    site: Site, record: Callable[..., ConsentEvent]
) -> None:
    # Five in the same moment: the ids part them.
    events = [record() for _ in range(5)] + [record(NOW)]
    assert apply_retention(site=site, now=NOW, batch=2) == Forgotten(5, 0)
    assert [has_contents(event) for event in events] == [False] * 5 + [True]
    runs = RetentionRun.objects.order_by("id")
    assert [(run.count, run.is_complete, run.is_dry) for run in runs] == [
        (2, False, False),
        (2, False, False),
        (1, True, False),
    ]
    assert runs[0].day == NOW.date()
    assert runs[0].before == NOW - timedelta(days=730)
    assert runs[0].days == {"days": 730, "by_place": {}}


def test_run_that_was_killed_goes_on_and_a_finished_day_is_done(
    site: Site, record: Callable[..., ConsentEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        record()
    forget = retention._forget
    calls: list[int] = []

    def killed_in_the_second(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        done = forget(*args, **kwargs)
        if len(calls) == 2:
            raise SystemExit
        return done

    monkeypatch.setattr(retention, "_forget", killed_in_the_second)
    with pytest.raises(SystemExit):
        apply_retention(site=site, now=NOW, batch=1)
    assert ConsentEvent.objects.filter(salts=None).count() == 1
    monkeypatch.undo()
    assert apply_retention(site=site, now=NOW, batch=1) == Forgotten(2, 0)
    assert apply_retention(site=site, now=NOW) is None
    assert sum(RetentionRun.objects.values_list("count", flat=True)) == 3


def test_young_website_has_nothing_done_and_nothing_written_down(
    site: Site, record: Callable[..., ConsentEvent]
) -> None:
    record(NOW)
    assert apply_retention(site=site, now=NOW) == Forgotten()
    assert not RetentionRun.objects.exists()


def test_place_may_have_days_of_its_own(site: Site, record: Callable[..., ConsentEvent]) -> None:
    set_retention(site=site, days=730, by_place={"ch": 365})
    swiss, european = record(NOW - timedelta(days=400), regime="ch"), record(NOW - timedelta(days=400))
    apply_retention(site=site, now=NOW)
    assert (has_contents(swiss), has_contents(european)) == (False, True)


def test_days_must_outlive_what_browsers_remember(site: Site) -> None:
    with pytest.raises(ValidationError) as refused:
        set_retention(site=site, days=179, by_place={"ch": 4000})
    assert set(refused.value.message_dict) == {"days", "ch"}
    assert not SitePolicy.objects.filter(site=site).exclude(evidence_days=730).exists()


def test_dry_run_counts_and_removes_nothing(site: Site, record: Callable[..., ConsentEvent]) -> None:
    event = record()
    assert rehearse_retention(site=site, now=NOW) == Forgotten(1, 0)
    assert has_contents(event)
    run = RetentionRun.objects.get()
    assert (run.count, run.is_dry) == (1, True)
    # It was no run: today's is still to come.
    assert apply_retention(site=site, now=NOW) == Forgotten(1, 0)


def test_hold_keeps_what_it_covers_until_it_is_lifted(site: Site, record: Callable[..., ConsentEvent]) -> None:
    hers = uuid.uuid4()
    held, other = record(consent_id=hers), record()
    terms = HoldTerms(reason="Case 12/26", consent_ref=consent_ref_of(hers))
    hold = set_hold(site=site, terms=terms, by="ada", now=NOW)
    assert apply_retention(site=site, now=NOW) == Forgotten(1, 1)
    assert (has_contents(held), has_contents(other)) == (True, False)
    assert RetentionRun.objects.get().held == 1
    lift_hold(hold=hold, reason="The case is closed.", by="ada", now=NOW)
    assert apply_retention(site=site, now=NOW + timedelta(days=1)) == Forgotten(1, 0)
    assert not has_contents(held)


def test_visitor_who_erases_their_record_is_obeyed_under_a_hold(
    site: Site, record: Callable[..., ConsentEvent]
) -> None:
    event = record()
    set_hold(site=site, terms=HoldTerms(reason="Case 12/26"), by="ada", now=NOW)
    assert erase_consent(site_id=site.pk, consent_ref=str(event.consent_ref)) == 1
    assert not has_contents(event)


def test_hold_of_another_website_holds_nothing_here(
    site: Site, mallory_site: Site, record: Callable[..., ConsentEvent]
) -> None:
    event = record()
    set_hold(site=mallory_site, terms=HoldTerms(reason="Theirs"), by="mallory", now=NOW)
    apply_retention(site=site, now=NOW)
    assert not has_contents(event)


def test_hold_is_lifted_once_with_a_reason_and_never_deleted(site: Site) -> None:
    hold = set_hold(site=site, terms=HoldTerms(reason="Case"), by="ada", now=NOW)
    with pytest.raises(ValidationError, match="Write why"):
        lift_hold(hold=hold, reason=" ", by="ada", now=NOW)
    lift_hold(hold=hold, reason="Closed", by="alice", now=NOW)
    with pytest.raises(ValidationError, match="lifted already"):
        lift_hold(hold=hold, reason="Again", by="ada", now=NOW)
    assert LegalHold.objects.get().lifted_by == "alice"
    with pytest.raises(EvidenceIsFinal):
        LegalHold.objects.all().delete()
    with pytest.raises(EvidenceIsFinal):
        RetentionRun.objects.update(count=0)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (HoldTerms(reason=" "), "reason"),
        (HoldTerms(reason="x", first_day=NOW.date(), last_day=OLD.date()), "last_day"),
        (HoldTerms(reason="x", consent_ref="not a reference"), "consent_ref"),
    ],
)
def test_hold_that_makes_no_sense_is_refused(site: Site, terms: HoldTerms, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        set_hold(site=site, terms=terms, by="ada", now=NOW)
    assert set(refused.value.message_dict) == {field}


def test_maintain_forgets_and_says_so(site: Site, record: Callable[..., ConsentEvent]) -> None:
    event = record()
    assert any("1 expired events" in done.text for done in maintain(now=NOW))
    assert not has_contents(event)
    assert is_sound(site)


def test_command_counts_before_it_removes(site: Site, record: Callable[..., ConsentEvent]) -> None:
    event, out = record(datetime.now(UTC) - timedelta(days=731)), StringIO()
    call_command("retain", "--dry-run", site="numonix", stdout=out)
    assert "contents of 1 events would be removed" in out.getvalue()
    assert has_contents(event)
    call_command("retain", stdout=out)
    assert "contents of 1 events were removed" in out.getvalue()
    assert not has_contents(event)
    with pytest.raises(CommandError, match="no website"):
        call_command("retain", site="nowhere", stdout=out)
