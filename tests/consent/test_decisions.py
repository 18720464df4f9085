"""The decision against the table of law, and its twin in JavaScript on random inputs. (Its laws: tests/property.)"""

import json
import re
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest

from consent.decisions import Decision, decide
from consent.regimes import REGIMES, in_force, resolved
from tests.decision_inputs import any_case
from tests.node import node_command
from tests.vector_files import DECIDING, deciding, decision_cases, read_vectors

ROOT = Path(__file__).resolve().parents[2]
TABLE = read_vectors("decisions")
CASES = decision_cases()
AS_PUBLISHED = {"code", "model", "signals", "grant_days", "refusal_days"}
# The rules of the table's legend that a decision touches.
TOUCHED = (1, 6, 7, 8, 16, 17, 19, 28, 29, 31, *range(33, 38), *range(39, 45), 47, 49, 50, 51, 52)
POSSIBLE = {
    *(("nothing", reason) for reason in ("decided", "signal")),
    *((show, reason) for show in ("banner", "notice") for reason in ("undecided", "expired", "moved", "changed")),
    ("notice", "announced"),
}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_decide_fits_the_table_of_law(case: dict[str, Any]) -> None:
    assert as_expected(decide(**deciding(case))) == case["expect"]


@pytest.mark.parametrize("group", TABLE["regimes"], ids=[group["label"] for group in TABLE["regimes"]])
def test_table_of_law_has_the_rows_of_the_code(group: dict[str, Any]) -> None:
    row = group["regime"]
    if group.get("published"):
        assert set(row) == AS_PUBLISHED
        return
    of_the_code = {regime.code: resolved(regime) for regime in in_force(group["chosen"], **group["memory"])}
    assert row == {name: of_the_code[row["code"]][name] for name in row}
    assert set(row) >= set(DECIDING)


def test_table_of_law_leaves_no_regime_out() -> None:
    assert {group["regime"]["code"] for group in TABLE["regimes"]} >= set(REGIMES)
    assert len(CASES) >= 150
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_table_of_law_names_each_rule_that_it_touches() -> None:
    named = {
        rule
        for group in TABLE["regimes"]
        for case in group["cases"]
        for rule in re.findall(r"rule \d+", case["source"])
    }
    assert named >= {f"rule {number}" for number in TOUCHED}
    assert named == set(TABLE["rules"])


def as_expected(decision: Decision) -> dict[str, Any]:
    return {
        "show": decision.show,
        "reason": decision.reason,
        "grants": {"categories": dict(decision.categories), "partners": dict(decision.partners)},
    }


def test_decide_and_its_browser_twin_agree_on_ten_thousand_inputs() -> None:
    random = Random(20261125)
    cases = [any_case(random) for _ in range(10_000)]
    answers = subprocess.run(
        [*node_command(), "tests/snippet/agree.mjs"],
        cwd=ROOT,
        input="\n".join(json.dumps(case) for case in cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.splitlines()
    assert len(answers) == len(cases)
    outcomes = set()
    for case, answer in zip(cases, answers, strict=True):
        expected = as_expected(decide(**deciding(case)))
        assert json.loads(answer) == expected, case
        outcomes.add((expected["show"], expected["reason"]))
    # Chance reaches every outcome, or the comparison proves little.
    assert outcomes == POSSIBLE
