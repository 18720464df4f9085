"""The consent cookie against the shared vectors."""

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import consent_cookie
from consent.decisions import DecidingRegime, cookie_age, remembered_days
from tests.vector_files import DAY, read_vectors, stored_choice

VECTORS = read_vectors("cookies")


def named(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", VECTORS[kind], ids=[case["name"] for case in VECTORS[kind]])


@named("parse")
def test_parse_fits_the_shared_vectors(case: dict[str, Any]) -> None:
    parsed = consent_cookie.parse(case["value"])
    assert (asdict(parsed) if parsed else None) == case["expect"]


@named("format")
def test_format_fits_the_shared_vectors(case: dict[str, Any]) -> None:
    stored = stored_choice(case["stored"])
    assert stored
    assert consent_cookie.format(stored) == case["expect"]


@named("choose")
def test_newest_of_a_header_fits_the_shared_vectors(case: dict[str, Any]) -> None:
    chosen = consent_cookie.newest(consent_cookie.values_in(case["header"]))
    assert (consent_cookie.format(chosen) if chosen else None) == case["expect"]


@named("keep")
def test_age_and_memory_fit_the_shared_vectors(case: dict[str, Any]) -> None:
    row = {name: case[name] for name in ("model", "reach", "grant_days", "refusal_days")}
    regime = DecidingRegime(code="any", signals=(), **row)
    stored = stored_choice(case["stored"])
    assert stored
    assert cookie_age(regime=regime, stored=stored) == case["expect"]
    assert remembered_days(regime=regime, stored=stored) * DAY == case["ask"]


@given(st.text(max_size=140))
def test_parse_never_raises(value: str) -> None:
    consent_cookie.parse(value)
