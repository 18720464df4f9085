"""A checkpoint's text (C2SP tlog-checkpoint): origin, number of leaves, root. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from consent.ledger.notes import NoteError


@dataclass(frozen=True)
class TreeHead:
    """How a ledger stood: its origin, its size in leaves, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_tree_head(text: str) -> TreeHead:
    """Raises NoteError. Lines after the third are allowed by the format, and say nothing to us."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise NoteError("That is no checkpoint.")
    origin, size, root = lines[:3]
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", size):
        raise NoteError("The checkpoint's size is no number.")
    try:
        raw = base64.b64decode(root, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("The checkpoint's root is no hash.") from None
    if len(raw) != 32 or base64.b64encode(raw).decode() != root:
        raise NoteError("The checkpoint's root is no hash.")
    return TreeHead(origin, int(size), raw)
