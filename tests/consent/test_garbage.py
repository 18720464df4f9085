"""The collector leaves alone what is loaded, for as long as it was asked to."""

from __future__ import annotations

import gc

import pytest

from consent.garbage import loaded_is_spared


def test_what_is_loaded_is_spared_until_the_outermost_end() -> None:
    assert gc.get_freeze_count() == 0
    with loaded_is_spared():
        with loaded_is_spared():
            assert gc.get_freeze_count() > 0
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0


def test_failed_work_spares_nothing_afterwards() -> None:
    with pytest.raises(ValueError, match="failed"), loaded_is_spared():
        raise ValueError("failed")
    assert gc.get_freeze_count() == 0


def test_nobody_counts_what_is_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector goes through all of it for that, at every seal."""
    monkeypatch.delattr(gc, "get_freeze_count")
    with loaded_is_spared(), loaded_is_spared():
        pass
