"""Withdrawals: what counts as one, and that it is found in what was sealed, once, whoever looks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.grant_proof import ProofRules
from consent.models import Announcement, ConsentEvent, Delivery, Publication, WithdrawalsSeen
from consent.privacy_signals import Signals
from consent.public_addresses import read_address
from consent.services import withdrawals
from consent.services.erasure import erase_consent
from consent.services.maintaining import maintain
from consent.services.recording import ReportedEvent, SeenByServer, consent_ref_of, record_event
from consent.services.sealing import seal_site
from consent.services.webhooks import make_webhook
from consent.services.withdrawals import announce_withdrawals
from consent.withdrawals import Answer, Withdrawn, withdrawn
from cookies.models import Site
from tests.consent.conftest import NOW

PARTNERS = {"analytics": "performance", "chat": "functional", "ads": "targeting"}
RULES = ProofRules(regimes={}, dnt_policy="honour", categories={}, for_sale=frozenset())
OPTIONAL = ("performance", "functional", "targeting")
Record = Callable[..., ConsentEvent]


def answer(granted: str = "", partners: dict[str, bool] | None = None, action: str = "save") -> Answer:
    """By the first letters of what is granted."""
    return Answer(action, {code: code[0] in granted for code in OPTIONAL}, partners or {})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, answer(), None),
        (None, answer(action="reject_all"), None),
        (None, answer(action="withdraw"), Withdrawn()),
        (answer("pft"), answer(action="withdraw"), Withdrawn(("functional", "performance", "targeting"))),
        (answer("pft"), answer(action="reject_all"), Withdrawn(("functional", "performance", "targeting"))),
        (answer("pf"), answer("p"), Withdrawn(("functional",))),
        (answer("p"), answer("pft"), None),
        (answer(), answer(), None),
        (answer("p"), answer("f"), Withdrawn(("performance",))),
        # A single partner, in a category that is still on; and one that was an exception before.
        (answer("pf"), answer("pf", {"chat": False}), Withdrawn((), ("chat",))),
        (answer("", {"chat": True}), answer(), Withdrawn((), ("chat",))),
        (answer("", {"chat": True}), answer("f"), None),
        (answer("f", {"chat": False}), answer(), Withdrawn(("functional",))),
        (answer("", {"ads": False}), answer("p", {"chat": False}), None),
        # Its category says it already.
        (answer("pf"), answer("p", {"chat": False}), Withdrawn(("functional",))),
        # A partner that this version does not know any more.
        (answer("", {"gone": True}), answer(), None),
    ],
)
def test_withdrawal_is_what_was_allowed_before_and_is_not_now(
    before: Answer | None, after: Answer, expected: Withdrawn | None
) -> None:
    assert withdrawn(before, after, categories_of=PARTNERS) == expected


# --- Found in what was sealed ---


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS = tmp_path / "keys"


@pytest.fixture
def record(published: Publication) -> Record:
    def one(visitor: uuid.UUID, granted: str, now: datetime = NOW, action: str = "save") -> ConsentEvent:
        reported = ReportedEvent(
            event_id=uuid.uuid4(),
            consent_id=visitor,
            action=action,
            surface="preferences",
            categories={code: code[0] in granted for code in OPTIONAL},
            partners={},
            version_id=published.version_id,
            language="en",
            regime="eu",
            signals=Signals(),
            trusted=True,
        )
        record_event(site_id=published.site_id, reported=reported, seen=SeenByServer(), rules=RULES, now=now)
        return ConsentEvent.objects.get(event_id=reported.event_id)

    return one


def want(site: Site, path: str = "") -> None:
    address = read_address(f"https://hooks.example.com/{path}")
    make_webhook(site=site, address=address, kinds=["consent.withdrawn"], by="alice", now=NOW)


def look(site: Site, now: datetime = NOW) -> int:
    seal_site(site=site, now=now)
    return announce_withdrawals(site=site, now=now)


@pytest.mark.django_db
def test_withdrawal_is_announced_once_with_the_reference_and_no_other_name(
    published: Publication, record: Record
) -> None:
    site, visitor = published.site, uuid.uuid4()
    want(site)
    record(visitor, "pft")
    event = record(visitor, "p", NOW + timedelta(hours=1))
    assert look(site, NOW + timedelta(hours=2)) == 1
    assert look(site, NOW + timedelta(hours=3)) == 0
    announced = Announcement.objects.get()
    assert announced.consent_ref == consent_ref_of(visitor)
    assert announced.at == NOW + timedelta(hours=1)
    assert announced.facts == {
        "action": "save",
        "withdrawn": {"categories": ["functional", "targeting"], "partners": []},
        "categories": {"strictly_necessary": True, "performance": True, "functional": False, "targeting": False},
        "partners": {},
        "ledger_index": 1,
    }
    assert str(visitor) not in str(Announcement.objects.values())
    assert str(event.event_id) not in str(Announcement.objects.values())
    assert Delivery.objects.get().since == NOW + timedelta(hours=2)


@pytest.mark.django_db
def test_maintain_seals_announces_and_sends(published: Publication, record: Record, settings: Any) -> None:
    """The address leads inside, so the first try fails; that fails no run."""
    settings.PUBLIC_URL = "https://consent.example.com"
    visitor = uuid.uuid4()
    address = read_address("https://169.254.169.254/")
    make_webhook(site=published.site, address=address, kinds=["consent.withdrawn"], by="alice", now=NOW)
    record(visitor, "pft")
    record(visitor, "", NOW + timedelta(hours=1), "withdraw")
    done = list(maintain(now=NOW))
    said = [one.text for one in done]
    assert "numonix: 1 withdrawals are announced." in said
    assert "Webhooks: 0 messages were taken, 1 were not, 0 are given up." in said
    assert not any(one.failed for one in done)


@pytest.mark.django_db
def test_withdrawal_waits_for_the_seal_and_costs_a_visitor_nothing(published: Publication, record: Record) -> None:
    site, visitor = published.site, uuid.uuid4()
    want(site)
    record(visitor, "pft")
    with CaptureQueriesContext(connection) as queries:
        record(visitor, "", NOW + timedelta(hours=1), "withdraw")
    assert sum(query["sql"].startswith("INSERT") for query in queries) == 1
    assert announce_withdrawals(site=site, now=NOW) == 0
    assert look(site) == 1


@pytest.mark.django_db
def test_another_visitors_yes_takes_nothing_back(published: Publication, record: Record) -> None:
    want(published.site)
    record(uuid.uuid4(), "pft")
    record(uuid.uuid4(), "", NOW + timedelta(hours=1), "reject_all")
    assert look(published.site) == 0


@pytest.mark.django_db
def test_what_was_sealed_before_anybody_asked_is_not_told(published: Publication, record: Record) -> None:
    site, visitor = published.site, uuid.uuid4()
    record(visitor, "pft")
    record(visitor, "", NOW + timedelta(hours=1), "withdraw")
    assert look(site) == 0
    want(site)
    assert look(site) == 0
    record(visitor, "pft", NOW + timedelta(hours=2))
    record(visitor, "", NOW + timedelta(hours=3), "withdraw")
    # A second one who asks later does not make the first miss anything.
    seal_site(site=site, now=NOW)
    want(site, "second")
    assert look(site) == 1
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_batches_leave_nothing_out(published: Publication, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawals, "BATCH", 2)
    want(published.site)
    for visitor in (uuid.uuid4() for _ in range(3)):
        record(visitor, "pft")
        record(visitor, "", NOW + timedelta(hours=1), "withdraw")
    assert look(published.site) == 3
    assert WithdrawalsSeen.objects.get().size == 6


@pytest.mark.django_db
def test_two_who_look_at_once_announce_each_withdrawal_once(
    published: Publication, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, visitor = published.site, uuid.uuid4()
    found: list[int] = []
    want(site)
    record(visitor, "pft")
    record(visitor, "", NOW + timedelta(hours=1), "withdraw")
    seal_site(site=site, now=NOW)
    taken_back = withdrawals._taken_back

    def overtaken(*args: Any) -> Withdrawn | None:
        if not found:
            found.append(0)
            found.append(announce_withdrawals(site=site, now=NOW))
        return taken_back(*args)

    monkeypatch.setattr(withdrawals, "_taken_back", overtaken)
    assert announce_withdrawals(site=site, now=NOW) == 0
    assert found == [0, 1]
    assert Announcement.objects.count() == 1


@pytest.mark.django_db
def test_erased_record_is_neither_told_nor_kept_as_told(published: Publication, record: Record) -> None:
    site, visitor, other = published.site, uuid.uuid4(), uuid.uuid4()
    want(site)
    for person in (visitor, other):
        record(person, "pft")
        record(person, "", NOW + timedelta(hours=1), "withdraw")
    seal_site(site=site, now=NOW)
    erase_consent(site_id=site.pk, consent_ref=consent_ref_of(visitor))
    assert announce_withdrawals(site=site, now=NOW) == 1
    erase_consent(site_id=site.pk, consent_ref=consent_ref_of(other))
    assert not Announcement.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_erasing_while_it_is_looked_at_leaves_nothing_of_the_visitor(
    published: Publication, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, visitor = published.site, uuid.uuid4()
    want(site)
    record(visitor, "pft")
    record(visitor, "", NOW + timedelta(hours=1), "withdraw")
    taken_back = withdrawals._taken_back

    def erased_meanwhile(*args: Any) -> Withdrawn | None:
        found = taken_back(*args)
        if found:
            erase_consent(site_id=site.pk, consent_ref=consent_ref_of(visitor))
        return found

    monkeypatch.setattr(withdrawals, "_taken_back", erased_meanwhile)
    look(site)
    assert not Announcement.objects.exists()
