"""Databases of countries, as small as a test needs them. None is kept in the repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

# Networks that are set aside for examples, and one that belongs to nobody's public net.
NETWORKS: Mapping[str, tuple[str, str]] = {
    "203.0.113.0/24": ("DE", "BY"),
    "198.51.100.0/24": ("US", "CA"),
    "192.0.2.0/24": ("FR", ""),
    "2001:db8::/32": ("CA", "QC"),
}


def country_record(country: str, region: str = "") -> dict[str, Any]:
    subdivisions = [{"iso_code": region, "names": {"en": region}}, {"iso_code": "9"}] if region else []
    return {"country": {"iso_code": country}, **({"subdivisions": subdivisions} if subdivisions else {})}


def write_database(path: Path, records: Mapping[str, Any] | None = None) -> Path:
    """A database in MaxMind's format: network → record. Without `records`, that of NETWORKS."""
    if records is None:
        records = {network: country_record(*place) for network, place in NETWORKS.items()}
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-City", languages=["en"])
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path
