"""Which addresses the server may be sent to by somebody's word: the public internet, and nothing behind it."""

from __future__ import annotations

import pytest

from consent.public_addresses import (
    NotAnAddress,
    is_own_machine,
    is_public,
    names_own_machine,
    port_fault,
    read_address,
)

INSIDE = (
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2001:0:1::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2606:4700::1111%eth0",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "",
    "localhost",
)


@pytest.mark.parametrize("address", INSIDE)
def test_address_inside_or_in_disguise_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001:830::200e"])
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://www.example.com", "https://www.example.com/"),
        (" HTTPS://WWW.Example.com./a?b=c#d ", "https://www.example.com/a?b=c"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("https://example.com:443/", "https://example.com/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
        # What would end the request's first line is no part of it.
        ("https://example.com/a\r\nHost: evil", "https://example.com/aHost:%20evil"),
        ("https://example.com/a b?c d", "https://example.com/a%20b?c%20d"),
    ],
)
def test_address_is_read_as_it_is_asked_for(typed: str, read: str) -> None:
    assert str(read_address(typed)) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "www.example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "//example.com/",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://exa mple.com/",
        "https://a..b/",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        f"https://{'a' * 70}é.example/",
        f"https://example.com/{'a' * 2000}",
    ],
)
def test_what_is_no_plain_web_address_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        read_address(typed)


@pytest.mark.parametrize(
    ("typed", "is_usual"),
    [("https://a.example/", True), ("http://a.example/", True), ("http://a.example:443/", True)]
    + [(f"http://a.example:{port}/", False) for port in (22, 25, 6379, 8080, 8443)],
)
def test_only_the_ports_of_the_web_are_asked(typed: str, is_usual: bool) -> None:
    assert (port_fault(read_address(typed)) is None) is is_usual


def test_own_machine_is_known_by_its_names_and_addresses_only() -> None:
    assert all(map(names_own_machine, ["localhost", "shop.localhost", "127.0.0.1", "::1"]))
    assert not any(map(names_own_machine, ["localhost.example.com", "127.0.0.1.nip.example", "0.0.0.0", "127.1"]))
    assert all(map(is_own_machine, ["127.0.0.1", "127.9.9.9", "::1"]))
    assert not any(map(is_own_machine, ["10.0.0.1", "169.254.169.254", "0.0.0.0", "localhost"]))
