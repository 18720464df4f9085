"""POST …/impressions: adds one to a counter where the website wants it, and keeps nothing about anyone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from consent.models import ConsentEvent, DailyStatistic, Publication, SitePolicy
from consent.services.publishing import publish
from tests.consent.conftest import NOW, ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from cookies.models import Site

pytestmark = pytest.mark.django_db
URL = "/api/v1/sites/numonix/impressions"
PHONE = "Mozilla/5.0 (iPhone) Mobile"


@pytest.fixture
def counting(furnished: Site, settings: Any) -> Publication:
    """Alice's website, which counts, on a server that trusts an edge."""
    settings.COUNTRY_HEADER = "X-Country"
    SitePolicy.objects.create(site=furnished, count_impressions=True, regimes=["eu", "us-ca"])
    publication = publish(site=furnished, by="alice", now=NOW)
    assert publication
    return publication


@pytest.fixture
def body(counting: Publication) -> dict[str, Any]:
    return {
        "version": counting.version.digest,
        "language": "en",
        "regime": "eu",
        "signals": {"dnt": False, "gpc": False},
    }


@pytest.fixture
def come(client: Client) -> Callable[..., Any]:
    def post(body: Any, *, origin: str | None = ORIGIN, content_type: str = "text/plain", **headers: str) -> Any:
        raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
        sent = {**({"Origin": origin} if origin else {}), **headers}
        return client.post(URL, raw, content_type=content_type, headers=sent)

    return post


def counted() -> dict[str, int]:
    return dict(DailyStatistic.objects.values_list("outcome", "count"))


def test_impression_adds_one_to_the_counter_of_its_kind(
    come: Callable[..., Any], body: dict[str, Any], counting: Publication
) -> None:
    for _ in range(3):
        response = come(body, **{"X-Country": "DE", "User-Agent": PHONE})
        assert (response.status_code, response.content) == (204, b"")
    row = DailyStatistic.objects.get()
    assert (row.site, row.version, row.day) == (counting.site, counting.version, timezone.now().date())
    assert (row.regime, row.language, row.device_class, row.country) == ("eu", "en", "phone", "DE")
    assert (row.outcome, row.count) == ("impression", 3)


def test_kinds_are_counted_apart(come: Callable[..., Any], body: dict[str, Any]) -> None:
    come(body, **{"X-Country": "DE", "User-Agent": PHONE})
    come(body, **{"X-Country": "FR", "User-Agent": PHONE})
    come({**body, "regime": "us-ca"}, **{"X-Country": "US-CA", "User-Agent": PHONE})
    come(body, **{"X-Country": "XX"})
    rows = DailyStatistic.objects.values_list("country", "regime", "device_class", "count").order_by("country")
    assert list(rows) == [
        ("", "eu", "other", 1),
        ("DE", "eu", "phone", 1),
        ("FR", "eu", "phone", 1),
        ("US", "us-ca", "phone", 1),
    ]


@pytest.mark.parametrize(
    ("claimed", "headers", "expected"),
    [
        ({"dnt": False, "gpc": False}, {}, {"impression": 1}),
        ({"dnt": True, "gpc": False}, {}, {"impression": 1, "signal_dnt": 1}),
        ({"dnt": False, "gpc": False}, {"Sec-GPC": "1"}, {"impression": 1, "signal_gpc": 1}),
        (
            {"dnt": False, "gpc": True},
            {"DNT": "1", "Sec-GPC": "1"},
            {"impression": 1, "signal_dnt": 1, "signal_gpc": 1},
        ),
        ({"dnt": False, "gpc": False}, {"DNT": "0,1"}, {"impression": 1, "signal_dnt": 1}),
        ({"dnt": False, "gpc": False}, {"Sec-GPC": "true"}, {"impression": 1}),
    ],
    ids=str,
)
def test_signals_are_counted_and_make_no_event(
    come: Callable[..., Any],
    body: dict[str, Any],
    claimed: dict[str, bool],
    headers: dict[str, str],
    expected: dict[str, int],
) -> None:
    assert come({**body, "signals": claimed}, **headers).status_code == 204
    assert counted() == expected
    assert not ConsentEvent.objects.exists()


def test_impression_says_whether_the_banner_was_shown(come: Callable[..., Any], body: dict[str, Any]) -> None:
    for asked in (True, False):
        assert come({**body, "asked": asked}).status_code == 204
    assert counted() == {"impression": 2, "asked": 1}
    assert come({**body, "asked": "yes"}).status_code == 400


@pytest.mark.parametrize(
    ("agent", "is_counted"),
    [
        ("Mozilla/5.0 (compatible; Examplebot/2.1; +http://bots.example)", False),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0", False),
        ("Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 50) Mobile", True),
        (PHONE, True),
    ],
)
def test_program_that_says_what_it_is_is_not_counted(
    come: Callable[..., Any], body: dict[str, Any], agent: str, is_counted: bool
) -> None:
    assert come({**body, "asked": True}, **{"User-Agent": agent}).status_code == 204
    assert bool(counted()) is is_counted


def test_website_counts_only_by_its_own_choice(client: Client, published: Publication) -> None:
    body = {
        "version": published.version.digest,
        "language": "en",
        "regime": "eu",
        "signals": {"dnt": True, "gpc": True},
    }
    response = client.post(URL, json.dumps(body), content_type="text/plain", headers={"Origin": ORIGIN})
    assert response.status_code == 204
    assert not DailyStatistic.objects.exists()


def test_page_that_was_loaded_before_the_choice_ended_counts_nothing(
    come: Callable[..., Any], body: dict[str, Any], counting: Publication
) -> None:
    SitePolicy.objects.update(count_impressions=False)
    assert publish(site=counting.site, by="alice", now=timezone.now())
    assert come(body).status_code == 204
    assert not DailyStatistic.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"country": "US"}, "body"),
        ({"page": "https://www.numonix.example/secret"}, "body"),
        ({"signals": {"dnt": False, "gpc": False, "ip": "203.0.113.9"}}, "signals"),
        ({"signals": {"dnt": "yes", "gpc": False}}, "signals"),
        ({"signals": None}, "signals"),
        ({"version": "abc"}, "version"),
        ({"language": "fr"}, "language"),
        ({"regime": "br"}, "regime"),
        ({"regime": "x" * 17}, "regime"),
    ],
    ids=str,
)
def test_impression_that_does_not_fit_is_refused(
    come: Callable[..., Any], body: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    response = come({**body, **change})
    assert response.status_code == 400, response.content
    assert response.json()["error"]["code"] == "malformed"
    assert field in response.json()["error"]["fields"]
    assert not DailyStatistic.objects.exists()


def test_impression_that_is_none_is_refused(come: Callable[..., Any], body: dict[str, Any]) -> None:
    assert come(b"{").status_code == 400
    assert come(json.dumps(body) + " " * 1024).status_code == 413
    assert come(body, content_type="application/x-www-form-urlencoded").status_code == 415
    unknown = come({**body, "version": "0" * 64})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (409, "version_unknown")
    assert not DailyStatistic.objects.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_other_pages_count_nothing(come: Callable[..., Any], body: dict[str, Any], origin: str | None) -> None:
    response = come(body, origin=origin)
    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response
    assert not DailyStatistic.objects.exists()


@pytest.mark.usefixtures("limits_stand_still")
def test_own_pages_may_read_the_answer_and_are_limited(
    come: Callable[..., Any], client: Client, body: dict[str, Any], settings: Any
) -> None:
    settings.EVENT_RATE = "1/min"
    first, second = come(body), come(body)
    assert (first.status_code, second.status_code) == (204, 429)
    assert first["Access-Control-Allow-Origin"] == second["Access-Control-Allow-Origin"] == ORIGIN
    assert second["Retry-After"]
    assert not first.cookies
    looked = client.get(URL, headers={"Origin": ORIGIN})
    assert (looked.status_code, looked["Allow"]) == (405, "POST, OPTIONS")
    assert counted() == {"impression": 1}


def test_counter_holds_nothing_about_anyone(come: Callable[..., Any], body: dict[str, Any]) -> None:
    come(body, **{"X-Forwarded-For": "203.0.113.9", "User-Agent": PHONE, "Referer": f"{ORIGIN}/secret"})
    row = str(DailyStatistic.objects.values().get())
    assert not [trace for trace in ("203.0.113", "127.0.0.1", "iPhone", "secret") if trace in row]
