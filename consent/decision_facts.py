"""What a decision needs of what is live, as it travels to a website that decides by itself. Pure.

Written by the platform, read by consent/website/. What can't be read exactly is not read at all: a website that does
not understand its facts must not guess what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from consent.decisions import NECESSARY, OPTIONAL_CATEGORIES, DecidingPartner, DecidingRegime, DecidingVersion

MODELS = ("opt_in", "opt_out", "notice")
REACHES = ("all", "sale_or_share")
SIGNALS = ("dnt", "gpc")
DNT_POLICIES = ("honour", "disregard")
Read = TypeVar("Read")


class UnreadableFacts(ValueError):
    """Something is missing, or is not what this version of the rules knows."""


@dataclass(frozen=True)
class DecisionFacts:
    """`regimes`: the rows in force, the one for everybody else first. `languages`: the website's own first."""

    regimes: tuple[DecidingRegime, ...]
    version: DecidingVersion
    dnt_policy: str
    languages: tuple[str, ...]


def facts_as_dict(facts: DecisionFacts) -> dict[str, Any]:
    version = facts.version
    return {
        "version": {
            "digest": version.digest,
            "ordinals": dict(version.ordinals),
            "categories": dict(version.categories),
            "partners": [
                {
                    "slug": partner.slug,
                    "category": partner.category,
                    "added": partner.added,
                    "sale_or_share": partner.sale_or_share,
                    "starts_at": partner.starts_at,
                    "runs_unasked": partner.runs_unasked,
                }
                for partner in version.partners
            ],
            "grace": dict(version.grace),
            "announce_until": version.announce_until,
        },
        "regimes": [
            {
                "code": regime.code,
                "model": regime.model,
                "defaults": dict(regime.defaults),
                "signals": list(regime.signals),
                "reach": regime.reach,
                "grant_days": regime.grant_days,
                "refusal_days": regime.refusal_days,
                "accepts": None if regime.accepts is None else list(regime.accepts),
            }
            for regime in facts.regimes
        ],
        "policy": {"dnt": facts.dnt_policy},
        "languages": list(facts.languages),
    }


def read_facts(raw: object) -> DecisionFacts:
    """Raises UnreadableFacts. Members that are not known are left out: a newer platform may say more."""
    regimes = _each(_member(raw, "regimes"), _regime)
    if not regimes:
        raise UnreadableFacts("There is no regime.")
    return DecisionFacts(
        regimes=regimes,
        version=_version(_member(raw, "version")),
        dnt_policy=_one_of(_member(_member(raw, "policy"), "dnt"), DNT_POLICIES),
        languages=_each(_member(raw, "languages"), _text),
    )


def _version(raw: object) -> DecidingVersion:
    return DecidingVersion(
        digest=_text(_member(raw, "digest")),
        ordinals=_table(_member(raw, "ordinals"), _number),
        categories=_table(_member(raw, "categories"), _number),
        partners=_each(_member(raw, "partners"), _partner),
        grace=_table(_member(raw, "grace"), _number),
        announce_until=_number(_member(raw, "announce_until")),
    )


def _partner(raw: object) -> DecidingPartner:
    return DecidingPartner(
        slug=_text(_member(raw, "slug")),
        category=_one_of(_member(raw, "category"), (NECESSARY, *OPTIONAL_CATEGORIES)),
        added=_number(_member(raw, "added")),
        sale_or_share=_truth(_member(raw, "sale_or_share")),
        starts_at=_number(_member(raw, "starts_at")),
        runs_unasked=_truth(_member(raw, "runs_unasked")),
    )


def _regime(raw: object) -> DecidingRegime:
    accepts = _member(raw, "accepts")
    return DecidingRegime(
        code=_text(_member(raw, "code")),
        model=_one_of(_member(raw, "model"), MODELS),
        signals=_each(_member(raw, "signals"), lambda name: _one_of(name, SIGNALS)),
        grant_days=_number(_member(raw, "grant_days")),
        refusal_days=_number(_member(raw, "refusal_days")),
        defaults=_table(_member(raw, "defaults"), _truth),
        reach=_one_of(_member(raw, "reach"), REACHES),
        accepts=None if accepts is None else _each(accepts, _text),
    )


def _member(raw: object, name: str) -> object:
    if not isinstance(raw, Mapping) or name not in raw:
        raise UnreadableFacts(f"{name} is missing.")
    member: object = raw[name]
    return member


def _each(raw: object, read: Callable[[object], Read]) -> tuple[Read, ...]:
    if not isinstance(raw, list):
        raise UnreadableFacts("Something is no list.")
    return tuple(read(item) for item in raw)


def _table(raw: object, read: Callable[[object], Read]) -> dict[str, Read]:
    if not isinstance(raw, Mapping):
        raise UnreadableFacts("Something is no table.")
    return {_text(name): read(value) for name, value in raw.items()}


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise UnreadableFacts("Something is no text.")
    return raw


def _number(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise UnreadableFacts("Something is no whole number.")
    return raw


def _truth(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise UnreadableFacts("Something is neither true nor false.")
    return raw


def _one_of(raw: object, known: tuple[str, ...]) -> str:
    text = _text(raw)
    if text not in known:
        raise UnreadableFacts("A word is not known here. Is the website's copy of Sayso older than the platform?")
    return text
