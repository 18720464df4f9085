"""Reading and computing while the database writes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")
# In seconds. Whoever hears from the database is not kept waiting by the thread that computes.
SHORT_TURN = 0.0002


@contextmanager
def read_ahead(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """The same items, the next of which is made while one is worked on, in a thread with a connection of its own.

    PostgreSQL's server works in a process of its own, and SQLite lets Python go on while it works on a statement. Only
    outside a transaction, which another connection would not see; there, and in memory, the items as they are.
    """
    if connection.in_atomic_block or _is_in_memory():
        yield items
        return
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN)
    with ThreadPoolExecutor(1) as thread:
        try:
            yield _one_ahead(thread, items)
        finally:
            # Its own, not ours.
            thread.submit(connections.close_all).result()
            sys.setswitchinterval(usual)


def _one_ahead(thread: ThreadPoolExecutor, items: Iterator[T]) -> Iterator[T]:
    coming = thread.submit(next, items, None)
    while (item := coming.result()) is not None:
        coming = thread.submit(next, items, None)
        yield item


def _is_in_memory() -> bool:
    return connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]  # SQLite's own
