"""Counts are put down without waiting, and added up without losing any."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from consent.models import Counted, DailyStatistic, Publication
from consent.services import counting

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(published: Publication, settings: Any) -> Callable[..., Counted]:
    """Makes what is counted, on a server that adds up later."""
    settings.COUNT_FLUSH_SECONDS = 3600

    def make(**changes: Any) -> Counted:
        facts: dict[str, Any] = {
            "site_id": published.site_id,
            "day": date(2026, 11, 22),
            "version_id": published.version_id,
            "regime": "eu",
            "language": "en",
            "device_class": "phone",
            "country": "",
            "outcome": "impression",
        }
        return Counted(**{**facts, **changes})

    return make


def counts() -> dict[tuple[str, str], int]:
    return {(row.outcome, row.country): row.count for row in DailyStatistic.objects.all()}


def test_counting_asks_the_database_nothing(counted: Callable[..., Counted]) -> None:
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            counting.count(counted())
    assert len(queries) == 0
    assert not DailyStatistic.objects.exists()


def test_flush_adds_with_one_statement_per_counter(counted: Callable[..., Counted]) -> None:
    for _ in range(50):
        counting.count(counted())
        counting.count(counted(country="DE"))
    with CaptureQueriesContext(connection) as queries:
        counting.flush()
    assert sum(query["sql"].startswith(("INSERT", "UPDATE", "SELECT")) for query in queries) <= 2
    assert counts() == {("impression", ""): 50, ("impression", "DE"): 50}


def test_flush_adds_to_what_is_there(counted: Callable[..., Counted]) -> None:
    for day in (22, 22, 23):
        counting.count(counted(day=date(2026, 11, day)))
        counting.flush()
    counting.flush()
    assert sorted(DailyStatistic.objects.values_list("day__day", "count")) == [(22, 2), (23, 1)]


def test_counts_wait_while_the_database_is_away(
    counted: Callable[..., Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any) -> None:
        raise OperationalError("database is locked")

    counting.count(counted())
    with monkeypatch.context() as patch:
        patch.setattr(DailyStatistic.objects, "add", locked)
        counting.flush()
    counting.count(counted())
    counting.flush()
    assert counts() == {("impression", ""): 2}


def test_counts_of_a_website_that_is_gone_do_not_hold_up_the_others(counted: Callable[..., Counted]) -> None:
    counting.count(counted(outcome=None))
    counting.flush()
    counting.count(counted())
    counting.flush()
    assert counts() == {("impression", ""): 1}


def test_many_threads_lose_no_count(counted: Callable[..., Counted]) -> None:
    what = counted()

    def work() -> None:
        for _ in range(2_000):
            counting.count(what)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        counting.flush()
    counting.flush()
    assert counts() == {("impression", ""): 16_000}


def test_counts_are_added_at_once_where_the_setting_is_zero(counted: Callable[..., Counted], settings: Any) -> None:
    settings.COUNT_FLUSH_SECONDS = 0
    counting.count(counted())
    assert counts() == {("impression", ""): 1}
