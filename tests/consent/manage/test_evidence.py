"""Records, numbers and proofs by a token: nothing that names a visitor, nothing of few, and nothing that is erased."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import ConsentEvent, Counted, Publication
from consent.models.statistics import add_counts
from consent.reports.ledger import sealed_size
from consent.services.erasure import erase_consent
from consent.services.recording import consent_ref_of
from consent.services.sealing import seal_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from cookies.models import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(send: Callable[..., Any], event_body: dict[str, Any]) -> list[dict[str, Any]]:
    """Five decisions of five visitors, oldest first."""
    bodies = [{**event_body, "event_id": str(uuid.uuid4()), "consent_id": str(uuid.uuid4())} for _ in range(5)]
    bodies[4] |= {
        "action": "accept_all",
        "categories": dict.fromkeys(("performance", "functional", "targeting"), True),
        "partners": {},
    }
    for body in bodies:
        assert send(body).status_code == 201
    return bodies


def ids(answer: Any) -> list[str]:
    return [row["event_id"] for row in answer.json()["results"]]


def test_record_names_nobody(ask: Callable[..., Any], recorded: list[dict[str, Any]], published: Publication) -> None:
    answer = ask("GET", f"/events/{recorded[0]['event_id']}")
    told = answer.json()
    assert told["consent_ref"] == consent_ref_of(uuid.UUID(recorded[0]["consent_id"]))
    assert (told["version"], told["action"], told["partners"]) == (published.version.digest, "save", {"chat": False})
    everything = ask("GET", "/events").content.decode()
    assert not [body for body in recorded if body["consent_id"] in everything]


def test_what_was_erased_is_null(
    ask: Callable[..., Any], recorded: list[dict[str, Any]], published: Publication
) -> None:
    erase_consent(site_id=published.site_id, consent_ref=consent_ref_of(uuid.UUID(recorded[0]["consent_id"])))
    told = ask("GET", f"/events/{recorded[0]['event_id']}").json()
    assert {name: told[name] for name in ConsentEvent.ERASABLE} == dict.fromkeys(ConsentEvent.ERASABLE)
    assert told["action"] == "save"


def test_records_come_in_pages_the_newest_first(ask: Callable[..., Any], recorded: list[dict[str, Any]]) -> None:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ask("GET", f"/events?limit=2{cursor and f'&cursor={cursor}'}")
        found += ids(page)
        cursor = page.json()["next_cursor"]
    assert found == [body["event_id"] for body in reversed(recorded)]


def test_records_of_one_moment_come_once_each(ask: Callable[..., Any], published: Publication) -> None:
    moment = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    for _ in range(5):
        ConsentEvent.objects.create(
            id=uuid.uuid4(),
            site=published.site,
            event_id=uuid.uuid4(),
            received_at=moment,
            action="save",
            surface="banner",
            categories={},
            partners={},
            version=published.version,
            signals={},
            signals_seen={},
        )
    first = ask("GET", "/events?limit=3")
    second = ask("GET", f"/events?limit=3&cursor={first.json()['next_cursor']}")
    assert len({*ids(first), *ids(second)}) == 5


def test_records_are_filtered(ask: Callable[..., Any], recorded: list[dict[str, Any]], published: Publication) -> None:
    assert ids(ask("GET", "/events?action=accept_all")) == [recorded[4]["event_id"]]
    ref = consent_ref_of(uuid.UUID(recorded[2]["consent_id"]))
    assert ids(ask("GET", f"/events?consent_ref={ref}")) == [recorded[2]["event_id"]]
    assert len(ids(ask("GET", f"/events?version={published.version.digest}&regime=eu"))) == 5
    assert ids(ask("GET", f"/events?version={'0' * 64}")) == []
    later = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(ask("GET", f"/events?since={later}")) == []
    assert len(ids(ask("GET", f"/events?until={later}"))) == 5


@pytest.mark.parametrize(
    "query", ["since=yesterday", "action=x", "version=x", "consent_ref=x", "since=0001-01-01T00:00:00%2B14:00"]
)
def test_wrong_filters_are_explained(query: str, ask: Callable[..., Any], site: Site) -> None:
    answer = ask("GET", f"/events?{query}")
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {query.partition("=")[0]})


def test_records_ask_no_more_for_more_of_them(ask: Callable[..., Any], recorded: list[dict[str, Any]]) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as found:
            assert len(ids(ask("GET", f"/events?limit={limit}"))) == limit
        return len(found)

    queries(1)
    assert queries(1) == queries(5)


def test_proof_of_a_record(ask: Callable[..., Any], recorded: list[dict[str, Any]], published: Publication) -> None:
    number = recorded[3]["event_id"]
    assert ask("GET", f"/proofs/inclusion?event_id={number}").json()["code"] == "no_proof"
    seal_site(site=published.site, now=timezone.now())
    told = ask("GET", f"/proofs/inclusion?event_id={number}").json()
    place = ask("GET", f"/events/{number}").json()["ledger_index"]
    assert (told["index"], told["size"]) == (place, 5)
    assert told == ask("GET", f"/proofs/inclusion?index={place}&size=5").json()
    grown = ask("GET", "/proofs/consistency?first=5").json()
    assert (grown["first"], grown["size"]) == (5, sealed_size(published.site.ledger))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("inclusion", 400),
        ("inclusion?index=0&event_id=0b7d8f4e-6f0a-4c8e-9a53-1f0f5f3c7a10", 400),
        ("inclusion?index=-1", 400),
        (f"inclusion?index={10**30}", 400),
        (f"inclusion?index=0&size={2**63 - 1}", 404),
        (f"inclusion?index={2**63 - 1}", 404),
        ("inclusion?index=0&size=3", 404),
        ("consistency", 400),
        ("consistency?first=99", 404),
    ],
)
def test_wrong_proofs_are_explained(
    query: str, status: int, ask: Callable[..., Any], recorded: list[dict[str, Any]], published: Publication
) -> None:
    seal_site(site=published.site, now=timezone.now())
    assert ask("GET", f"/proofs/{query}").status_code == status


def count(published: Publication, day: date, **outcomes: int) -> None:
    facts: dict[str, Any] = {
        "site_id": published.site_id,
        "day": day,
        "version_id": published.version_id,
        "regime": "eu",
        "language": "en",
        "device_class": "phone",
        "country": "DE",
    }
    add_counts({Counted(**facts, outcome=outcome): number for outcome, number in outcomes.items()})


def test_numbers_are_told_and_few_are_hidden(ask: Callable[..., Any], published: Publication) -> None:
    day = timezone.now().date()
    count(published, day, accept_all=120, custom=30, reject_all=100, withdraw=3)
    told = ask("GET", "/statistics").json()
    assert told["total"]["answers"] == {"value": 250, "why": ""}
    assert told["withdrawn"] == {"value": None, "why": "few"}
    assert told["total"]["consent"]["share"] == 0.6
    assert [row["key"] for row in told["by_kind"]["country"]] == ["DE"]
    assert told["interaction"] is None


def test_range_of_the_numbers_is_chosen(ask: Callable[..., Any], published: Publication) -> None:
    count(published, date(2026, 10, 5), accept_all=50)
    told = ask("GET", "/statistics?range=custom&first=2026-10-01&last=2026-10-31").json()
    assert (told["first"], told["last"], told["total"]["answers"]["value"]) == ("2026-10-01", "2026-10-31", 50)
    assert ask("GET", "/statistics?range=custom&first=2026-10-31&last=2026-10-01").status_code == 400
    assert ask("GET", "/statistics?range=custom").status_code == 400
    assert ask("GET", "/statistics?range=sometimes").status_code == 400
