"""POST …/events: what is recorded, what is refused, and that nothing is read before the one INSERT."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from consent.models import ConsentEvent, DailyStatistic, MonthlyTotal, Publication, SitePolicy
from consent.services.erasure import erase_consent
from consent.services.publishing import publish
from tests.consent.conftest import NOW, ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from cookies.models import Site

pytestmark = pytest.mark.django_db


def test_event_is_recorded_with_what_was_shown_and_answered(
    send: Callable[..., Any], event_body: dict[str, Any], published: Publication
) -> None:
    response = send(event_body, headers={"DNT": "1", "User-Agent": "Mozilla/5.0 (iPhone) Mobile"})
    assert response.status_code == 201, response.content
    event = ConsentEvent.objects.get()
    assert event.version == published.version
    assert event.categories == {
        "strictly_necessary": True,
        "performance": True,
        "functional": True,
        "targeting": False,
    }
    assert event.partners == {"chat": False}
    assert (event.action, event.surface, event.language, event.regime_shown) == (
        "save",
        "preferences",
        "en",
        "eu",
    )
    assert event.signals == {"dnt": False, "gpc": False}
    assert event.signals_seen == {"dnt": True, "gpc": False}
    assert event.device_class == "phone"
    assert event.trusted is True
    assert event.id.version == 7


def test_event_answer_names_its_receipt(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    body = send(event_body).json()
    assert set(body) == {"event_id", "received_at", "receipt_url"}
    assert body["receipt_url"] == f"http://localhost:8000/p/numonix/receipts/{event_body['event_id']}"


def test_event_keeps_only_a_hash_of_the_consent_id(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    send(event_body)
    row = ConsentEvent.objects.values().get()
    assert row["consent_ref"] == hashlib.sha256(event_body["consent_id"].encode()).hexdigest()
    assert event_body["consent_id"] not in str(row)
    assert "127.0.0.1" not in str(row)


def test_event_costs_one_insert_and_no_read(
    send: Callable[..., Any], event_body: dict[str, Any], settings: Any
) -> None:
    # As on a server: what is counted is added up later, by a thread.
    settings.COUNT_FLUSH_SECONDS = 3600
    send({**event_body, "event_id": str(uuid.uuid4())})
    with CaptureQueriesContext(connection) as queries:
        assert send(event_body).status_code == 201
    statements = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(statements) == 1
    assert statements[0].startswith("INSERT")


def test_event_sent_again_is_answered_the_same(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    first, second = send(event_body), send(event_body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert ConsentEvent.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"categories": {"performance": True, "functional": True, "targeting": True}},
        {"action": "embed_unlock"},
        {"partners": {}},
        {"signals": {"gpc": True, "dnt": False}},
        {"trusted": False},
        {"client_time": "2026-11-22T04:00:00Z"},
        {"consent_id": str(uuid.uuid4())},
    ],
    ids=lambda change: next(iter(change)),
)
def test_event_altered_under_its_id_is_refused(
    send: Callable[..., Any], event_body: dict[str, Any], change: dict[str, Any]
) -> None:
    send(event_body)
    response = send({**event_body, **change})
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "event_altered"
    assert ConsentEvent.objects.count() == 1


def test_event_erased_since_is_answered_and_not_stored_again(
    send: Callable[..., Any], event_body: dict[str, Any], site: Site
) -> None:
    send(event_body)
    reference = hashlib.sha256(event_body["consent_id"].encode()).hexdigest()
    assert erase_consent(site_id=site.pk, consent_ref=reference) == 1
    assert send(event_body).status_code == 200
    event = ConsentEvent.objects.get()
    assert event.consent_ref is None


def test_event_id_of_another_website_is_no_conflict(
    send: Callable[..., Any], event_body: dict[str, Any], mallory_site: Site
) -> None:
    publication = publish(site=mallory_site, by="mallory", now=NOW)
    assert publication
    assert send(event_body).status_code == 201
    other = {**event_body, "version": publication.version.digest, "partners": {}}
    assert send(other, key="elsewhere", origin="https://elsewhere.example").status_code == 201


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "unknown category",
        {"categories": {"performance": True, "functional": True, "targeting": False, "x": True}},
        "categories",
    ),
    ("a category is missing", {"categories": {"performance": True, "functional": True}}, "categories"),
    (
        "strictly necessary refused",
        {
            "categories": {
                "performance": True,
                "functional": True,
                "targeting": False,
                "strictly_necessary": False,
            }
        },
        "categories",
    ),
    ("unknown partner", {"partners": {"nobody": True}}, "partners"),
    ("partner that is no slug", {"partners": {"<script>": True}}, "partners"),
    ("unknown action", {"action": "close"}, "action"),
    ("unknown surface", {"surface": "layer1"}, "surface"),
    ("event id that is none", {"event_id": "7"}, "event_id"),
    ("event id of another kind", {"event_id": "0190163d-8694-7000-8000-000000000000"}, "event_id"),
    ("consent id of another kind", {"consent_id": "0190163d-8694-7000-8000-000000000000"}, "consent_id"),
    ("language that was not published", {"language": "fr"}, "language"),
    ("regime that was not published", {"regime": "us-ca"}, "regime"),
    ("digest that is none", {"version": "abc"}, "version"),
    ("time without a zone", {"client_time": "2026-11-22T03:00:00"}, "client_time"),
    ("time before the first year in UTC", {"client_time": "0001-01-01T00:00:00+05:00"}, "client_time"),
    ("time after the last year in UTC", {"client_time": "9999-12-31T23:59:59-05:00"}, "client_time"),
    ("build with a NUL", {"build": "a\0b"}, "build"),
    ("build with a line's end", {"build": "a\n"}, "build"),
    ("unknown member", {"ip": "203.0.113.9"}, "body"),
    ("forged country", {"country": "US"}, "body"),
    ("forged region", {"region": "CA"}, "body"),
    ("forged regime that was seen", {"regime_seen": "us-ca"}, "body"),
    ("accept_all that refuses", {"action": "accept_all"}, "action"),
    ("reject_all that grants", {"action": "reject_all"}, "action"),
    ("withdraw that grants", {"action": "withdraw"}, "action"),
]


# Clocks are wrong by decades, and what was stored has to be read again.
@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00.001+05:30", "9999-12-31T23:59:59.999Z"])
def test_answer_of_a_wrong_clock_is_kept(send: Callable[..., Any], event_body: dict[str, Any], said: str) -> None:
    assert send({**event_body, "client_time": said}).status_code == 201
    assert ConsentEvent.objects.get().client_time == datetime.fromisoformat(said)


@pytest.mark.parametrize(("name", "change", "field"), REFUSED, ids=[row[0] for row in REFUSED])
def test_event_that_does_not_fit_is_refused(
    send: Callable[..., Any], event_body: dict[str, Any], name: str, change: dict[str, Any], field: str
) -> None:
    response = send({**event_body, **change})
    assert response.status_code == 400, response.content
    error = response.json()["error"]
    assert error["code"] == "malformed"
    assert field in error["fields"]
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    "raw", [b" ", b"{", b"[]", b"null", b"\xff\xfe", b'{"event_id": NaN}', b'{"build": "\\ud800"}']
)
def test_body_that_is_no_event_is_refused(send: Callable[..., Any], published: Publication, raw: bytes) -> None:
    response = send(raw)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "malformed"


def test_body_over_4_kb_is_refused(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    raw = json.dumps(event_body)
    assert send(raw + " " * (4096 - len(raw))).status_code == 201
    response = send(raw + " " * (4097 - len(raw)))
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large"


def test_other_media_types_are_refused(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    assert send(event_body, content_type="application/x-www-form-urlencoded").status_code == 415
    assert send(event_body, content_type="application/json").status_code == 201


def test_unknown_site_is_404(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    response = send(event_body, key="nobody")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "unknown_site"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "https://www.numonix.example.evil.example"])
def test_foreign_origin_is_refused(send: Callable[..., Any], event_body: dict[str, Any], origin: str | None) -> None:
    response = send(event_body, origin=origin)
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "origin_not_allowed"
    assert "Access-Control-Allow-Origin" not in response
    assert not ConsentEvent.objects.exists()


def test_own_origin_may_read_the_answer(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    response = send(event_body)
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert "Origin" in response["Vary"]
    assert "Access-Control-Allow-Credentials" not in response
    assert not response.cookies


def test_platform_itself_may_send(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    assert send(event_body, origin="http://localhost:8000").status_code == 201


def test_other_methods_are_refused(client: Any, published: Publication) -> None:
    response = client.get("/api/v1/sites/numonix/events", headers={"Origin": ORIGIN})
    assert response.status_code == 405
    assert response["Allow"] == "POST, OPTIONS"


def test_version_that_was_never_published_is_409(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    response = send({**event_body, "version": "0" * 64})
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "version_unknown"


def test_version_of_another_website_is_409(
    send: Callable[..., Any], event_body: dict[str, Any], mallory_site: Site
) -> None:
    publication = publish(site=mallory_site, by="mallory", now=NOW)
    assert publication
    response = send({**event_body, "version": publication.version.digest, "partners": {}})
    assert response.json()["error"]["code"] == "version_unknown"


@pytest.mark.usefixtures("limits_stand_still")
def test_too_many_requests_are_told_when_to_come_back(
    send: Callable[..., Any], event_body: dict[str, Any], settings: Any
) -> None:
    settings.EVENT_RATE = "2/min"
    answers = [send({**event_body, "event_id": str(uuid.uuid4())}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[2]["Retry-After"]) >= 1
    assert answers[2].json()["error"]["code"] == "too_many_requests"
    assert answers[2]["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.usefixtures("limits_stand_still")
def test_forwarded_address_counts_only_from_trusted_proxies(
    send: Callable[..., Any], event_body: dict[str, Any], settings: Any
) -> None:
    settings.EVENT_RATE = "1/min"

    def status(forwarded: str) -> int:
        body = {**event_body, "event_id": str(uuid.uuid4())}
        return int(send(body, headers={"X-Forwarded-For": forwarded}).status_code)

    assert [status("203.0.113.1"), status("203.0.113.2")] == [201, 429]


def test_database_that_is_away_answers_503_and_when_to_try_again(
    send: Callable[..., Any], event_body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("consent.services.recording.insert_event", locked)
    response = send(event_body)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert response.json()["error"]["code"] == "try_again"


# --- What the server sees, whatever the body says --------------------------------------------------


@pytest.fixture
def distinguishing(event_body: dict[str, Any], furnished: Site, settings: Any) -> dict[str, Any]:
    """An event for a version with several regimes, on a server that trusts an edge."""
    settings.COUNTRY_HEADER = "X-Country"
    SitePolicy.objects.create(site=furnished, regimes=["eu", "us-ca"])
    publication = publish(site=furnished, by="alice", now=NOW)
    assert publication
    return {**event_body, "version": publication.version.digest}


@pytest.mark.parametrize(
    ("header", "country", "regime"),
    [("DE", "DE", "eu"), ("US-CA", "US", "us-ca"), ("BR", "BR", "unknown"), ("XX", None, "unknown")],
)
def test_event_keeps_the_place_that_the_server_sees_beside_the_claimed_regime(
    send: Callable[..., Any], distinguishing: dict[str, Any], header: str, country: str | None, regime: str
) -> None:
    assert send({**distinguishing, "regime": "eu"}, headers={"X-Country": header}).status_code == 201
    event = ConsentEvent.objects.get()
    assert (event.country, event.regime_seen, event.regime_shown) == (country, regime, "eu")


def test_event_of_a_distinguishing_website_costs_one_insert_too(
    send: Callable[..., Any], distinguishing: dict[str, Any], settings: Any
) -> None:
    settings.COUNT_FLUSH_SECONDS = 3600
    send({**distinguishing, "event_id": str(uuid.uuid4())}, headers={"X-Country": "US-CA"})
    with CaptureQueriesContext(connection) as queries:
        assert send(distinguishing, headers={"X-Country": "US-CA", "Sec-GPC": "1"}).status_code == 201
    statements = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    assert len(statements) == 1
    assert statements[0].startswith("INSERT")


@pytest.mark.parametrize("trusted", [False, None])
def test_grant_that_no_person_gave_against_a_signal_is_stored_and_counted(
    send: Callable[..., Any], event_body: dict[str, Any], trusted: bool | None
) -> None:
    body = {**event_body, "trusted": trusted}
    answers = [send(body, headers={"Sec-GPC": "0,1"}).status_code for _ in range(2)]
    assert answers == [201, 200]
    event = ConsentEvent.objects.get()
    assert event.signals == {"dnt": False, "gpc": False}
    assert event.signals_seen == {"dnt": False, "gpc": True}
    assert event.categories["performance"] is True
    row = DailyStatistic.objects.get()
    assert (row.outcome, row.count, row.version_id, row.regime) == ("unproven_grant", 1, event.version_id, "eu")


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({"trusted": True}, {"Sec-GPC": "1"}),
        ({"trusted": False}, {}),
        (
            {
                "trusted": False,
                "action": "reject_all",
                "partners": {},
                "categories": {"performance": False, "functional": False, "targeting": False},
            },
            {"DNT": "1"},
        ),
    ],
    ids=["a person's click", "no signal", "a refusal"],
)
def test_event_that_needs_no_proof_is_not_counted_as_unproven(
    send: Callable[..., Any], event_body: dict[str, Any], change: dict[str, Any], headers: dict[str, str]
) -> None:
    assert send({**event_body, **change}, headers=headers).status_code == 201
    assert not DailyStatistic.objects.filter(outcome="unproven_grant").exists()


def test_signal_that_only_the_browser_saw_counts_as_well(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    send({**event_body, "trusted": False, "signals": {"gpc": True, "dnt": False}})
    assert DailyStatistic.objects.get().outcome == "unproven_grant"


def test_regime_that_the_server_sees_judges_the_grant(send: Callable[..., Any], distinguishing: dict[str, Any]) -> None:
    claim = {**distinguishing, "regime": "us-ca", "trusted": False}
    send(claim, headers={"X-Country": "US-CA", "Sec-GPC": "1"})
    unproven = DailyStatistic.objects.filter(outcome="unproven_grant")
    assert not unproven.exists(), "In California the signal says nothing about statistics."
    send({**claim, "event_id": str(uuid.uuid4())}, headers={"X-Country": "DE", "Sec-GPC": "1"})
    assert unproven.values_list("country", "regime").get() == ("DE", "us-ca")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {"custom": 1, "grant_performance": 1, "grant_functional": 1}),
        (
            {
                "action": "accept_all",
                "partners": {},
                "categories": {"performance": True, "functional": True, "targeting": True},
            },
            {"accept_all": 1, "grant_performance": 1, "grant_functional": 1, "grant_targeting": 1},
        ),
        ({"trusted": False}, {"by_program": 1}),
        (
            {
                "action": "withdraw",
                "surface": "api",
                "partners": {},
                "categories": {"performance": False, "functional": False, "targeting": False},
            },
            {"withdraw": 1},
        ),
    ],
    ids=["saved", "accepted all", "a program", "withdrawn"],
)
def test_event_is_counted_once_with_the_day_and_with_the_month(
    send: Callable[..., Any], event_body: dict[str, Any], change: dict[str, Any], expected: dict[str, int]
) -> None:
    body = {**event_body, **change}
    assert [send(body).status_code for _ in range(2)] == [201, 200]
    event = ConsentEvent.objects.get()
    rows = DailyStatistic.objects.all()
    assert {row.outcome: row.count for row in rows} == expected
    kinds = {(row.day, row.version_id, row.regime, row.language) for row in rows}
    assert kinds == {(event.received_at.date(), event.version_id, "eu", "en")}
    months = MonthlyTotal.objects.filter(day=event.received_at.date().replace(day=1))
    traits = {"regime": "eu", "language": "en", "device_class": rows[0].device_class, "country": rows[0].country}
    for name, value in traits.items():
        of_trait = months.filter(dimension=name)
        assert {(row.value, row.outcome): row.count for row in of_trait} == {
            (value, outcome): count for outcome, count in expected.items()
        }
