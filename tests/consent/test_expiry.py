"""What has expired: cases by place, days and holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from consent.expiry import Fate, Hold, Keeping, fate_of

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEEPING = Keeping(730, {"us-ca": 1000, "ch": 365})
HERS = "a" * 64


@pytest.mark.parametrize(
    ("age", "shown", "seen", "holds", "expected"),
    [
        pytest.param(729, "eu", "eu", [], Fate.KEPT, id="young"),
        pytest.param(730, "eu", "eu", [], Fate.EXPIRED, id="on the second"),
        pytest.param(366, "ch", "eu", [], Fate.EXPIRED, id="what was shown decides"),
        pytest.param(366, "", "ch", [], Fate.EXPIRED, id="what was seen, where nothing was said"),
        pytest.param(366, "", "", [], Fate.KEPT, id="no place: the days of all"),
        pytest.param(366, "of-old-times", "", [], Fate.KEPT, id="a law that nobody knows: the days of all"),
        pytest.param(999, "us-ca-opt-in", "us-ca", [], Fate.KEPT, id="a choice within a place has its days"),
        pytest.param(999, "eu", "us-ca", [], Fate.EXPIRED, id="longer elsewhere does not help"),
        pytest.param(730, "eu", "eu", [Hold()], Fate.HELD, id="held: everything"),
        pytest.param(10, "eu", "eu", [Hold()], Fate.KEPT, id="held and young"),
        pytest.param(730, "eu", "eu", [Hold(consent_ref=HERS)], Fate.HELD, id="held: hers"),
        pytest.param(730, "eu", "eu", [Hold(consent_ref="b" * 64)], Fate.EXPIRED, id="held: somebody else's"),
        pytest.param(730, "eu", "eu", [Hold(consent_ref="b" * 64), Hold()], Fate.HELD, id="one of two"),
        pytest.param(730, "eu", "eu", [Hold(date(2024, 11, 29), date(2024, 11, 29))], Fate.HELD, id="that very day"),
        pytest.param(730, "eu", "eu", [Hold(date(2024, 11, 30))], Fate.EXPIRED, id="held from the day after"),
        pytest.param(730, "eu", "eu", [Hold(None, date(2024, 11, 28))], Fate.EXPIRED, id="held up to the day before"),
    ],
)
def test_fate_of_an_event(age: int, shown: str, seen: str, holds: list[Hold], expected: Fate) -> None:
    fate = fate_of(
        received_at=NOW - timedelta(days=age),
        shown=shown,
        seen=seen,
        consent_ref=HERS,
        keeping=KEEPING,
        holds=holds,
        now=NOW,
    )
    assert fate is expected


def test_event_is_kept_up_to_the_last_second() -> None:
    received = NOW - timedelta(days=730) + timedelta(seconds=1)
    facts: dict[str, Any] = {"shown": "eu", "seen": "eu", "consent_ref": None, "keeping": KEEPING, "holds": []}
    assert fate_of(received_at=received, now=NOW, **facts) is Fate.KEPT
    assert fate_of(received_at=received, now=NOW + timedelta(seconds=1), **facts) is Fate.EXPIRED


def test_nothing_newer_than_the_shortest_days_is_looked_at() -> None:
    assert KEEPING.newest_expired(NOW) == NOW - timedelta(days=365)
    assert Keeping(30).newest_expired(NOW) == NOW - timedelta(days=30)
