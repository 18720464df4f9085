"""Checking a receipt without asking anybody: values, leaf, place in the tree, signature. Pure.

static/verify/check.js applies the same rules in the browser; both are held to tests/vectors/receipts.json.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent.ledger.checkpoints import TreeHead, read_tree_head
from consent.ledger.leaf import FORMAT as LEAF_FORMAT
from consent.ledger.merkle import ProofError, leaf_hash, root_from_inclusion
from consent.ledger.notes import Check, NoteError, VerifierKey, opened_note, read_verifier_key
from consent.payload import canonical_json
from consent.receipts.ours import FORMAT

STEPS = ("form", "leaf", "values", "place", "signature")


@dataclass(frozen=True)
class Step:
    """One thing that was checked. `holds` is None where the receipt does not say: it is not sealed yet."""

    code: str
    holds: bool | None
    words: str


class _Wrong(Exception):
    pass


def check_receipt(receipt: Any, *, check: Check, trusted: Sequence[str] = ()) -> list[Step]:
    """Every step in order, up to the first that fails. `trusted`: verifier keys from elsewhere than the receipt."""
    steps: list[Step] = []
    for code, rule in (("form", _form), ("leaf", _leaf), ("values", _values)):
        try:
            steps.append(Step(code, True, rule(receipt)))
        except _Wrong as wrong:
            return [*steps, Step(code, False, str(wrong))]
    if receipt["ledger"] is None:
        words = "It was not sealed yet when this receipt was made. Download it again later to get the proof."
        return [*steps, Step("place", None, words)]
    try:
        head = _place(receipt)
        steps.append(
            Step("place", True, f"It is record {receipt['ledger']['index']} of the {head.size} in the ledger.")
        )
    except _Wrong as wrong:
        return [*steps, Step("place", False, str(wrong))]
    try:
        return [*steps, Step("signature", True, _signature(receipt, check, trusted))]
    except _Wrong as wrong:
        return [*steps, Step("signature", False, str(wrong))]


def is_proved(steps: Sequence[Step]) -> bool:
    """Whether everything was there to check, and held."""
    return [step.code for step in steps] == list(STEPS) and all(step.holds for step in steps)


def _form(receipt: Any) -> str:
    if not isinstance(receipt, Mapping) or receipt.get("format") != FORMAT:
        raise _Wrong("This is no receipt of the format that this program knows.")
    ledger = receipt.get("ledger", "missing")
    shapes = [
        isinstance(receipt.get(name), shape)
        for name, shape in (("leaf", str), ("leaf_hash", str), ("opened", Mapping), ("notice", Mapping))
    ]
    if not all(shapes) or not (ledger is None or _is_place(ledger)):
        raise _Wrong("The receipt is incomplete. Was it cut short?")
    return "The receipt is complete."


def _is_place(ledger: Any) -> bool:
    if not isinstance(ledger, Mapping):
        return False
    numbers = [ledger.get(name) for name in ("index", "size")]
    texts = [*_listed(ledger.get("proof")), *_listed(ledger.get("keys")), ledger.get("checkpoint")]
    are_numbers = all(type(number) is int and 0 <= number < 2**53 for number in numbers)
    return are_numbers and all(isinstance(text, str) for text in texts)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [None]


def _leaf(receipt: Mapping[str, Any]) -> str:
    raw = receipt["leaf"].encode()
    try:
        leaf = json.loads(raw)
        is_canonical = canonical_json(leaf) == raw
    except ValueError:
        raise _Wrong("The record in the receipt can't be read.") from None
    if not is_canonical or not isinstance(leaf, dict) or leaf.get("format") != LEAF_FORMAT:
        raise _Wrong("The record in the receipt is not in the form in which records are sealed.")
    if leaf_hash(raw).hex() != receipt["leaf_hash"]:
        raise _Wrong("The record was changed: its fingerprint is another.")
    if leaf.get("version") != receipt["notice"].get("digest"):
        raise _Wrong("The receipt names another text than the record: the text that was shown is another.")
    return "The record is what its fingerprint says."


def _values(receipt: Mapping[str, Any]) -> str:
    committed = json.loads(receipt["leaf"]).get("commitments")
    if not isinstance(committed, dict) or set(committed) != set(receipt["opened"]):
        raise _Wrong("The receipt opens other values than the record holds.")
    for name, expected in committed.items():
        opened = receipt["opened"][name]
        try:
            value, salt = opened["value"].encode(), bytes.fromhex(opened["salt"])
        except (TypeError, KeyError, AttributeError, ValueError):
            raise _Wrong(f"The value of {name} in the receipt can't be read.") from None
        if len(salt) != 16 or hashlib.sha256(salt + name.encode() + value).hexdigest() != expected:
            raise _Wrong(f"The value of {name} is not the one that was recorded.")
    return "Language, country, device, time and consent id are the ones that were recorded."


def _place(receipt: Mapping[str, Any]) -> TreeHead:
    ledger, leaf = receipt["ledger"], json.loads(receipt["leaf"])
    try:
        head = read_tree_head(ledger["checkpoint"].partition("\n\n")[0] + "\n")
        proof = [base64.b64decode(step, validate=True) for step in ledger["proof"]]
        root = root_from_inclusion(
            leaf=bytes.fromhex(receipt["leaf_hash"]), index=ledger["index"], size=ledger["size"], proof=proof
        )
    except (NoteError, ProofError, binascii.Error) as error:
        raise _Wrong(f"The proof can't be followed. {error}") from None
    if not head.origin.endswith(f"/ledger/{leaf.get('site')}"):
        raise _Wrong("The proof is of another website's ledger.")
    if head.size != ledger["size"] or head.root != root:
        raise _Wrong("The record is not in this ledger: the proof leads to another root.")
    return head


def _signature(receipt: Mapping[str, Any], check: Check, trusted: Sequence[str]) -> str:
    try:
        keys = [read_verifier_key(line) for line in trusted or receipt["ledger"]["keys"]]
        opened_note(receipt["ledger"]["checkpoint"], keys=_of_origin(keys, receipt), check=check)
    except NoteError as error:
        raise _Wrong(f"The ledger's signature is not right. {error}") from None
    if trusted:
        return "The ledger's keeper signed it, with the key that you gave."
    return "The ledger's keeper signed it, with the key that the receipt names. Compare it with the published one."


def _of_origin(keys: Sequence[VerifierKey], receipt: Mapping[str, Any]) -> list[VerifierKey]:
    origin = receipt["ledger"]["checkpoint"].partition("\n")[0]
    return [key for key in keys if key.name == origin]
