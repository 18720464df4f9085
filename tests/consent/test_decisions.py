"""The decision against the shared vectors, and its twin in JavaScript on random inputs."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.decisions import Decision, decide
from tests.node import node_command
from tests.vector_files import deciding, read_vectors

ROOT = Path(__file__).resolve().parents[2]
CASES = read_vectors("decisions")["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_decide_fits_the_shared_vectors(case: dict[str, Any]) -> None:
    assert as_expected(decide(**deciding(case))) == case["expect"]


def as_expected(decision: Decision) -> dict[str, Any]:
    return {
        "show": decision.show,
        "reason": decision.reason,
        "grants": {"categories": dict(decision.categories), "partners": dict(decision.partners)},
    }


SLUGS = st.sampled_from(["analytics", "ads", "chat", "constructor", "video"])
HEX = st.sampled_from(["a1a1a1a1a1a1", "b2b2b2b2b2b2", "c3c3c3c3c3c3"])
OPTIONAL = ("performance", "functional", "targeting")
SIGNALS = st.fixed_dictionaries({"dnt": st.booleans(), "gpc": st.booleans()})
NOW = 1_795_312_800


def slug_of(partner: Any) -> str:
    return str(partner["slug"])


CASE = st.fixed_dictionaries(
    {
        "regime": st.fixed_dictionaries(
            {
                "code": st.just("eu"),
                "model": st.just("opt_in"),
                "signals": st.lists(st.sampled_from(["dnt", "gpc"]), unique=True),
                "grant_days": st.integers(1, 400),
                "refusal_days": st.integers(1, 400),
            }
        ),
        "policy": st.fixed_dictionaries({"dnt": st.sampled_from(["honour", "disregard"])}),
        "signals": SIGNALS,
        "stored": st.none()
        | st.fixed_dictionaries(
            {
                "version": HEX,
                "decided_at": st.integers(NOW - 500 * 86_400, NOW + 3 * 86_400),
                "categories": st.fixed_dictionaries({code: st.booleans() for code in OPTIONAL}),
                "consent_id": st.just("3f2b8c1e-9a4d-4c7b-8e21-5d6f7a8b9c0d"),
                "regime": st.just("eu"),
                "signals": SIGNALS,
                "partners": st.dictionaries(SLUGS, st.booleans(), max_size=3),
            }
        ),
        "version": st.fixed_dictionaries(
            {
                "digest": HEX,
                "ordinals": st.dictionaries(HEX, st.integers(1, 4)),
                "categories": st.fixed_dictionaries({code: st.integers(0, 4) for code in OPTIONAL}),
                "partners": st.lists(
                    st.fixed_dictionaries(
                        {
                            "slug": SLUGS,
                            "category": st.sampled_from(["strictly_necessary", *OPTIONAL]),
                            "added": st.integers(1, 4),
                        }
                    ),
                    unique_by=slug_of,
                ),
            }
        ),
        "now": st.just(NOW),
    }
)


@given(CASE)
def test_decide_never_grants_more_under_a_signal(case: dict[str, Any]) -> None:
    without = decide(**deciding({**case, "signals": {"dnt": False, "gpc": False}}))
    under = decide(**deciding(case))
    assert all(without.categories[code] for code, granted in under.categories.items() if granted)
    assert all(without.partners[slug] for slug, granted in under.partners.items() if granted)


@given(CASE)
def test_decide_always_grants_what_is_strictly_necessary(case: dict[str, Any]) -> None:
    decision = decide(**deciding(case))
    assert decision.categories["strictly_necessary"]
    for partner in case["version"]["partners"]:
        if partner["category"] == "strictly_necessary":
            assert decision.partners[partner["slug"]]


@given(CASE)
def test_decide_asks_nobody_who_refused_everything_while_it_is_remembered(case: dict[str, Any]) -> None:
    stored = case["stored"]
    if stored is None:
        return
    refused = {**stored, "decided_at": NOW, "categories": dict.fromkeys(OPTIONAL, False), "partners": {}}
    assert decide(**deciding({**case, "stored": refused})).show == "nothing"


def test_decide_and_its_browser_twin_agree_on_random_inputs() -> None:
    cases: list[dict[str, Any]] = []
    collect_cases(cases)
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
    for case, answer in zip(cases, answers, strict=True):
        assert json.loads(answer) == as_expected(decide(**deciding(case)))


def collect_cases(cases: list[dict[str, Any]]) -> None:
    @settings(max_examples=2000, deadline=None, database=None, derandomize=True)
    @given(CASE)
    def collect(case: dict[str, Any]) -> None:
        cases.append(case)

    collect()
