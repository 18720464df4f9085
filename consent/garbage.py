"""Python's collector of cycles beside work on many rows. Nothing here knows of consent."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Whether it is spared now. The collector's own count (gc.get_freeze_count) goes through all of it for its answer.
_is_spared = False


@contextmanager
def loaded_is_spared() -> Iterator[None]:
    """Rows come and go by the thousand, and each time the collector would look at all that is loaded as well.

    Sealing is a quarter faster so. Also a decorator. In a process that spares it anyway, this does nothing.
    """
    global _is_spared
    if _is_spared:
        yield
        return
    _is_spared = True
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        _is_spared = False


def spare_what_is_loaded() -> None:
    """For a process that begins its work now: without it, a request now and then waits for the collector to look
    at all modules."""
    global _is_spared
    gc.collect()
    gc.freeze()
    _is_spared = True
