"""Our own receipt: the leaf, the values and salts that open its commitments, and once sealed its proof. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent.commitments import SALT_BYTES
from consent.ledger.merkle import leaf_hash

FORMAT = "consent-receipt-1"


@dataclass(frozen=True)
class Place:
    """Where a leaf stands, and the proof: hashes and checkpoint as they travel, `keys` as verifier keys."""

    index: int
    size: int
    proof: Sequence[str]
    checkpoint: str
    keys: Sequence[str]


@dataclass(frozen=True)
class Addresses:
    """Where to find what a receipt speaks of."""

    notice: str
    keys: str
    preferences: str
    check: str


def our_receipt(
    *, leaf: bytes, values: Mapping[str, str], salts: bytes, place: Place | None, addresses: Addresses, digest: str
) -> dict[str, Any]:
    """The receipt as JSON values. `values` are the texts that were committed to, in the order of the salts."""
    return {
        "format": FORMAT,
        "leaf": leaf.decode(),
        "leaf_hash": leaf_hash(leaf).hex(),
        "opened": {
            name: {"value": value, "salt": salts[at * SALT_BYTES : (at + 1) * SALT_BYTES].hex()}
            for at, (name, value) in enumerate(values.items())
        },
        "notice": {"digest": digest, "url": addresses.notice},
        "ledger": None
        if place is None
        else {
            "index": place.index,
            "size": place.size,
            "proof": list(place.proof),
            "checkpoint": place.checkpoint,
            "keys": list(place.keys),
        },
        "keys_url": addresses.keys,
        "check_url": addresses.check,
    }
