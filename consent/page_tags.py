"""What a page loads beside the embed line, whose it is, and whether it waits for a yes. Pure.

It knows what stands in the HTML. What a script loads in its turn it can't know, only which addresses the script names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from consent.embed_lines import Line, absolute, runs
from consent.markup import Element
from consent.page_remarks import Expected, KnownPartner, Remark
from cookies.origins import origin_allowed
from cookies.vocabulary import CATEGORIES

# Elements that fetch what `src` names as soon as they are read.
FETCHES = {
    "script": "script",
    "iframe": "frame",
    "img": "picture",
    "embed": "embed",
    "video": "video",
    "audio": "sound",
}
# Relations that fetch, or open a connection, which tells the host of the visitor too.
LINKS = frozenset({"stylesheet", "preload", "modulepreload", "prefetch", "preconnect"})
NAMED = re.compile(r"""["'`](?:https?:)?(?:\\?/){2}([a-z0-9-]+(?:\.[a-z0-9-]+)+)(\\?/[^"'`?#\s]*)?""", re.I)
ONETRUST = re.compile(r"(?:^|\s)optanon-category-")
MOST_STRANGERS = 12


@dataclass(frozen=True)
class Tag:
    """Something on the page that fetches from a host, or would. `kind` is a word for people, `path` has no query."""

    kind: str
    host: str
    path: str
    is_before: bool
    waits: bool
    category: str = ""
    partner: str = ""

    @property
    def is_marked(self) -> bool:
        return bool(self.category or self.partner)

    @property
    def words(self) -> str:
        where = "before the line" if self.is_before else "after the line"
        how = f"{self.kind} that names {self.host}" if self.kind == INLINE else f"{self.kind} from {self.host}"
        return f"{how}, {where}"


INLINE, LINK = "script in the page", "link"
# Automatic blocking does not reach these.
NEVER_HELD = frozenset({"embed", "video", "sound"})


def tag_remarks(page: Sequence[Element], base: str, line: Line | None, expected: Expected) -> list[Remark]:
    """For each partner that the page's HTML tells of: whether it waits. Strangers come last, in one remark."""
    found: dict[Remark, list[str]] = {}
    strangers: dict[str, str] = {}
    for tag in tags_of(page, base, line):
        if _is_ours(tag.host, base, expected):
            continue
        if remark := _unknown_mark(tag, expected) or _verdict(tag, _owners(tag, expected), expected):
            found.setdefault(remark, []).append(tag.words)
        elif not tag.waits and tag.kind != INLINE:
            strangers.setdefault(tag.host, tag.words)
    told = [replace(remark, detail=_listed(details)) for remark, details in found.items()]
    return [*told, *_strange(strangers)]


def tags_of(page: Sequence[Element], base: str, line: Line | None) -> Iterator[Tag]:
    for place, element in enumerate(page):
        if element.is_inert or (line and element is line.element):
            continue
        for tag in _fetched(element, base):
            yield replace(tag, is_before=line is None or place < line.place)


def _fetched(element: Element, base: str) -> Iterator[Tag]:
    given = element.attributes
    marks = {"category": given.get("data-category", ""), "partner": given.get("data-partner", "")}
    is_marked = any(marks.values()) or bool(ONETRUST.search(given.get("class", "")))
    kind = FETCHES.get(element.tag, "")
    if kind and (place := _place(given.get("src", ""), base)):
        waits = element.tag == "script" and not runs(element)
        if not waits or is_marked:
            yield Tag(kind, *place, False, waits, **marks)
    if element.tag in ("iframe", "img") and is_marked and (place := _place(given.get("data-src", ""), base)):
        yield Tag(kind, *place, False, True, **marks)
    is_link = element.tag == "link" and not LINKS.isdisjoint(given.get("rel", "").lower().split())
    if is_link and (place := _place(given.get("href", ""), base)):
        yield Tag(LINK, *place, False, False, **marks)
    if element.tag == "script" and not given.get("src") and (runs(element) or is_marked):
        for host, path in dict.fromkeys(NAMED.findall(element.content)):
            yield Tag(INLINE, host.lower(), path.replace("\\", ""), False, not runs(element), **marks)


def _place(address: str, base: str) -> tuple[str, str] | None:
    """The host and path that an address on the page leads to; None where it leads nowhere by http."""
    parts = urlsplit(absolute(address, base)) if address else None
    return (parts.hostname, parts.path) if parts and parts.hostname else None


def _is_ours(host: str, base: str, expected: Expected) -> bool:
    if host in (urlsplit(base).hostname, urlsplit(expected.platform).hostname):
        return True
    return origin_allowed(f"https://{host}", expected.domains)


def _owners(tag: Tag, expected: Expected) -> list[KnownPartner]:
    """Whose it is: the one that the tag names, else those with such a script, else those with such a host; of several
    the website's own partners."""
    named = [partner for partner in expected.partners if partner.is_declared and partner.slug == tag.partner]
    fitting = [partner for partner in expected.partners if _owns(partner, tag.host)]
    exact = [partner for partner in fitting if f"{tag.host}{tag.path}".startswith(partner.scripts or ("/",))]
    found = exact or fitting
    return named or [partner for partner in found if partner.is_declared] or found


def _owns(partner: KnownPartner, host: str) -> bool:
    return any(host == pattern or (pattern.startswith("*") and host.endswith(pattern[1:])) for pattern in partner.hosts)


def _unknown_mark(tag: Tag, expected: Expected) -> Remark | None:
    declared = {partner.slug for partner in expected.partners if partner.is_declared}
    if tag.partner and tag.partner not in declared:
        sentence = f"A tag waits for the partner “{tag.partner[:40]}”, which this website does not have. It never runs."
        return Remark(
            "unknown_partner", "wrong", sentence, "Write its short name as it stands under Partners.", "partners"
        )
    if tag.category and tag.category not in CATEGORIES:
        sentence = f"A tag waits for the category “{tag.category[:40]}”, which does not exist. It never runs."
        return Remark("unknown_category", "wrong", sentence, "Write performance, functional or targeting.", "install")
    return None


def _verdict(tag: Tag, owners: Sequence[KnownPartner], expected: Expected) -> Remark | None:
    """What there is to say of a partner's tag; None where nobody is known whose it would be."""
    if not owners:
        return None
    names = " or ".join(dict.fromkeys(owner.name for owner in owners))
    if not owners[0].is_declared and not tag.is_marked:
        sentence = f"{names} is loaded, and is not among the website's partners: visitors are neither told nor asked."
        return Remark(
            "not_declared", "wrong", sentence, "Add it under Partners, or take it out of the page.", "library"
        )
    code, tone, says, cure, page = _of_declared(tag, owners, expected)
    return Remark(code, tone, says.format(names), cure, page)


Said = tuple[str, str, str, str, str]
WAITS: Said = ("waits", "good", "{} waits for a yes.", "", "")
NECESSARY: Said = ("necessary", "good", "{} is strictly necessary, and may load at once.", "", "")
HELD: Said = ("held", "good", "{} is held back automatically until a yes.", "", "")
TOLD: Said = (
    "told",
    "hint",
    "{} loads before a yes and is told the answer, as it was chosen under Partners.",
    "Its lines from Install must stand above it.",
    "install",
)
LOADED_TWICE: Said = (
    "loaded_twice",
    "wrong",
    "{} is loaded by Sayso after a yes, and the page loads it too, without waiting.",
    "Take it out of the page.",
    "",
)
BEFORE_THE_LINE: Said = (
    "before_the_line",
    "wrong",
    "{} stands before the line, where nothing holds it back.",
    "Move the line above it.",
    "",
)
FRAME: Said = (
    "frame_in_html",
    "wrong",
    "{} is a frame in the page's HTML, which begins to load before it can be held back.",
    "Write data-src in place of src, as Install shows.",
    "install",
)
BY_A_LINK: Said = (
    "by_a_link",
    "wrong",
    "{} is asked for something by a link in the page, which waits for nobody.",
    "Take the link out, or put it into a template that waits.",
    "install",
)
WITHOUT_EFFECT: Said = (
    "mark_without_effect",
    "wrong",
    "{} has a mark, but loads at once all the same.",
    'A script needs type="text/plain" too; a frame or a picture needs data-src in place of src.',
    "install",
)
AT_ONCE: Said = (
    "loads_at_once",
    "wrong",
    "{} is loaded without waiting for a yes.",
    "Mark its tag as Install shows, or let Sayso load it.",
    "install",
)


def _of_declared(tag: Tag, owners: Sequence[KnownPartner], expected: Expected) -> Said:
    if tag.waits:
        return WAITS
    if any(owner.category == "strictly_necessary" for owner in owners):
        return NECESSARY
    if any(owner.load_mode == "signalled" for owner in owners):
        return TOLD
    if tag.kind == LINK:
        return BY_A_LINK
    if expected.blocks and tag.kind not in NEVER_HELD:
        return BEFORE_THE_LINE if tag.is_before else FRAME if tag.kind == "frame" else HELD
    if tag.is_marked:
        return WITHOUT_EFFECT
    return LOADED_TWICE if all(owner.load_mode == "managed" for owner in owners) else AT_ONCE


def _strange(strangers: dict[str, str]) -> Iterator[Remark]:
    if strangers:
        details = list(strangers.values())
        sentence = "The page also loads from addresses that belong to no known partner."
        cure = "Find out what they are. What gets to know visitors belongs under Partners."
        yield Remark("strangers", "hint", sentence, cure, "partners", _listed(details))


def _listed(details: Sequence[str]) -> str:
    different = list(dict.fromkeys(details))
    more = len(different) - MOST_STRANGERS
    return "; ".join(different[:MOST_STRANGERS]) + (f"; and {more} more" if more > 0 else "")
