"""Where a request came from: the trusted edge, else a local database, else nobody knows. Addresses stay nowhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from consent.geography import open_database, place_of
from consent.places import Place
from tests.country_database import country_record, write_database
from tests.environment import environment

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(tmp_path: Path, settings: Any) -> Path:
    path = write_database(tmp_path / "places.mmdb")
    settings.GEOIP_DATABASE = str(path)
    return path


def place(address: str = "203.0.113.9", **headers: str) -> Place:
    return place_of(RequestFactory().get("/", REMOTE_ADDR=address, headers=headers))


# --- The edge's headers ----------------------------------------------------------------------------


def test_place_is_unknown_where_nothing_is_set() -> None:
    assert place(**{"CF-IPCountry": "US", "X-Country": "US", "X-Region": "CA"}) == Place()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Country": "US"}, Place("US")),
        ({"X-Country": "us"}, Place("US")),
        ({"X-Country": "US-CA"}, Place("US", "CA")),
        ({"X-Country": "US", "X-Region": "CA"}, Place("US", "CA")),
        ({"X-Country": "US", "X-Region": "US-CA"}, Place("US", "CA")),
        ({"X-Country": "US", "X-Region": "California"}, Place("US")),
        ({"X-Country": "US", "X-Region": "DE-BY"}, Place("US")),
        ({"X-Country": "US,DE"}, Place()),
        ({"X-Country": "T1"}, Place()),
        ({"X-Country": "<script>"}, Place()),
        ({"X-Region": "CA"}, Place()),
        ({}, Place()),
    ],
    ids=str,
)
def test_place_is_what_the_trusted_edge_says(settings: Any, headers: dict[str, str], expected: Place) -> None:
    settings.COUNTRY_HEADER, settings.REGION_HEADER = "X-Country", "X-Region"
    assert place(**headers) == expected


def test_region_counts_only_where_its_header_is_trusted(settings: Any) -> None:
    settings.COUNTRY_HEADER = "X-Country"
    assert place(**{"X-Country": "US", "X-Region": "CA"}) == Place("US")


def test_edge_goes_before_the_database(database: Path, settings: Any) -> None:
    settings.COUNTRY_HEADER = "X-Country"
    assert place(**{"X-Country": "BR"}) == Place("BR")
    assert place(**{"X-Country": "T1"}) == Place(), "Where Tor comes out says nothing about a visitor."
    assert place() == Place("DE", "BY"), "A request past the edge has no header."


# --- The local database ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.9", Place("DE", "BY")),
        ("198.51.100.77", Place("US", "CA")),
        ("192.0.2.1", Place("FR")),
        ("2001:db8::9", Place("CA", "QC")),
        ("::ffff:198.51.100.77", Place("US", "CA")),
        ("10.1.2.3", Place()),
        ("127.0.0.1", Place()),
        ("fe80::1%eth0", Place()),
        ("", Place()),
        ("nonsense", Place()),
    ],
)
def test_place_is_what_the_database_says_of_the_address(database: Path, address: str, expected: Place) -> None:
    assert place(address) == expected


def test_forged_addresses_on_the_left_change_nothing(database: Path, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    forwarded = "198.51.100.77, 198.51.100.78:80, 203.0.113.9:4711"
    assert place("10.0.0.1", **{"X-Forwarded-For": forwarded}) == Place("DE", "BY")
    settings.TRUSTED_PROXIES = 0
    assert place("192.0.2.1", **{"X-Forwarded-For": "198.51.100.77"}) == Place("FR")


def test_proxy_that_tells_no_address_is_not_the_visitor(database: Path, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    assert place("203.0.113.9") == Place()


@pytest.mark.parametrize(
    "record",
    [
        {"country": {"iso_code": "XX"}},
        {"country": {"names": {"en": "Nowhere"}}},
        {"country": "DE"},
        {"registered_country": {"iso_code": "DE"}},
        {"autonomous_system_number": 64496},
        ["DE"],
        "DE",
    ],
    ids=str,
)
def test_record_that_names_no_country_is_an_unknown_place(tmp_path: Path, settings: Any, record: Any) -> None:
    records = {"203.0.113.0/24": record, "192.0.2.0/24": country_record("FR")}
    settings.GEOIP_DATABASE = str(write_database(tmp_path / "odd.mmdb", records))
    assert place() == Place()
    assert place("192.0.2.1") == Place("FR")


def test_lookup_that_fails_later_is_an_unknown_place_and_names_no_address(
    database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert place() == Place("DE", "BY")
    # Closed, the file answers a look-up with an error, as a damaged one does.
    open_database(str(database)).close()
    assert place() == Place()
    assert "203.0.113" not in caplog.text


# --- A database that can't be used stops the start -------------------------------------------------


def missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def folder(path: Path) -> None:
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def something_else(path: Path) -> None:
    path.write_bytes(b"<html>Please sign in</html>" * 1000)


def cut_at_the_end(path: Path) -> None:
    path.write_bytes(write_database(path).read_bytes()[:-40])


def cut_in_half(path: Path) -> None:
    whole = write_database(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def cut_in_the_middle(path: Path) -> None:
    """Like a file that was overwritten in part: its beginning and the description at its end are whole."""
    networks = {f"{first}.0.0.0/8": country_record("DE", f"R{first}") for first in range(1, 100)}
    whole = write_database(path, networks).read_bytes()
    start = whole.rindex(b"\xab\xcd\xefMaxMind.com")
    path.write_bytes(whole[: start - 2_000] + whole[start:])


def without_countries(path: Path) -> None:
    write_database(path, {"203.0.113.0/24": {"autonomous_system_number": 64496}})


BROKEN = [missing, folder, empty, something_else, cut_at_the_end, cut_in_half, cut_in_the_middle, without_countries]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_database_that_cannot_be_used_says_what_to_do(tmp_path: Path, broken: Callable[[Path], None]) -> None:
    path = tmp_path / "places.mmdb"
    broken(path)
    with pytest.raises(ImproperlyConfigured, match=r"GEOIP_DATABASE is .*places\.mmdb") as caught:
        open_database(str(path))
    assert "leave the variable empty" in str(caught.value) or "country or city database" in str(caught.value)


def started(**changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_server_does_not_start_with_a_broken_database(tmp_path: Path) -> None:
    path = tmp_path / "places.mmdb"
    cut_in_half(path)
    result = started(GEOIP_DATABASE=str(path))
    assert result.returncode != 0
    assert "ImproperlyConfigured: GEOIP_DATABASE" in result.stderr.splitlines()[-1]
    write_database(path)
    assert started(GEOIP_DATABASE=str(path)).returncode == 0
