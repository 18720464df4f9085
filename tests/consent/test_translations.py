"""Where a translation has fallen behind the website's own words."""

from __future__ import annotations

from consent.translations import MISSING, OUTDATED, behind, original_name, with_origins

ORIGINAL = {"title": "Cookies?", "text": "We ask.", "save": "Save"}


def test_own_words_without_a_translation_are_missing_and_builtin_ones_are_not() -> None:
    found = behind(original=ORIGINAL, own_original={"title"}, own=(), made_from={})
    assert found == {"title": MISSING}


def test_translation_of_other_words_is_outdated() -> None:
    made_from = {"title": original_name("Biscuits?"), "text": original_name("We ask.")}
    found = behind(original=ORIGINAL, own_original={"title"}, own={"title", "text", "save"}, made_from=made_from)
    # Nobody knows what `save` was made from.
    assert found == {"title": OUTDATED}


def test_origin_is_kept_for_what_was_written_and_dropped_with_the_translation() -> None:
    made_from = {"title": "old", "text": "old", "save": "old"}
    known = with_origins(made_from, original=ORIGINAL, own={"title", "text"}, written=["title", "gone"])
    assert known == {"title": original_name("Cookies?"), "text": "old"}
