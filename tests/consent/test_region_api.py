"""GET …/region: which rules hold for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.models import Publication, SitePolicy
from consent.services.publishing import publish
from tests.consent.conftest import NOW, ORIGIN
from tests.country_database import write_database

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from cookies.models import Site

pytestmark = pytest.mark.django_db
URL = "/api/v1/sites/numonix/region"


@pytest.fixture
def distinguishing(furnished: Site, settings: Any) -> Publication:
    """Alice's website with three regimes, on a server that trusts an edge."""
    settings.COUNTRY_HEADER, settings.REGION_HEADER = "X-Country", "X-Region"
    SitePolicy.objects.create(site=furnished, regimes=["eu", "us-ca", "us"])
    publication = publish(site=furnished, by="alice", now=NOW)
    assert publication
    return publication


def ask(client: Client, url: str = URL, /, origin: str | None = ORIGIN, **headers: str) -> Any:
    return client.get(url, headers={**({"Origin": origin} if origin else {}), **headers})


@pytest.mark.parametrize(
    ("country", "region", "answer"),
    [
        ("US", "CA", {"country": "US", "region": "CA", "regime": "us-ca"}),
        ("US", "WY", {"country": "US", "region": "WY", "regime": "us"}),
        ("US", "", {"country": "US", "region": None, "regime": "unknown"}),
        ("DE", "BY", {"country": "DE", "region": "BY", "regime": "eu"}),
        ("RE", "", {"country": "RE", "region": None, "regime": "eu"}),
        ("BR", "", {"country": "BR", "region": None, "regime": "unknown"}),
        ("XX", "", {"country": None, "region": None, "regime": "unknown"}),
        ("US,DE", "CA", {"country": None, "region": None, "regime": "unknown"}),
    ],
)
def test_region_answers_the_regime_of_the_place(
    client: Client, distinguishing: Publication, country: str, region: str, answer: dict[str, Any]
) -> None:
    response = ask(client, **{"X-Country": country, "X-Region": region})
    assert response.status_code == 200
    assert response.json() == answer


def test_region_comes_from_the_address_without_an_edge(
    client: Client, distinguishing: Publication, settings: Any, tmp_path: Path
) -> None:
    settings.COUNTRY_HEADER, settings.TRUSTED_PROXIES = "", 1
    settings.GEOIP_DATABASE = str(write_database(tmp_path / "places.mmdb"))
    response = ask(client, **{"X-Forwarded-For": "203.0.113.9, 198.51.100.77", "X-Country": "DE"})
    assert response.json() == {"country": "US", "region": "CA", "regime": "us-ca"}
    assert "198.51.100" not in str(response.headers) + response.content.decode()


def test_website_with_one_regime_answers_it_everywhere(client: Client, published: Publication, settings: Any) -> None:
    settings.COUNTRY_HEADER = "X-Country"
    assert ask(client, **{"X-Country": "US-CA"}).json() == {"country": "US", "region": "CA", "regime": "eu"}


def test_region_is_the_visitors_own_and_kept_for_ten_minutes(client: Client, distinguishing: Publication) -> None:
    response = ask(client)
    assert response["Cache-Control"] == "private, max-age=600"
    assert response["Vary"] == "Origin"
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in response
    assert not response.cookies


def test_region_costs_no_query_once_the_website_is_in_memory(client: Client, distinguishing: Publication) -> None:
    ask(client)
    with CaptureQueriesContext(connection) as queries:
        assert ask(client).status_code == 200
    assert len(queries) == 0


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_region_is_not_told_to_other_pages(client: Client, distinguishing: Publication, origin: str) -> None:
    response = ask(client, origin=origin)
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "origin_not_allowed"
    assert "Access-Control-Allow-Origin" not in response
    assert response["Cache-Control"] == "no-store"


def test_page_of_the_same_origin_sends_none(client: Client, distinguishing: Publication) -> None:
    response = ask(client, origin=None)
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response
    assert response["Vary"] == "Origin"
    assert ask(client, origin="http://localhost:8000").status_code == 200


def test_unknown_website_and_one_without_a_version_have_no_regime(client: Client, site: Site) -> None:
    unknown = ask(client, "/api/v1/sites/nobody/region")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_site")
    unpublished = ask(client)
    assert (unpublished.status_code, unpublished.json()["error"]["code"]) == (404, "nothing_published")


def test_region_is_read_only(client: Client, distinguishing: Publication) -> None:
    response = client.post(URL, headers={"Origin": ORIGIN})
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["error"]["code"] == "method_not_allowed"
    assert client.head(URL, headers={"Origin": ORIGIN}).status_code == 200
    asked_before = client.options(URL, headers={"Origin": ORIGIN})
    assert (asked_before.status_code, asked_before["Access-Control-Allow-Methods"]) == (204, "GET")


def test_region_is_limited_by_the_visitors_own_address(
    client: Client, distinguishing: Publication, settings: Any
) -> None:
    settings.EVENT_RATE, settings.TRUSTED_PROXIES = "1/min", 1

    def status(forwarded: str) -> int:
        return int(ask(client, **{"X-Forwarded-For": forwarded}).status_code)

    assert status("203.0.113.1") == 200
    assert status("198.51.100.7, 203.0.113.1:99") == 429, "Neither a forged hop nor another port is another client."
    assert status("203.0.113.2") == 200


def test_schema_describes_the_plain_views_too(client: Client) -> None:
    paths = client.get("/api/schema/?format=json").json()["paths"]
    assert set(paths[URL.replace("numonix", "{key}")]) == {"get"}
    assert set(paths["/api/v1/sites/{key}/impressions"]) == {"post"}
