"""What may have to be erased enters the evidence as salted commitments: erasing leaves the proof whole. Pure."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

SALT_BYTES = 16


def value_text(value: str | datetime | None) -> str:
    """A field's value as the text that is committed to; nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"
    return value


def commitments(fields: Sequence[str], values: Mapping[str, str | datetime | None], salts: bytes) -> bytes:
    """SHA-256(salt ‖ field ‖ value) of each field, one after the other: 32 bytes each.

    `salts` holds 16 bytes per field in the same order. Raises ValueError where their number differs.
    """
    return text_commitments(
        [field.encode() for field in fields], [value_text(values[field]) for field in fields], salts
    )


def text_commitments(names: Sequence[bytes], texts: Sequence[str], salts: bytes) -> bytes:
    """The same of names and texts as they are hashed. Raises ValueError where the number of salts differs."""
    if len(salts) != SALT_BYTES * len(names):
        raise ValueError("Each field needs a salt of its own.")
    # For every event that is ever sealed or verified.
    sha256, each_salt = hashlib.sha256, _apart(len(names))(salts)
    return b"".join(
        [sha256(salt + name + text.encode()).digest() for salt, name, text in zip(each_salt, names, texts, strict=True)]
    )


@cache
def _apart(count: int) -> Callable[[bytes], tuple[bytes, ...]]:
    return struct.Struct(f"{SALT_BYTES}s" * count).unpack
