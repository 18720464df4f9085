"""What can be proved of one event now: recomputed from its row, and from a few rows of its ledger."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from consent.ledger.checkpoints import read_tree_head
from consent.ledger.merkle import ProofError, root_from_inclusion
from consent.ledger.notes import NoteError, opened_note
from consent.models import Checkpoint, ConsentEvent, Ledger, LedgerCheck, LedgerTile, UnsealedEvent
from consent.reports.evidence import EvidenceMissing, Known, Row, evidence_of
from consent.reports.ledger import sealed_size
from consent.reports.proofs import ProofUnavailable, inclusion_proof, verifier_keys
from consent.signatures import is_signed_by

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `holds`: True, False, or None where it can't be told yet."""

    name: str
    holds: bool | None
    words: str


@dataclass(frozen=True)
class EventProof:
    """What was looked at, in order; the leaf hash as it is now."""

    findings: Sequence[Finding]
    leaf_hash: str = ""

    @property
    def holds(self) -> bool | None:
        """False as soon as anything is wrong; True once everything is proved."""
        answers = [finding.holds for finding in self.findings]
        return False if False in answers else None if None in answers else True


@dataclass(frozen=True)
class LedgerStanding:
    """How a website's ledger stands. `unsealed` is counted up to `MOST_COUNTED` only, and one more says so."""

    ledger: Ledger | None
    size: int
    unsealed: int
    checkpoint: Checkpoint | None
    last_check: LedgerCheck | None
    last_green: LedgerCheck | None


def proof_of(event: ConsentEvent) -> EventProof:
    """Recompute the leaf, and follow it to the newest checkpoint."""
    try:
        row = next(evidence_of(Known(event.site.key), ConsentEvent.objects.filter(pk=event.pk)))
        leaf_hash = row.leaf_hash().hex()
    except EvidenceMissing as missing:
        return EventProof([Finding("Contents", False, str(missing))])
    except ValueError:
        return EventProof([Finding("Contents", False, "It can't be read: a part of it is not of its kind.")])
    return EventProof([_contents(row), _leaf(row), _inclusion(event, row)], leaf_hash)


def standing_of(site_id: int) -> LedgerStanding:
    """A few rows, whatever the ledger's size."""
    ledger = Ledger.objects.filter(site=site_id).first()
    waiting = _unsealed(site_id)
    if ledger is None:
        return LedgerStanding(None, 0, waiting, None, None, None)
    return LedgerStanding(
        ledger=ledger,
        size=sealed_size(ledger),
        unsealed=waiting,
        checkpoint=ledger.checkpoints.select_related("key").first(),
        last_check=ledger.checks.first(),
        last_green=ledger.checks.filter(finding="").first(),
    )


def _unsealed(site_id: int) -> int:
    return UnsealedEvent.objects.filter(site=site_id)[: MOST_COUNTED + 1].count()


def _contents(row: Row) -> Finding:
    name = "Contents"
    if row.stored_commitments is None:
        return Finding(name, None, "The values are committed to when the event is sealed.")
    if row.stored_commitments != row.commitments:
        return Finding(name, False, "A value or a salt is not the one that was committed to.")
    return Finding(name, True, "The values that are left are those that were committed to.")


def _leaf(row: Row) -> Finding:
    name = "Leaf"
    if row.stored_leaf_hash is None:
        return Finding(name, None, "The next run of maintain seals it. Until then the database guards it.")
    if row.stored_leaf_hash != row.leaf_hash():
        return Finding(name, False, "The hash of this row is not the one that was sealed: something in it was changed.")
    return Finding(name, True, "Recomputed just now, and the same as when it was sealed.")


def _inclusion(event: ConsentEvent, row: Row) -> Finding:
    name = "Place in the ledger"
    if row.place is None:
        return Finding(name, None, "None yet.")
    ledger = Ledger.objects.get(site=event.site_id)
    newest = ledger.checkpoints.first()
    if newest is None or newest.size <= row.place:
        return Finding(name, None, f"Leaf {row.place}. The next run of maintain signs a checkpoint that covers it.")
    try:
        agrees = _signed_root(ledger, newest) == _root_from(ledger, row)
    except (ProofError, ProofUnavailable, NoteError, LedgerTile.DoesNotExist, IndexError) as error:
        return Finding(name, False, f"Leaf {row.place} can't be followed to the checkpoint at {newest.size}. {error}")
    if not agrees:
        return Finding(name, False, f"From leaf {row.place} another root follows than was signed at {newest.size}.")
    return Finding(name, True, f"Leaf {row.place} is in the ledger that was signed at {newest.size} leaves.")


def _signed_root(ledger: Ledger, checkpoint: Checkpoint) -> bytes:
    return read_tree_head(opened_note(checkpoint.note, keys=verifier_keys(ledger), check=is_signed_by)).root


def _root_from(ledger: Ledger, row: Row) -> bytes:
    """The root to which the leaf leads as it is now, not as it was sealed."""
    proof = inclusion_proof(ledger, index=row.place or 0)
    steps = [base64.b64decode(step) for step in proof["proof"]]
    return root_from_inclusion(leaf=row.leaf_hash(), index=proof["index"], size=proof["size"], proof=steps)
