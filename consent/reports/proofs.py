"""Proofs for others to check: what stands in a ledger, and that it only ever grew."""

from __future__ import annotations

import base64
from typing import Any

from consent.ledger.notes import VerifierKey
from consent.models import Checkpoint, Ledger, LedgerKey
from consent.reports.ledger import LedgerReader


class ProofUnavailable(ValueError):
    """A proof of what is not there, or not signed."""


def inclusion_proof(ledger: Ledger, *, index: int, size: int | None = None) -> dict[str, Any]:
    """That leaf `index` stands in the tree of `size` leaves (of the newest checkpoint, where none is given).

    Raises ProofUnavailable.
    """
    checkpoint = _checkpoint(ledger, size)
    if not 0 <= index < checkpoint.size:
        raise ProofUnavailable(f"There is no leaf {index} among the {checkpoint.size} that were signed.")
    reader = LedgerReader(ledger, checkpoint.size)
    return {
        "origin": ledger.origin,
        "index": index,
        "size": checkpoint.size,
        "leaf_hash": _text(reader.node(0, index)),
        "proof": [_text(step) for step in reader.inclusion_proof(index)],
        "checkpoint": checkpoint.note,
    }


def consistency_proof(ledger: Ledger, *, first: int, size: int | None = None) -> dict[str, Any]:
    """That the tree of `size` leaves begins with the one of `first` leaves. Raises ProofUnavailable."""
    checkpoint = _checkpoint(ledger, size)
    if not 0 < first <= checkpoint.size:
        raise ProofUnavailable(f"Consistency can be proved from 1 to {checkpoint.size} leaves on.")
    reader = LedgerReader(ledger, checkpoint.size)
    return {
        "origin": ledger.origin,
        "first": first,
        "size": checkpoint.size,
        "first_root": _text(reader.root(first)),
        "proof": [_text(step) for step in reader.consistency_proof(first)],
        "checkpoint": checkpoint.note,
    }


def verifier_keys(ledger: Ledger) -> list[VerifierKey]:
    """The keys that this ledger's checkpoints are checked with, the newest first; old ones stay."""
    return [VerifierKey(ledger.origin, bytes(raw)) for raw in LedgerKey.objects.values_list("public_key", flat=True)]


def _checkpoint(ledger: Ledger, size: int | None) -> Checkpoint:
    signed = ledger.checkpoints.all() if size is None else ledger.checkpoints.filter(size=size)
    checkpoint = signed.first()
    if checkpoint is None:
        raise ProofUnavailable("Nothing was signed yet." if size is None else f"Nothing was signed at {size} leaves.")
    return checkpoint


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
