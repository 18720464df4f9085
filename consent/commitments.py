"""What may have to be erased enters the evidence as salted commitments: erasing leaves the proof whole. Pure."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

SALT_BYTES = 16
SALTS = struct.Struct(f"{SALT_BYTES}s" * 5)
COMMITMENTS = struct.Struct("32s" * 5)


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
    texts = [value_text(values[field]) for field in fields]
    return b"".join(text_commitments([field.encode() for field in fields], texts, salts))


def text_commitments(names: Sequence[bytes], texts: Sequence[str], salts: bytes) -> tuple[bytes, ...]:
    """The same of names and texts as they are hashed, each by itself; five, as a leaf has. Raises ValueError where the
    number of salts differs.

    Written out instead of looped: it is a quarter of all that sealing and verifying compute, for every event there is.
    """
    if len(salts) != SALTS.size:
        raise ValueError("Each field needs a salt of its own.")
    salt_1, salt_2, salt_3, salt_4, salt_5 = SALTS.unpack(salts)
    name_1, name_2, name_3, name_4, name_5 = names
    text_1, text_2, text_3, text_4, text_5 = texts
    return (
        sha256(salt_1 + name_1 + text_1.encode()).digest(),
        sha256(salt_2 + name_2 + text_2.encode()).digest(),
        sha256(salt_3 + name_3 + text_3.encode()).digest(),
        sha256(salt_4 + name_4 + text_4.encode()).digest(),
        sha256(salt_5 + name_5 + text_5.encode()).digest(),
    )


def parted(stored: bytes) -> tuple[bytes, ...]:
    """Each field's commitment, of those that are stored one after the other. Raises ValueError for more or fewer."""
    if len(stored) != COMMITMENTS.size:
        raise ValueError("Each field that may be erased has one commitment of its own.")
    return COMMITMENTS.unpack(stored)
