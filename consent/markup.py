"""The elements of an HTML page that make a browser load something, in order. Pure.

As a browser with scripts reads it (HTML Living Standard, "Tokenization"), as far as that matters here: what stands in
a comment or in noscript loads nothing. One pass, whose time grows with the page's length and with nothing else: the
page is whatever somebody's server sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

# Their content is text up to their own end tag.
RAW = ("script", "style", "textarea", "title", "iframe", "noembed", "noframes", "noscript", "xmp")
ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in RAW}
# Anything else that is opened begins the body.
OF_THE_HEAD = frozenset(
    {
        "html",
        "head",
        "base",
        "basefont",
        "bgsound",
        "link",
        "meta",
        "noframes",
        "noscript",
        "script",
        "style",
        "template",
    }
    | {"title"}
)
NAME = re.compile(r"[^\s/>]+")
ATTRIBUTE = re.compile(
    r"""[\s/]*(?P<name>[^\s/>=][^\s/>=]*+|=[^\s/>=]*+)
    (?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>"'][^\s>]*)|(?=>))|(?!\s*=\s*["']))""",
    re.X,
)
TO_THE_END = re.compile(r"[\s/]*>")
TAG_ENDS = re.compile(">")
COMMENT_ENDS = re.compile(r"--!?>|(?<=<!--)>|(?<=<!--)->")
# Nobody writes more. What is behind that is not read: whoever does wants to keep us busy.
MOST_SIGNS, MOST_ATTRIBUTES = 100_000, 500


@dataclass(frozen=True)
class Element:
    """`content` is the text of a script or of a comment, whose tag is `!--`. `is_inert`: inside a template, where
    nothing loads."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    in_head: bool = True
    is_inert: bool = False


def elements(page: str) -> Iterator[Element]:
    """Start tags and comments, in the order in which a browser meets them."""
    at, in_head, templates = 0, True, 0
    for _ in range(MOST_SIGNS):
        if (begin := page.find("<", at)) < 0:
            return
        if not templates and page[at:begin].strip():
            in_head = False
        after = page[begin + 1 : begin + 2]
        if after.isascii() and after.isalpha():
            found = _opened(page, begin + 1)
            if found is None:
                return
            tag, attributes, at = found
            in_head = in_head and (templates > 0 or tag in OF_THE_HEAD)
            content, at = _content(page, tag, at)
            yield Element(tag, attributes, content, in_head, is_inert=templates > 0)
            templates += tag == "template"
        elif page.startswith("<!--", begin):
            content, at = _until(page, COMMENT_ENDS, begin + 4)
            yield Element("!--", {}, content, in_head, is_inert=True)
        elif page.startswith("</", begin) and page[begin + 2 : begin + 3].isalpha():
            found = _opened(page, begin + 2)
            if found is None:
                return
            tag, _, at = found
            templates -= tag == "template" and templates > 0
            in_head = in_head and tag not in ("head", "body", "html")
        elif after and after in "!?/":
            _, at = _until(page, TAG_ENDS, begin + 1)
        else:
            # A sign among words.
            in_head, at = False, begin + 1


def _opened(page: str, at: int) -> tuple[str, dict[str, str], int] | None:
    """A tag's name, its attributes, and where it ends; None where the page ends before it does, or should. Of two
    attributes with one name the first counts."""
    name = NAME.match(page, at)
    assert name
    attributes: dict[str, str] = {}
    at = name.end()
    for _ in range(MOST_ATTRIBUTES):
        if end := TO_THE_END.match(page, at):
            return name[0].lower(), attributes, end.end()
        found = ATTRIBUTE.match(page, at)
        if not found:
            return None
        value = found["double"] or found["single"] or found["bare"] or ""
        attributes.setdefault(found["name"].lower(), unescape(value))
        at = found.end()
    return None


def _content(page: str, tag: str, at: int) -> tuple[str, int]:
    """The text inside an element that holds only text, and where it ends."""
    return _until(page, ENDS[tag], at, keep_end=True) if tag in ENDS else ("", at)


def _until(page: str, ending: re.Pattern[str], at: int, *, keep_end: bool = False) -> tuple[str, int]:
    found = ending.search(page, at)
    if not found:
        return page[at:], len(page)
    return page[at : found.start()], found.start() if keep_end else found.end()
