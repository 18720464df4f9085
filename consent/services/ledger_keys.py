"""The key that signs checkpoints: made when it is first needed, changed by a person, never replaced by itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from consent.models import LedgerKey
from consent.signatures import fingerprint_of, make_key_file, public_bytes, read_key_file


def signing_key(*, now: datetime) -> tuple[LedgerKey, Ed25519PrivateKey]:
    """The newest key and its private half. Raises KeyFileError where the file is gone: nothing is signed then."""
    newest = LedgerKey.objects.first()
    if newest is None:
        return add_key(now=now)
    return newest, read_key_file(Path(settings.LEDGER_KEYS), newest.fingerprint)


def add_key(*, now: datetime) -> tuple[LedgerKey, Ed25519PrivateKey]:
    """A new key, which signs from now on. The older ones stay published: what they signed stays checkable."""
    private = make_key_file(Path(settings.LEDGER_KEYS))
    raw = public_bytes(private)
    return LedgerKey.objects.create(public_key=raw, fingerprint=fingerprint_of(raw), created_at=now), private
