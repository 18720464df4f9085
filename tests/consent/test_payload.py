"""Canonical bytes beside the reference implementation, and who counts as added."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from consent.payload import canonical_json, digest_of, with_ordinals

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(VALUES)
def test_canonical_json_equals_the_reference_implementation(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {1: "a"}, {"a": b"b"}, {"a": {"b": 0.0}}])
def test_canonical_json_refuses_what_has_no_single_form(value: Any) -> None:
    with pytest.raises(ValueError, match="payload"):
        canonical_json(value)


def test_canonical_json_sorts_by_utf16_code_units() -> None:
    assert canonical_json({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


def test_digest_is_sha256_of_the_bytes() -> None:
    assert digest_of(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def partner(slug: str, category: str = "performance", purposes: tuple[str, ...] = ("crm",)) -> dict[str, Any]:
    return {"slug": slug, "category": category, "purposes": list(purposes), "name": slug}


def draft(*partners: dict[str, Any], own: tuple[str, ...] = ()) -> dict[str, Any]:
    codes = ("strictly_necessary", "performance", "functional", "targeting")
    return {
        "partners": list(partners),
        "categories": [{"code": code} for code in codes],
        "cookies": [{"partner": None, "category": code} for code in own],
    }


def added(payload: dict[str, Any]) -> dict[str, int]:
    return {row["slug"]: row["added"] for row in payload["partners"]}


def used(payload: dict[str, Any]) -> dict[str, int]:
    return {row["code"]: row["added"] for row in payload["categories"]}


def test_first_version_adds_everything() -> None:
    first = with_ordinals(draft(partner("a"), own=("functional",)), None, ordinal=1)
    assert added(first) == {"a": 1}
    assert used(first) == {"strictly_necessary": 0, "performance": 0, "functional": 1, "targeting": 0}


def test_later_version_keeps_the_ordinals_of_what_was_there() -> None:
    first = with_ordinals(draft(partner("a"), own=("functional",)), None, ordinal=1)
    second = with_ordinals(draft(partner("a"), partner("b"), own=("functional",)), first, ordinal=2)
    assert added(second) == {"a": 1, "b": 2}
    assert used(second)["functional"] == 1


@pytest.mark.parametrize(
    "changed",
    [partner("a", "targeting"), partner("a", purposes=("crm", "advertising"))],
    ids=["moved", "new purpose"],
)
def test_partner_that_moved_or_got_a_purpose_counts_as_added(changed: dict[str, Any]) -> None:
    first = with_ordinals(draft(partner("a")), None, ordinal=1)
    assert added(with_ordinals(draft(changed), first, ordinal=2)) == {"a": 2}


@pytest.mark.parametrize(
    "changed",
    [{**partner("a"), "name": "Renamed"}, partner("a", purposes=())],
    ids=["reworded", "purpose dropped"],
)
def test_partner_that_was_reworded_or_does_less_is_not_added(changed: dict[str, Any]) -> None:
    first = with_ordinals(draft(partner("a")), None, ordinal=1)
    assert added(with_ordinals(draft(changed), first, ordinal=2)) == {"a": 1}


def test_unchanged_draft_has_the_same_bytes() -> None:
    first = with_ordinals(draft(partner("a"), own=("targeting",)), None, ordinal=1)
    again = with_ordinals(draft(partner("a"), own=("targeting",)), json.loads(canonical_json(first)), ordinal=2)
    assert canonical_json(again) == canonical_json(first)
