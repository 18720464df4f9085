"""Ed25519 (RFC 8032): private keys as files that only their owner reads, signing, and checking a signature."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class KeyFileError(Exception):
    """A private key that can't be read."""


def fingerprint_of(public_key: bytes) -> str:
    """SHA-256 of the 32 bytes of a public key, 64 hex digits: how we name it."""
    return hashlib.sha256(public_key).hexdigest()


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def make_key_file(folder: Path) -> Ed25519PrivateKey:
    """A new private key in a file of its own (PKCS #8, PEM), named by the public key."""
    key = Ed25519PrivateKey.generate()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    # Readable by nobody else from the first byte on; never over a file that exists.
    descriptor = os.open(
        key_file(folder, fingerprint_of(public_bytes(key))), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
    )
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return key


def read_key_file(folder: Path, fingerprint: str) -> Ed25519PrivateKey:
    """Raises KeyFileError where the file is missing, is no Ed25519 key, or is another key than its name says."""
    path = key_file(folder, fingerprint)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyFileError(f"The key file {path} is missing.") from None
    except (OSError, ValueError):
        raise KeyFileError(f"The key file {path} can't be read.") from None
    if not isinstance(key, Ed25519PrivateKey) or fingerprint_of(public_bytes(key)) != fingerprint:
        raise KeyFileError(f"The key file {path} holds another key than its name says.")
    return key


def key_file(folder: Path, fingerprint: str) -> Path:
    return folder / f"{fingerprint[:16]}.pem"


def is_signed_by(public_key: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
