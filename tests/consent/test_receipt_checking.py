"""Receipts are checked by the same cases here and in the browser (tests/snippet/receipt.test.mjs)."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from consent.receipts.checking import STEPS, check_receipt, is_proved
from consent.signatures import is_signed_by

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "receipts.json").read_text(encoding="utf-8"))


def receipt_of(case: dict[str, Any]) -> Any:
    receipt = copy.deepcopy(VECTORS["bases"][case["base"]])
    for path, value in case["set"]:
        inner = receipt
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
    return receipt


@pytest.mark.parametrize("case", VECTORS["cases"], ids=[case["name"] for case in VECTORS["cases"]])
def test_case(case: dict[str, Any]) -> None:
    steps = check_receipt(receipt_of(case), check=is_signed_by, trusted=case.get("trusted", ()))
    assert [[step.code, step.holds] for step in steps] == case["expect"]
    assert is_proved(steps) == (case["expect"] == [[code, True] for code in STEPS])


@pytest.mark.parametrize("wrong", [None, [], "x", 1, {}, {"format": "consent-receipt-1"}])
def test_what_is_no_receipt_is_called_so(wrong: object) -> None:
    assert [(step.code, step.holds) for step in check_receipt(wrong, check=is_signed_by)] == [("form", False)]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "receipt.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_command_says_what_was_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a database: the test has none."""
    call_command("verify_receipt", write(tmp_path, json.dumps(VECTORS["bases"]["sealed"])))
    out = capsys.readouterr().out
    assert out.count("holds") == 5
    assert "It is record 2 of the 5 in the ledger." in out
    assert "Proved" in out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps(VECTORS["bases"]["unsealed"]), "not proved yet"),
        (json.dumps(VECTORS["bases"]["sealed"]).replace("DE", "FR"), "does not prove"),
        (json.dumps(VECTORS["bases"]["sealed"])[:-9], "cut short"),
    ],
    ids=["unsealed", "changed", "cut"],
)
def test_command_fails_for_what_is_not_proved(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("verify_receipt", write(tmp_path, text))


def test_command_takes_keys_from_elsewhere(tmp_path: Path) -> None:
    path, keys = write(tmp_path, json.dumps(VECTORS["bases"]["sealed"])), tmp_path / "keys"
    keys.write_text("\n".join(VECTORS["bases"]["sealed"]["ledger"]["keys"]), encoding="utf-8")
    call_command("verify_receipt", path, keys=keys)
    keys.write_text("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", encoding="utf-8")
    with pytest.raises(CommandError, match="does not prove"):
        call_command("verify_receipt", path, keys=keys)
    with pytest.raises(CommandError, match="can't be read"):
        call_command("verify_receipt", tmp_path / "absent")
