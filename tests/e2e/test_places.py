"""The real server behind a proxy: headers as they come on the wire, counts that survive it, addresses that do not."""

from __future__ import annotations

import http.client
import json
import shutil
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.country_database import write_database
from tests.e2e.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DISTINGUISH = """
from django.utils import timezone
from consent.models import SitePolicy
from consent.services.publishing import publish
from cookies.models import Site
site = Site.objects.get(key="numonix")
SitePolicy.objects.filter(site=site).update(regimes=["eu", "us-ca"], count_impressions=True, dnt="honour")
print(publish(site=site, by="test", now=timezone.now()).version.digest)
"""
# What the proxy in front saw is the last one.
GERMANY, CALIFORNIA = "203.0.113.77", "198.51.100.77"


class PlacedServer(Server):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.places = write_database(folder / "places.mmdb")

    def _environment(self) -> dict[str, str]:
        return {
            **super()._environment(),
            "COUNT_FLUSH_SECONDS": "3600",
            "COUNTRY_HEADER": "X-Country",
            "GEOIP_DATABASE": str(self.places),
            "LOG_LEVEL": "DEBUG",
            "TRUSTED_PROXIES": "1",
        }

    def send(self, method: str, path: str, *headers: tuple[str, str], body: Any = None) -> tuple[int, Any]:
        """One request with its headers in order, some perhaps twice."""
        raw = json.dumps(body).encode() if body else b""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        connection.putrequest(method, f"/api/v1/sites/numonix/{path}")
        for name, value in (("Origin", self.website), ("Content-Type", "text/plain"), *headers):
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(raw)))
        connection.endheaders(raw)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else None


@pytest.fixture
def placed(tmp_path: Path, server: Server) -> Iterator[PlacedServer]:
    placed = PlacedServer(tmp_path)
    shutil.copy(server.new_database, placed.database)
    yield placed
    placed.close()


def test_headers_on_the_wire_place_a_visitor_and_addresses_stay_nowhere(placed: PlacedServer) -> None:
    digest = placed.shell(DISTINGUISH)
    placed.start()

    def regime(*headers: tuple[str, str]) -> str:
        status, answer = placed.send("GET", "region", *headers)
        assert status == 200
        return str(answer["regime"])

    forwarded = "X-Forwarded-For"
    assert regime((forwarded, GERMANY)) == "eu"
    assert regime((forwarded, f"{CALIFORNIA}, {GERMANY}:4711")) == "eu"
    assert regime((forwarded, CALIFORNIA), (forwarded, GERMANY)) == "eu", "The visitor's header, then the proxy's."
    assert regime((forwarded, GERMANY), (forwarded, CALIFORNIA)) == "us-ca"
    assert regime() == "unknown", "The proxy's own address is nobody's."
    assert regime((forwarded, CALIFORNIA), ("X-Country", "DE")) == "eu"
    assert regime((forwarded, GERMANY), ("X-Country", "US-CA"), ("X-Country", "DE")) == "unknown"

    event = {
        "event_id": str(uuid.uuid4()),
        "consent_id": str(uuid.uuid4()),
        "action": "accept_all",
        "surface": "api",
        "categories": {"performance": True, "functional": True, "targeting": True},
        "version": digest,
        "language": "en",
        "regime": "us-ca",
        "signals": {"gpc": False, "dnt": False},
        "trusted": False,
    }
    from_germany = ((forwarded, CALIFORNIA), (forwarded, GERMANY))
    assert placed.send("POST", "events", *from_germany, ("Sec-GPC", "0"), ("Sec-GPC", "1"), body=event)[0] == 201
    seen = {"version": digest, "language": "en", "regime": "eu", "signals": {"dnt": False, "gpc": False}}
    for _ in range(3):
        assert placed.send("POST", "impressions", *from_germany, ("DNT", "0"), ("DNT", "1"), body=seen)[0] == 204
    row = placed.rows("SELECT country, regime_shown, regime_seen, signals_seen FROM consent_consentevent")[0]
    assert (row["country"], row["regime_shown"], row["regime_seen"]) == ("DE", "us-ca", "eu")
    assert json.loads(row["signals_seen"]) == {"dnt": False, "gpc": True}
    counters = "SELECT outcome, country, regime, count FROM consent_dailystatistic ORDER BY outcome"
    assert placed.rows(counters) == [], "Nobody waited for a counter."

    assert placed.interrupt() == 0
    assert [tuple(row.values()) for row in placed.rows(counters)] == [
        ("impression", "DE", "eu", 3),
        ("signal_dnt", "DE", "eu", 3),
        ("unproven_grant", "DE", "us-ca", 1),
    ]
    for path in (placed.log, placed.database, *placed.database.parent.glob("*-wal")):
        assert not [address for address in (b"203.0.113", b"198.51.100") if address in path.read_bytes()]
