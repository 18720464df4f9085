"""Cookie names against patterns."""

import pytest

from cookies.matching import name_matches


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("_ga", "_ga", True),
        ("_ga", "_gat", False),
        ("_ga_*", "_ga_AB12", True),
        ("_ga_*", "_ga_", True),
        ("_ga_*", "_ga", False),
        ("*_id", "visitor_id", True),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "acb", False),
        ("a*a", "a", False),
        ("*", "anything", True),
        ("a.c", "abc", False),
        ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", False),
    ],
)
def test_name_matches_only_its_pattern(pattern: str, name: str, fits: bool) -> None:
    assert name_matches(name, pattern) is fits
