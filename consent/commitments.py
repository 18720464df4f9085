"""What may have to be erased enters the evidence as salted commitments: erasing leaves the proof whole. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

SALT_BYTES = 16


def value_text(value: str | datetime | None) -> str:
    """A field's value as the text that is committed to; nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value


def commitments(fields: Sequence[str], values: Mapping[str, str | datetime | None], salts: bytes) -> bytes:
    """SHA-256(salt ‖ field ‖ value) of each field, one after the other: 32 bytes each.

    `salts` holds 16 bytes per field in the same order. Raises ValueError where their number differs.
    """
    if len(salts) != SALT_BYTES * len(fields):
        raise ValueError("Each field needs a salt of its own.")
    return b"".join(
        hashlib.sha256(
            salts[index * SALT_BYTES : (index + 1) * SALT_BYTES] + field.encode() + value_text(values[field]).encode()
        ).digest()
        for index, field in enumerate(fields)
    )
