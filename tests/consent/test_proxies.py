"""Whose address a request carries: counted from the right, whatever the visitor puts on the left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.proxies import client_address

PROXY = "10.0.0.1"
CASES = [
    ("nothing in front", "203.0.113.9", None, 0, "203.0.113.9"),
    ("nothing in front, a header is nobody's", "203.0.113.9", "198.51.100.1", 0, "203.0.113.9"),
    ("one proxy", PROXY, "203.0.113.9", 1, "203.0.113.9"),
    ("one proxy, forged from the left", PROXY, "198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
    ("two proxies", PROXY, "203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
    ("two proxies, forged from the left", PROXY, "1.1.1.1, 198.51.100.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
    ("fewer hops than proxies", PROXY, "203.0.113.9", 2, "203.0.113.9"),
    ("header sent twice, joined without a space", PROXY, "198.51.100.1,203.0.113.9", 1, "203.0.113.9"),
    ("one proxy that says nothing", PROXY, None, 1, ""),
    ("one proxy, empty header", PROXY, "", 1, ""),
    ("last hop empty", PROXY, "198.51.100.1, ", 1, ""),
    ("no address", PROXY, "unknown", 1, ""),
    ("hidden on purpose", PROXY, "_hidden", 1, ""),
    ("with a port", PROXY, "203.0.113.9:4711", 1, "203.0.113.9"),
    ("IPv6", PROXY, "2001:db8::9", 1, "2001:db8::9"),
    ("IPv6, written at length", PROXY, "2001:0DB8:0000:0000:0000:0000:0000:0009", 1, "2001:db8::9"),
    ("IPv6 in brackets", PROXY, "[2001:db8::9]", 1, "2001:db8::9"),
    ("IPv6 with a port", PROXY, '"[2001:db8::9]:4711"', 1, "2001:db8::9"),
    ("IPv6 with a zone", "fe80::1%eth0", None, 0, "fe80::1"),
    ("IPv4 in IPv6", "::ffff:203.0.113.9", None, 0, "203.0.113.9"),
    ("private", PROXY, "192.168.1.7", 1, "192.168.1.7"),
    ("a socket has no address", "", None, 0, ""),
    ("a number is no address", PROXY, "3405803785", 1, ""),
    ("an octet too many", PROXY, "203.0.113.9.1", 1, ""),
]


@pytest.mark.parametrize(("name", "remote", "forwarded", "proxies", "expected"), CASES, ids=[row[0] for row in CASES])
def test_client_address_is_the_one_that_the_outermost_proxy_saw(
    name: str, remote: str, forwarded: str | None, proxies: int, expected: str
) -> None:
    assert client_address(remote, forwarded, proxies) == expected


@given(st.text(), st.integers(1, 4))
def test_nothing_left_of_the_proxies_changes_the_address(forged: str, proxies: int) -> None:
    hops = ["203.0.113.9", *(f"10.0.0.{number}" for number in range(2, proxies + 1))]
    assert client_address(PROXY, ",".join([forged, *hops]), proxies) == "203.0.113.9"


@given(st.text(), st.none() | st.text(), st.integers(0, 4))
def test_client_address_never_raises(remote: str, forwarded: str | None, proxies: int) -> None:
    assert isinstance(client_address(remote, forwarded, proxies), str)
