"""Processes that share the work on many rows with this one."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial

import django
from django.conf import settings
from django.db import connection, connections

from consent.garbage import spare_what_is_loaded

# Whose models a leaf is read through.
APPS = ("django.contrib.contenttypes", "django.contrib.auth", "cookies", "consent")
# Rows. Below it, starting processes takes longer than the work.
WORTH_SHARING = 100_000


@contextmanager
def helping_processes(count: int) -> Iterator[ProcessPoolExecutor | None]:
    """`count` processes, which have no connection to the database in common with this one. None for none, and within a
    transaction, which they would not see.

    A forked one is at work at once, where a spawned one imports everything for half a second. Forked is only where
    nothing else runs in this process, whose locks the other would inherit.
    """
    if not count or connection.in_atomic_block:
        yield None
        return
    _hang_up()
    is_alone = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if is_alone else "spawn")
    prepare = None if is_alone else partial(set_up, *APPS)
    with ProcessPoolExecutor(count, mp_context=context, initializer=prepare) as pool:
        # They are forked with the first thing to do, and before this process opens a connection again.
        pool.submit(os.getpid)
        yield pool


def _hang_up() -> None:
    connections.close_all()
    for each in connections.all(initialized_only=True):
        if each.vendor == "postgresql":
            each.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own


def set_up(*apps: str) -> None:
    """For a process that does work on many rows and nothing else, with the models of these apps. It runs before any of
    them can be imported. Without the admin and the API a process is there sooner."""
    settings.INSTALLED_APPS = list(apps)
    django.setup()
    spare_what_is_loaded()
