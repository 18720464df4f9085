"""Secrets that this server itself has to use again: to sign what it sends, to check what a website signed.

A hash would do for what is only compared; a signature needs the secret itself. So it is stored encrypted (Fernet) under
a key that is derived from SECRET_KEY, and a copy of the database alone signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

PURPOSE = b"consent.stored_secrets.1"
SECRET_BYTES = 32


class SecretLost(Exception):
    """It was stored under another SECRET_KEY."""


def new_secret(prefix: str) -> str:
    """256 random bits in letters and digits, after a word that scanners for leaked secrets can know."""
    return prefix + secrets.token_hex(SECRET_BYTES)


def sealed(secret: str) -> str:
    """What is stored of a secret."""
    return _fernet().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """The secret again. Raises SecretLost."""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretLost from None


def _fernet() -> Fernet:
    derived = hmac.new(settings.SECRET_KEY.encode(), PURPOSE, hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(derived))
