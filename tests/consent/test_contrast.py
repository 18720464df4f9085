"""WCAG's contrast ratio; tests/snippet/contrast.test.mjs holds the admin's twin to the same vectors."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.contrast import contrast_ratio
from tests.vector_files import read_vectors

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize("case", read_vectors("contrast")["cases"], ids=lambda case: f"{case['one']} {case['other']}")
def test_contrast_is_wcags_ratio(case: dict[str, Any]) -> None:
    assert contrast_ratio(case["one"], case["other"]) == pytest.approx(case["ratio"], abs=0.01)


@given(one=COLOURS, other=COLOURS)
def test_contrast_is_symmetrical_and_between_1_and_21(one: str, other: str) -> None:
    assert contrast_ratio(one, other) == contrast_ratio(other, one)
    assert 1 <= contrast_ratio(one, other) <= 21.000001
