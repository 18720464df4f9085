"""The embed lines of a page: which there are, where they lead, and what is wrong with how they stand there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from consent.markup import Element
from consent.page_remarks import Expected, Remark, good, hint, wrong
from cookies.origins import origin_allowed, origin_of

PATH = re.compile(
    r"/s/(?P<key>[a-z0-9-]{1,40})"
    r"(?:\.(?P<digest>[0-9a-f]{32}(?:[0-9a-f]{32})?)|\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*))?\.js"
)
SCRIPT_TYPES = frozenset(
    {"", "module", "text/javascript", "application/javascript", "application/ecmascript", "text/ecmascript"}
    | {"application/x-javascript", "text/jscript"}
)


@dataclass(frozen=True)
class Line:
    """A script whose address is that of a website's file. `place` is its number among the page's elements."""

    element: Element
    origin: str
    key: str
    language: str
    digest: str
    place: int


def runs(element: Element) -> bool:
    """Whether a script element is a program for the browser."""
    return element.attributes.get("type", "").strip().lower() in SCRIPT_TYPES


def lines_of(page: Sequence[Element], base: str) -> list[Line]:
    return list(_lines(page, base))


def line_remarks(page: Sequence[Element], base: str, expected: Expected) -> tuple[Line | None, list[Remark]]:
    """The line that works for this website, and what there is to say about it or about its absence."""
    found = [line for line in lines_of(page, base) if not line.element.is_inert]
    ours = [line for line in found if line.key == expected.key and _is_served(line.origin, expected)]
    working = [line for line in ours if runs(line.element)]
    if not working:
        return None, [_absence(page, base, expected, found, ours)]
    line = working[0]
    return line, [_presence(line), *_how_it_stands(line, page, base, expected), *_others(line, found, expected)]


def _lines(page: Sequence[Element], base: str) -> Iterator[Line]:
    for place, element in enumerate(page):
        if element.tag != "script" or not element.attributes.get("src"):
            continue
        address = absolute(element.attributes["src"], base)
        named = PATH.fullmatch(urlsplit(address).path) if address else None
        if named:
            yield Line(
                element,
                origin_of(address) or "",
                named["key"],
                named["language"] or "",
                named["digest"] or "",
                place,
            )


def absolute(address: str, base: str) -> str:
    """What an address on a page leads to, without what a browser drops; "" where it leads nowhere by http."""
    try:
        whole = urljoin(base, re.sub(r"[\t\n\r]", "", address).strip())
        return whole if origin_of(whole) else ""
    except ValueError:
        return ""


def _is_served(origin: str, expected: Expected) -> bool:
    return origin == expected.platform or origin_allowed(origin, expected.domains)


def _presence(line: Line) -> Remark:
    where = "in the head" if line.element.in_head else "in the body"
    return good("line_found", f"The embed line is there, {where} of the page.")


def _absence(
    page: Sequence[Element], base: str, expected: Expected, found: Sequence[Line], ours: Sequence[Line]
) -> Remark:
    name = f"/s/{expected.key}."
    if ours:
        kind = ours[0].element.attributes.get("type", "")
        return wrong(
            "line_inert", f"The line is there, but its type “{kind[:40]}” keeps it from running.", "Take the type out."
        )
    if any(element.tag == "!--" and name in element.content for element in page):
        return wrong(
            "line_in_comment", "The line stands in a comment, so browsers skip it.", "Take it out of the comment."
        )
    if any(element.tag == "noscript" and name in element.content for element in page):
        sentence = "The line stands in noscript, which counts only where scripts are switched off."
        return wrong("line_in_noscript", sentence, "Move it out of there, to the top of the head.")
    if any(line.key == expected.key and line.element.is_inert for line in lines_of(page, base)):
        return wrong(
            "line_in_template",
            "The line stands in a template, where nothing runs.",
            "Move it out of there, to the top of the head.",
        )
    for line in found:
        if line.key == expected.key:
            sentence = f"The line leads to {line.origin}, and this server is {expected.platform}."
            return wrong("other_server", sentence, "Put the line from Install in its place.", "install")
        if line.origin == expected.platform:
            sentence = f"The page has the line of another website, {line.key}. This one is {expected.key}."
            return wrong("other_website", sentence, "Put the line from Install in its place.", "install")
    return wrong(
        "line_missing",
        "The embed line is not in the page as its server sends it.",
        "Put it at the top of the head. This check runs no script, so it can't see a line that a tag manager adds; "
        "and such a line comes too late to hold back what stands in the page.",
        "install",
    )


def _how_it_stands(line: Line, page: Sequence[Element], base: str, expected: Expected) -> Iterator[Remark]:
    given = line.element.attributes
    if not line.element.in_head:
        yield wrong(
            "line_in_body",
            "It stands in the body, so the page has begun without it.",
            "Move it to the top of the head.",
        )
    if base.startswith("https:") and line.origin.startswith("http:"):
        yield wrong(
            "line_insecure", "Its address begins with http, so browsers block it on a page under https.", "Write https."
        )
    late = "async" in given or "defer" in given or given.get("type", "").strip().lower() == "module"
    if expected.blocks and late:
        sentence = "This website holds partners back automatically, and async, defer or module lets them begin first."
        yield wrong("line_too_late", sentence, "Take the two lines from Install as they are.", "install")
    if expected.blocks and not _nothing_ahead(page[: line.place]):
        sentence = "The line above it is missing that keeps Chrome and its relatives from fetching ahead."
        yield wrong("fetches_ahead", sentence, "Take both lines from Install.", "install")
    if not expected.blocks and "async" not in given:
        yield hint("line_waits", "Without async the page waits for it.", "Add async, as on Install.", "install")
    if line.language and line.language.lower() not in {code.lower() for code in expected.languages}:
        sentence = f"It asks for the language {line.language}, which is not among the website's."
        yield hint(
            "line_language", sentence, "Readers of a related language may still be served. Look under Banner & texts."
        )
    if line.digest and not any(live.startswith(line.digest) for live in expected.live_files):
        sentence = "It is pinned to a file that is not the live one: visitors meet what was published then."
        yield hint("line_pinned", sentence, "Take the pinned line from Install again.", "install")


def _others(line: Line, found: Sequence[Line], expected: Expected) -> Iterator[Remark]:
    if sum(other.key == expected.key for other in found) > 1:
        yield hint(
            "line_twice",
            "It is there more than once. That does no harm, and the second has nothing to do.",
            "Keep the first.",
        )
    for key in dict.fromkeys(other.key for other in found if other.key != line.key and other.origin == line.origin):
        sentence = f"The line of another website is there too: {key}."
        yield wrong("other_website_too", sentence, "Only one can ask. Take it out.")


def _nothing_ahead(page: Sequence[Element]) -> bool:
    return any(
        element.tag == "meta" and element.attributes.get("http-equiv", "").lower() == "content-security-policy"
        for element in page
        if not element.is_inert
    )
