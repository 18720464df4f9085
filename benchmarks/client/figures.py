"""The figures: what they are called, what they are held to, and the table of medians and ratios. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.client.candidates import LEAST, NOBODY, OURS

# Candidate → figure → what each run saw.
Runs = Mapping[str, Mapping[str, Sequence[Any]]]
NONE = "—"


@dataclass(frozen=True)
class Number:
    """Less is better. `most`: what ours may be; `share`: how much of the best peer's; `beyond`: only what it adds to
    the page without a banner counts. Without `most` and `share` it is told, and held to nothing."""

    key: str
    title: str
    unit: str = "ms"
    most: float | None = None
    share: float | None = None
    beyond: bool = False

    def value(self, runs: Runs, who: str) -> float | None:
        values = _numbers(runs, who, self.key)
        if not values:
            return None
        if self.beyond:
            base = _numbers(runs, NOBODY, self.key)
            return median(values) - median(base) if base else None
        return median(values)

    @property
    def target(self) -> str:
        if self.share is not None:
            return f"≤ {self.share} × the best peer"
        sign = "+" if self.beyond and self.most else ""
        return NONE if self.most is None else f"≤ {sign}{self.most:,g}" if self.most else "0"

    def met(self, ours: float | None, best: float | None) -> bool | None:
        if ours is None or (self.share is not None and best is None):
            return None
        if self.share is not None and best is not None:
            return ours <= self.share * best
        return None if self.most is None else ours <= self.most + 0.0005


@dataclass(frozen=True)
class Truth:
    """Holds in every run, or it does not. `says`: what one run saw, as `yes` or in a few words."""

    key: str
    title: str
    says: Callable[[Any], str]
    target: str = "yes"

    def text(self, runs: Runs, who: str) -> str:
        values = runs.get(who, {}).get(self.key, ())
        if not values:
            return NONE
        said = [self.says(value) for value in values]
        wrong = [text for text in said if text != "yes"]
        return "yes" if not wrong else wrong[0] if len(values) == 1 else f"{wrong[0]} ({len(wrong)} of {len(values)})"


NUMBERS = (
    Number("bytes", "first view: brotli", "bytes", most=6_000),
    Number("requests", "first view: requests", "", most=1),
    Number("plain_bytes", "first view of a page without an embed: brotli", "bytes", most=6_000),
    Number("plain_requests", "first view of a page without an embed: requests", "", most=1),
    Number("script", "script time until the banner stands", most=10),
    Number("script_unslowed", "script time until the banner stands, CPU not slowed"),
    Number("paint", "the page's own first paint"),
    Number("placed", "banner in its place, buttons working", share=0.8),
    Number("lcp", "LCP, added to the page", beyond=True, most=10),
    Number("shift", "layout shift, added to the page", "", beyond=True, most=0),
    Number("blocking", "blocking time, added to the page", beyond=True, most=0),
    Number("gone", "Accept all → banner gone", most=35),
    Number("next_paint", "Accept all → next paint", most=32),
    Number("tag_asked", "Accept all → first gated tag requested"),
    Number("tag_answered", "Accept all → first gated tag answered (network's 150 ms included)", most=170),
    Number("return_script", "return visit: script time", most=4),
    Number("return_plain_script", "return visit to a page without an embed: script time", most=4),
    Number("return_unslowed", "return visit: script time, CPU not slowed"),
    Number("refused_script", "return visit of who has refused: script time", most=4),
    Number("refused_unslowed", "return visit of who has refused: script time, CPU not slowed"),
    Number("return_bytes", "return visit, cold cache: brotli", "bytes", most=6_000),
    Number("centre_bytes", "preference centre: extra brotli", "bytes", most=7_000),
    Number("usable", "preference centre: click → usable, pointer rested on the button", most=100),
    Number("usable_by_tap", "preference centre: tap → usable"),
)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _listed(left: Sequence[str]) -> str:
    return "yes" if not left else f"leaves {len(left)}"


def _empty(text: str) -> str:
    return text or "yes"


def _clean(found: Mapping[str, Sequence[str]]) -> str:
    broken = sum(len(rules) for rules in found.values())
    return "yes" if not broken else f"{broken} in {sum(bool(rules) for rules in found.values())} of {len(found)} states"


def _reloads(counts: Mapping[str, int]) -> str:
    if counts["on_accept"] or counts["for_nothing"]:
        return "reloads in vain"
    return "yes" if counts["on_withdrawal"] <= 1 else f"{counts['on_withdrawal']} reloads"


TRUTHS = (
    Truth("lcp_is_banner", "the banner is never the LCP", lambda is_banner: _yes(not is_banner)),
    Truth("once", "each gated tag once", _yes),
    Truth("order", "tags in the document's order, within and across categories", _yes),
    Truth("left", "withdrawal leaves no declared cookie", _listed),
    Truth("reloads", "no reload unless something revoked still runs", _reloads),
    Truth("axe", "axe WCAG 2.2 AA: no violation", _clean),
    Truth("dnt", "DNT honoured by default", _yes),
    Truth("gpc", "GPC honoured by default", _yes),
    Truth("csp", "strict CSP without a violation", _empty),
    Truth("types", "Trusted Types enforced: banner and tags work", _empty),
)


def table(runs: Runs) -> list[list[str]]:
    """Rows of text, the names of the columns first: figure, peers, ours, ratio to the best peer, target, met. Where it
    was measured, what no banner can do without stands before the peers; it is none of them."""
    peers = [who for who in runs if who not in (OURS, NOBODY, LEAST)]
    others = [LEAST, *peers] if LEAST in runs else peers
    rows = [["figure", *others, OURS, "ratio to best peer", "target", "met"]]
    for number in NUMBERS:
        values = {who: number.value(runs, who) for who in (*others, OURS)}
        best = min((value for who in peers if (value := values[who]) is not None), default=None)
        ours = values[OURS]
        cells = [_shown(values[who], number) for who in (*others, OURS)]
        rows.append([_titled(number), *cells, _ratio(ours, best), number.target, _met(number.met(ours, best))])
    for truth in TRUTHS:
        cells = [truth.text(runs, who) for who in (*others, OURS)]
        met = None if cells[-1] == NONE else cells[-1] == "yes"
        rows.append([truth.title, *cells, NONE, truth.target, _met(met)])
    return rows


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """The table for a terminal; it is Markdown too."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _numbers(runs: Runs, who: str, key: str) -> list[float]:
    values = runs.get(who, {}).get(key, ())
    return [float(value) for value in values if value is not None and not math.isnan(value)]


def _titled(number: Number) -> str:
    return f"{number.title} [{number.unit}]" if number.unit else number.title


def _shown(value: float | None, number: Number) -> str:
    if value is None:
        return NONE
    sign = "+" if number.beyond and value > 0 else ""
    if number.key == "shift":
        return f"{sign}{value:.3f}"
    return f"{sign}{value:,.1f}" if number.unit == "ms" and abs(value) < 20 else f"{sign}{value:,.0f}"


def _ratio(ours: float | None, best: float | None) -> str:
    return NONE if ours is None or not best or best < 0 else f"{ours / best:.2f}"


def _met(met: bool | None) -> str:
    return NONE if met is None else "yes" if met else "NO"
