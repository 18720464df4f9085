"""A page of a website, read as its server sends it: is the embed line there, where, and what loads beside it? Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consent.embed_lines import absolute, line_remarks
from consent.markup import Element, elements
from consent.page_policy import policy_remarks
from consent.page_remarks import Expected, Remark, hint, wrong
from consent.page_tags import tag_remarks

HTML_TYPES = ("text/html", "application/xhtml+xml")
# The line is there, and browsers do not run it.
BLOCKED = ("line_insecure", "policy_script")
POLICY = "content-security-policy"
TONES = ("wrong", "hint", "good")


@dataclass(frozen=True)
class Reading:
    """What was found. `has_line`: a page that says so counts as seen with the line."""

    has_line: bool
    remarks: tuple[Remark, ...]


def is_page(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in HTML_TYPES


def read_page(body: bytes, *, address: str, headers: Mapping[str, str], is_whole: bool, expected: Expected) -> Reading:
    """`address` is where the page was found in the end; `headers` have lower-case names."""
    page = list(elements(as_text(body, headers.get("content-type", ""))))
    base = _base(page, address)
    line, remarks = line_remarks(page, base, expected)
    if line:
        remarks += policy_remarks([headers.get(POLICY, ""), *_own_policies(page)], line, address)
    remarks += tag_remarks(page, base, line, expected)
    if not is_whole:
        remarks.append(
            hint(
                "not_whole",
                "The page is longer than what was read of it.",
                "What stands behind that was not looked at.",
            )
        )
    works = line is not None and not any(remark.code in BLOCKED for remark in remarks)
    return Reading(works, tuple(sorted(remarks, key=_rank)))


def wrong_status(status: int) -> Remark:
    return wrong(
        "status",
        f"The page answers with the status {status}, so visitors may see something else.",
        "Check a page that is open to everybody.",
    )


def as_text(body: bytes, content_type: str) -> str:
    """Enough for tags and addresses: these are ASCII in every encoding of the web but UTF-16, and what is not is
    replaced. A page that says the wrong encoding is read all the same."""
    named = content_type.lower().partition("charset=")[2].strip(" \"'")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or named.startswith("utf-16"):
        return body.decode(named if named in ("utf-16le", "utf-16be") else "utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


def _base(page: Sequence[Element], address: str) -> str:
    """What relative addresses on the page are relative to."""
    for element in page:
        if element.tag == "base" and element.attributes.get("href") and not element.is_inert:
            return absolute(element.attributes["href"], address) or address
    return address


def _own_policies(page: Sequence[Element]) -> list[str]:
    return [
        element.attributes.get("content", "")
        for element in page
        if element.tag == "meta" and element.attributes.get("http-equiv", "").lower() == POLICY and not element.is_inert
    ]


def _rank(remark: Remark) -> tuple[int, int]:
    """Whether the line is there comes first, then what there is to say of it, then its neighbours; the worst first."""
    is_of_line = remark.code.startswith(("line_", "other_", "fetches_", "policy_"))
    return (0 if remark.code == "line_found" else 1 if is_of_line else 2), TONES.index(remark.tone)
