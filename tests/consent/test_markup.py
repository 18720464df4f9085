"""What a browser would meet in a page, and that no page keeps the server busy."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.markup import MOST_SIGNS, elements

SIZE = 2_000_000


def tags(page: str) -> list[str]:
    return [element.tag for element in elements(page)]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<!doctype html><HTML><Head><script src=a></script>", ["html", "head", "script"]),
        ("<script>if (a<b) '<img src=x>'</script><p>", ["script", "p"]),
        ("<script>'</scripty>'</script ><p>", ["script", "p"]),
        ("<title><script></title><p>", ["title", "p"]),
        ("<!-- <script> --><p>", ["!--", "p"]),
        ("<!--><p>", ["!--", "p"]),
        ("<!--- --!><p>", ["!--", "p"]),
        ("<!-- never ends <p>", ["!--"]),
        ("<noscript><img src=a></noscript><p>", ["noscript", "p"]),
        ("<? <p ?><br>", ["br"]),
        ("a < b <p>", ["p"]),
        ("<p", []),
        ("<a title='>'><b>", ["a", "b"]),
        ("<a title='> <b>", []),
    ],
)
def test_elements_are_those_that_a_browser_meets(page: str, found: list[str]) -> None:
    assert tags(page) == found


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        ("<a B=1 b=2 c>", {"b": "1", "c": ""}),
        ("<a b = 'x y' c=\"z\">", {"b": "x y", "c": "z"}),
        ("<a b='1'c=2/>", {"b": "1", "c": "2/"}),
        ("<a b='&amp;&quot;'>", {"b": '&"'}),
        ("<a\nb\t=\r\n1>", {"b": "1"}),
        ("<a / b=/x/y>", {"b": "/x/y"}),
    ],
)
def test_attributes_are_read_as_they_are_written(written: str, attributes: dict[str, str]) -> None:
    (found,) = elements(written)
    assert found.attributes == attributes


@pytest.mark.parametrize(
    ("page", "in_head"),
    [
        ("<head><meta><x-mark>", False),
        ("<head><meta><script id=x>", True),
        ("<script id=x>", True),
        ("<head></head><script id=x>", False),
        ("<head>Words<script id=x>", False),
        ("<head><img><script id=x>", False),
        ("<head><title>Words</title>\n<noscript><img></noscript><template>Words<img></template><script id=x>", True),
        ("<body><script id=x>", False),
    ],
)
def test_head_ends_where_a_browser_ends_it(page: str, in_head: bool) -> None:
    assert list(elements(page))[-1].in_head is in_head


def test_what_stands_in_a_template_is_inert() -> None:
    page = "<template><script src=a></script><template></template><img></template></template><img>"
    assert [element.is_inert for element in elements(page)] == [False, True, True, True, False]


HOSTILE = {
    "signs": "<",
    "comments": "<!--",
    "ended comments": "<!-->",
    "scripts": "<script>",
    "half ends": "<script></",
    "almost ends": "<script></script ",
    "attributes": "<a " + "a" * 3 + " ",
    "equals": "<a =",
    "quotes": '<a b="',
    "two quotes": "<a b=\"'",
    "declarations": "<!",
    "instructions": "<?",
    "ends": "</",
    "named ends": "</a ",
    "spaces": "<a          ",
    "slashes": "<a/ ",
    "elements": "<i>",
    "templates": "<template>",
    "words": " <br>",
    "references": "<a b=&amp",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_page_takes_long(kind: str) -> None:
    """In the time of this thread: the machine may have other things to do. The standard library's parser takes hours
    for some of these."""
    page = (HOSTILE[kind] * (SIZE // len(HOSTILE[kind])))[:SIZE]
    began = time.thread_time()
    assert sum(1 for _ in elements(page)) <= MOST_SIGNS
    assert time.thread_time() - began < 8


@given(st.text(alphabet="<>!-/ab=\"' scriptnoe&;\n", max_size=200))
def test_any_page_is_read_to_its_end(page: str) -> None:
    assert all(element.tag for element in elements(page))
