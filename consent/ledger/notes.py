"""Signed notes and their keys (C2SP signed-note, Ed25519): a text, an empty line, lines of signatures. Pure.

Signing and checking a signature are arguments: the keys live elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

ED25519 = b"\x01"
KEY_ID_BYTES = 4
DASH = "—"
MOST_SIGNATURES = 16

Sign = Callable[[bytes], bytes]
# (public key, signature, text) → whether the signature is right.
Check = Callable[[bytes, bytes, bytes], bool]


class NoteError(ValueError):
    """A note that is none, or that no known key has signed."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key under a name. In one line: name+id+base64(type ‖ key)."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ newline ‖ type ‖ public key), the first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public_key).decode()}"


def read_verifier_key(line: str) -> VerifierKey:
    """Raises NoteError where the line is no key, or its id is not the key's own."""
    parts = line.strip().split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise NoteError("That is no verifier key.")
    raw = _decoded(parts[2])
    if raw[:1] != ED25519 or len(raw) != 33:
        raise NoteError("The verifier key is not an Ed25519 key.")
    key = VerifierKey(parts[0], raw[1:])
    if key.key_id.hex() != parts[1]:
        raise NoteError("The verifier key's id is not that of the key.")
    return key


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not re.search(r"\s", name)


def signed_note(text: str, *, key: VerifierKey, sign: Sign) -> str:
    """The text with one signature. `text` ends with a newline."""
    signature = base64.b64encode(key.key_id + sign(text.encode())).decode()
    return f"{text}\n{DASH} {key.name} {signature}\n"


def opened_note(note: str, *, keys: list[VerifierKey], check: Check) -> str:
    """The text of a note that at least one of the keys has signed, and none of them wrongly. Raises NoteError."""
    text, lines = split_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    good = 0
    for line in lines:
        name, key_id, signature = _read_signature(line)
        key = known.get((name, key_id))
        if key is None:
            continue
        if not check(key.public_key, signature, text.encode()):
            raise NoteError(f"The signature of {name} is wrong.")
        good += 1
    if not good:
        raise NoteError("No known key has signed this.")
    return text


def split_note(note: str) -> tuple[str, list[str]]:
    """The text and its lines of signatures. Raises NoteError."""
    if re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise NoteError("A note has no control characters.")
    text, gap, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines()
    if not gap or not lines or len(lines) > MOST_SIGNATURES or not signatures.endswith("\n"):
        raise NoteError("That is no signed note.")
    return text + "\n", lines


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not is_key_name(parts[1]):
        raise NoteError("A line of signatures is malformed.")
    raw = _decoded(parts[2])
    if len(raw) <= KEY_ID_BYTES:
        raise NoteError("A signature is too short.")
    return parts[1], raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:]


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("That is not base64.") from None
    # Decoders overlook bits that fall off the end; two spellings of one signature are one too many.
    if base64.b64encode(raw).decode() != text:
        raise NoteError("That is not base64.")
    return raw
