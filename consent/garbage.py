"""Python's collector of cycles beside work on many rows. Nothing here knows of consent."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings


@contextmanager
def loaded_is_spared() -> Iterator[None]:
    """Rows come and go by the thousand, and each time the collector would look at all that is loaded as well.

    Sealing is a quarter faster so. Also a decorator. In a process that spares it anyway, this does nothing.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def spare_what_is_loaded() -> None:
    """For a process that begins its work now: without it, a request now and then waits for the collector to look
    at all modules."""
    gc.collect()
    gc.freeze()


def set_up_helper(*apps: str) -> None:
    """For a process that does work on many rows and nothing else, with the models of these apps. It runs before any of
    them can be imported. Without the admin and the API a process is there sooner."""
    settings.INSTALLED_APPS = list(apps)
    django.setup()
    spare_what_is_loaded()
