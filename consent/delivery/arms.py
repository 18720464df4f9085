"""The files of two banners that are tested. The first file carries both and draws one; each has its own second file.

The same bytes for every visitor: which banner is shown is decided in the browser, on each page view, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent.delivery.compose import (
    Composed,
    Schedule,
    compose,
    engine,
    engine_for,
    extras_of,
    script_json,
    snippet_facts,
    wrapped,
)
from consent.news import Change

PART = "arms"


@dataclass(frozen=True)
class Banner:
    """An arm: what events call it, of a hundred page views how many show it, and what it shows."""

    variant: str
    share: int
    payload: Mapping[str, Any]
    digest: str


def compose_arms(
    *,
    arms: Sequence[Banner],
    until: int,
    language: str,
    schedule: Schedule,
    public_url: str,
    news: Sequence[Change] = (),
    announcement: Mapping[str, str] | None = None,
) -> tuple[Composed, dict[str, dict[str, Composed]]]:
    """The first file that draws, and by variant the files that its banner loads later. `until`: Unix seconds."""
    files = {
        arm.variant: compose(
            payload=arm.payload,
            digest=arm.digest,
            language=language,
            schedule=schedule,
            public_url=public_url,
            news=news,
            announcement=announcement,
        )
        for arm in arms
    }
    facts = [
        snippet_facts(
            arm.payload,
            digest=arm.digest,
            language=language,
            schedule=schedule,
            preferences=files[arm.variant]["preferences"].name(arm.payload["site"]["key"]),
            public_url=public_url,
        )
        for arm in arms
    ]
    drawn = [
        {"share": arm.share, "variant": arm.variant, "facts": _of_its_own(facts[0], each)}
        for arm, each in zip(arms, facts, strict=True)
    ]
    draw = f"(function(__ARMS__){{{engine(PART).strip()}\n}})({script_json({'until': until, 'arms': drawn})});"
    # Banners that are tested differ in words and look, so one engine decides for all.
    first = wrapped(engine_for(facts[0]), facts[0], language, extras_of(arms[0].payload, language), before=draw)
    later = {
        variant: {kind: file for kind, file in of_arm.items() if kind != "snippet"} for variant, of_arm in files.items()
    }
    return first, later


def _of_its_own(control: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What differs. Facts leave out what is empty, so what only the control has is said to be nothing."""
    keys = dict.fromkeys([*control, *facts])
    return {key: facts.get(key) for key in keys if control.get(key) != facts.get(key)}
