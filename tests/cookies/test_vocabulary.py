"""The closed sets: every code has its words, and lifetimes have one spelling."""

from __future__ import annotations

import re

import pytest

from cookies import vocabulary


@pytest.mark.parametrize(
    ("codes", "labels"),
    [
        (vocabulary.CATEGORIES, vocabulary.CATEGORY_LABELS),
        (vocabulary.TECHNOLOGIES, vocabulary.TECHNOLOGY_LABELS),
        (vocabulary.PARTIES, vocabulary.PARTY_LABELS),
        (vocabulary.LOAD_MODES, vocabulary.LOAD_MODE_LABELS),
        (vocabulary.PURPOSES, vocabulary.PURPOSE_LABELS),
        (vocabulary.STEP_VERBS, vocabulary.STEP_VERB_LABELS),
    ],
)
def test_labels_cover_their_set_in_its_order(codes, labels):
    assert tuple(labels) == codes
    assert len(set(labels.values())) == len(codes)


def test_categories_are_the_four_of_the_evidence_in_order():
    assert vocabulary.CATEGORIES == ("strictly_necessary", "performance", "functional", "targeting")
    assert vocabulary.OPTIONAL_CATEGORIES == ("performance", "functional", "targeting")
    assert list(vocabulary.CATEGORY_LETTERS.values()) == ["s", "p", "f", "t"]


@pytest.mark.parametrize("lifetime", ["session", "persistent", "1 second", "30 minute", "13 month", "2 year"])
def test_lifetime_accepts(lifetime):
    assert re.fullmatch(vocabulary.LIFETIME_PATTERN, lifetime)


@pytest.mark.parametrize(
    "lifetime",
    ["", "2 years", "0 day", "01 day", "two years", "2year", "2 year\n", "1.5 year", "٢ year", "Session"],
)
def test_lifetime_refuses(lifetime):
    assert not re.fullmatch(vocabulary.LIFETIME_PATTERN, lifetime)
