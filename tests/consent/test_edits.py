"""Two people on the same page: nothing that somebody saved is overwritten unseen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consent.edits import own_edits

NAMES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "x", "y"]))


def test_what_was_left_alone_is_no_edit() -> None:
    opened = {"a": "1", "b": "2"}
    changed, lost = own_edits(opened=opened, sent={"a": "1", "b": "3"}, current={"a": "9", "b": "2"})
    assert (changed, lost) == ({"b": "3"}, set())


def test_what_somebody_else_changed_otherwise_is_lost_and_the_same_change_is_not() -> None:
    opened = {"a": "1", "b": "2"}
    changed, lost = own_edits(opened=opened, sent={"a": "7", "b": "8"}, current={"a": "9", "b": "8"})
    assert (changed, lost) == ({"a": "7", "b": "8"}, {"a"})


def test_nobody_knows_what_was_opened_so_all_counts() -> None:
    assert own_edits(opened=None, sent={"a": "1"}, current={"a": "2"}) == ({"a": "1"}, set())


@given(opened=NAMES, sent=NAMES, current=NAMES)
def test_what_is_neither_edited_nor_reported_stays(
    opened: dict[str, str], sent: dict[str, str], current: dict[str, str]
) -> None:
    changed, lost = own_edits(opened=opened, sent=sent, current=current)
    assert lost <= set(changed) <= set(sent)
    for name in set(changed) - lost:
        # Nobody else touched it, or both want the same.
        assert current.get(name) in (opened.get(name), sent[name])
