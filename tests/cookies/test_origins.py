"""Where a website may embed Sayso."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cookies.origins import cookie_domain_error, domain_error, keep_path_error, origin_allowed, origin_of, within

ALLOWED = [
    ("https://www.example.com", "https://www.example.com"),
    ("https://www.example.com", "https://www.example.com:443"),
    ("https://*.example.com", "https://a.example.com"),
    ("https://*.example.com", "https://a.b.example.com"),
    ("https://www.example.com:8443", "https://www.example.com:8443"),
    ("http://localhost:*", "http://localhost:8000"),
    ("http://localhost:*", "http://localhost"),
    ("http://127.0.0.1:*", "http://127.0.0.1:65535"),
    ("http://*.localhost:*", "http://numonix.localhost:8000"),
    ("http://[::1]:*", "http://[::1]:8000"),
]
REFUSED = [
    ("https://www.example.com", "http://www.example.com"),
    ("https://www.example.com", "https://www.example.com:8443"),
    ("https://www.example.com", "https://www.example.com.evil.example"),
    ("https://www.example.com", "https://user@www.example.com"),
    ("https://www.example.com", "https://www.example.com/path"),
    ("https://*.example.com", "https://example.com"),
    ("https://*.example.com", "https://evilexample.com"),
    ("https://*.example.com", "https://.example.com"),
    ("https://*.example.com", "https://evil.example\\.example.com"),
    ("https://*.example.com", "https://evil\n.example.com"),
    ("http://localhost:*", "http://localhost.evil.example"),
    ("http://localhost:*", "https://localhost"),
    ("http://127.0.0.1:*", "null"),
    ("http://127.0.0.1:*", ""),
    ("http://127.0.0.1:*", "http://127.0.0.1:99999"),
]


@pytest.mark.parametrize(("pattern", "origin"), ALLOWED)
def test_origin_that_fits_is_allowed(pattern: str, origin: str) -> None:
    assert origin_allowed(origin, [pattern])


@pytest.mark.parametrize(("pattern", "origin"), REFUSED)
def test_origin_that_does_not_fit_is_refused(pattern: str, origin: str) -> None:
    assert not origin_allowed(origin, [pattern])


@pytest.mark.parametrize(
    "pattern",
    [
        "www.example.com",
        "https://",
        "https://*",
        "https://*.com",
        "https://www.example.com/path",
        "https://www.example.com:*",
        "http://www.example.com",
        "ftp://www.example.com",
        "https://www.*.com",
        "javascript:alert(1)",
        "https://example.com https://evil.example",
    ],
)
def test_domain_that_would_allow_too_much_is_explained(pattern: str) -> None:
    assert domain_error(pattern)


@pytest.mark.parametrize("pattern", sorted({pattern for pattern, _ in ALLOWED}))
def test_sound_domain_has_no_error(pattern: str) -> None:
    assert domain_error(pattern) is None


@given(st.text(max_size=60))
def test_origin_rules_never_raise(text: str) -> None:
    domain_error(text)
    origin_of(text)
    assert not origin_allowed(text, ["https://www.example.com"]) or text.startswith("https://www.example.com")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://www.example.com/a?b#c", "https://www.example.com"),
        ("HTTPS://WWW.Example.com:443/", "https://www.example.com"),
        ("http://127.0.0.1:8000/demo/", "http://127.0.0.1:8000"),
        ("//www.example.com/", None),
        ("javascript:alert(1)", None),
        ("https://user:secret@www.example.com/", None),
        ("https://evil.example\\.www.example.com/", None),
    ],
)
def test_origin_of_an_address(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("domain", ["example.com", "shop.example.com", "numonix.cloud"])
def test_cookie_domain_is_one_that_the_website_is_under(domain: str) -> None:
    assert cookie_domain_error(domain, ["https://www.shop.example.com", "https://*.numonix.cloud"]) is None


@pytest.mark.parametrize(
    "domain",
    ["com", "localhost", "example.org", "ample.com", "www.example.com.evil", "https://example.com", "", "a b", "*.x.y"],
)
def test_cookie_domain_of_somebody_else_is_refused(domain: str) -> None:
    assert cookie_domain_error(domain, ["https://www.example.com"])


@pytest.mark.parametrize("path", ["/sayso/keep", "/k", "/a-b/c_d/~e/keep.php", "/keep/", "/" + "a" * 199])
def test_keep_path_is_one_of_the_website(path: str) -> None:
    assert keep_path_error(path) is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "keep", "/keep?x=1", "/keep#x", "/../keep", "/a/../b", "/a//b", "/.well-known/x", "/a b"),
        *("//evil.example/keep", "/\\evil.example", "https://evil.example/keep"),
        *("/a%2Fb", "/ä", "/keep\n", "/a;b", "/{x}", "/$host"),
        "/" + "a" * 200,
    ],
)
def test_keep_path_that_leads_elsewhere_or_is_read_in_two_ways_is_refused(path: str) -> None:
    assert keep_path_error(path)


def test_within_a_domain_is_the_domain_and_what_is_below_it() -> None:
    assert within("example.com", "example.com")
    assert within("www.example.com", "example.com")
    assert not within("anexample.com", "example.com")
    assert not within("www.example.com", "")
