"""The form of a token that a program shows: a word that scanners know, a secret, a checksum. And what it allows. Pure.

The checksum tells a mistyped or made-up token from one that is gone, without asking the database.
"""

from __future__ import annotations

import hashlib
import re
import string
import zlib
from collections.abc import Mapping
from types import MappingProxyType

PREFIX = "sayso_"
SECRET_BYTES = 32
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
# How many characters of the alphabet hold 256 bits, and how many hold a CRC-32.
SECRET_LENGTH, CHECKSUM_LENGTH = 43, 6
SHAPE = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})")

# A closed set: only add. What each allows, as an owner reads it.
VERBS: Mapping[str, str] = MappingProxyType(
    {
        "read": "Read: the website, partners, cookies, the draft, versions and numbers",
        "write": "Write: change the website, partners and cookies, as a draft",
        "publish": "Publish: put the draft before visitors, or go back to an earlier version",
        "evidence": "Evidence: read consent records and proofs, and take exports",
    }
)


def write_token(secret: bytes) -> str:
    """The token of a secret of SECRET_BYTES random bytes."""
    body = _digits(int.from_bytes(secret, "big"), SECRET_LENGTH)
    return f"{PREFIX}{body}{checksum(body)}"


def is_token(text: str) -> bool:
    """Whether it has the form of a token, its checksum included."""
    found = SHAPE.fullmatch(text)
    return found is not None and checksum(found[1]) == found[2]


def token_digest(text: str) -> str:
    """What is kept of a token. Plain SHA-256: a slow hash protects what people think up, and nobody can try 256 random
    bits, however fast. It is computed for every request."""
    return hashlib.sha256(text.encode()).hexdigest()


def checksum(body: str) -> str:
    return _digits(zlib.crc32(body.encode()), CHECKSUM_LENGTH)


def _digits(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[rest])
    return "".join(reversed(digits))
