"""Signed notes and checkpoints: the specification's own examples, and everything that is none."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.ledger.checkpoints import TreeHead, read_tree_head
from consent.ledger.notes import NoteError, VerifierKey, opened_note, read_verifier_key, signed_note, split_note
from consent.signatures import is_signed_by, public_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("consent.example.com/ledger/numonix", public_bytes(PRIVATE))
HEAD = TreeHead("consent.example.com/ledger/numonix", 20_852_163, bytes(range(32)))
# From the specification of tlog-checkpoint; only its form can be read, since its key is not told.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE"
    "+xeMcTOAYQ8=\n"
)
# The public key of the Go checksum database, as every Go installation carries it: its id is computed as ours are.
KNOWN_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def note() -> str:
    return signed_note(HEAD.text, key=KEY, sign=PRIVATE.sign)


def opened(text: str, *keys: VerifierKey) -> str:
    return opened_note(text, keys=list(keys) or [KEY], check=is_signed_by)


def test_key_ids_are_those_of_the_field() -> None:
    key = read_verifier_key(KNOWN_KEY)
    assert (key.name, key.key_id.hex(), str(key)) == ("sum.golang.org", "033de0ae", KNOWN_KEY)


@pytest.mark.parametrize(
    "line",
    ["", "x", "a b+033de0ae+AAAA", KNOWN_KEY.replace("033d", "033e"), KNOWN_KEY[:-4], KNOWN_KEY.replace("+Ac", "+Bc")],
)
def test_other_lines_are_no_keys(line: str) -> None:
    with pytest.raises(NoteError):
        read_verifier_key(line)


def test_checkpoint_of_the_specification_is_read() -> None:
    text, signatures = split_note(EXAMPLE)
    head = read_tree_head(text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert base64.b64encode(head.root).decode() == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert head.text == text
    assert len(signatures) == 1


def test_signed_checkpoint_is_opened_and_read() -> None:
    assert read_tree_head(opened(note())) == HEAD
    assert note().splitlines()[-1].startswith(f"— {KEY.name} ")


def test_signature_of_another_key_is_not_enough() -> None:
    other = VerifierKey(KEY.name, public_bytes(Ed25519PrivateKey.generate()))
    with pytest.raises(NoteError, match="No known key"):
        opened(note(), other)
    assert opened(note(), other, KEY) == HEAD.text


def test_unknown_signatures_beside_ours_are_ignored() -> None:
    witness = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin\n"
    assert opened(note() + witness) == HEAD.text


@pytest.mark.parametrize("at", range(len(HEAD.text)))
def test_any_changed_letter_of_the_text_is_found(at: int) -> None:
    text = note()
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    with pytest.raises(NoteError):
        opened(changed)


CHANGES: dict[str, Callable[[str], str]] = {
    "cut short": lambda text: text[:-1],
    "no gap": lambda text: text.replace("\n\n", "\n"),
    "another dash": lambda text: text.replace("—", "-"),
    "other line ends": lambda text: text.replace("\n", "\r\n"),
    "a line more": lambda text: text + "\n",
    "no signature": lambda text: text.rpartition("\n\n")[0] + "\n\n",
    "another signature": lambda text: text[:-6] + "AAAA=\n",
    "nothing": lambda text: "",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_no_note_is_refused(change: str) -> None:
    with pytest.raises(NoteError):
        opened(CHANGES[change](note()))


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "origin\n1\nCsUY\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_tree_head(text)
