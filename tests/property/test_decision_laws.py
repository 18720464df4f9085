"""What holds of every decision, whatever the row, the version, the answer and the clock. The browser's twin is held to
the same laws in tests/snippet/laws.test.mjs."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from consent import consent_cookie
from consent.decisions import Decision, decide, standing_of
from consent.privacy_signals import Signals
from consent.regimes import CHOOSABLE, Regime, in_force, resolved
from tests.decision_inputs import any_case, any_stored, deciding_row
from tests.vector_files import DAY, OPTIONAL, deciding

SHOWN = {"banner", "notice", "nothing"}
REASONS = {"undecided", "expired", "moved", "signal", "changed", "announced", "decided"}
NO_SIGNALS = {"dnt": False, "gpc": False}


def answered_case(random: Random) -> dict[str, Any]:
    case = any_case(random)
    return {**case, "stored": case["stored"] or any_stored(random, case["regime"])}


def held_case(random: Random) -> dict[str, Any]:
    """With an answer that still counts: given today, in this place."""
    case = answered_case(random)
    regime = {**case["regime"], "accepts": [case["regime"]["code"]]}
    today = {"regime": regime["code"], "decided_at": case["now"] - random.randrange(DAY)}
    return {**case, "regime": regime, "stored": {**case["stored"], **today}}


def opted_out_case(random: Random) -> dict[str, Any]:
    """Where the law is about sale and things run until refused, with a no to it, however old."""
    case = answered_case(random)
    stored = {**case["stored"], "categories": {**case["stored"]["categories"], "targeting": False}}
    on = {"model": "opt_out", "reach": "sale_or_share", "defaults": dict.fromkeys(OPTIONAL, True)}
    return {**case, "regime": {**case["regime"], **on}, "stored": stored}


# One number per case: a thousand cases in half a second are worth more here than small examples.
RANDOMS = st.integers(0, 2**64 - 1).map(Random)
MANY = settings(max_examples=1000, deadline=None)
CASES = RANDOMS.map(any_case)
ANSWERED = RANDOMS.map(answered_case)
HELD = RANDOMS.map(held_case)
WEBSITES = st.lists(st.sampled_from(CHOOSABLE), max_size=5, unique_by=lambda row: row.place)
MEMORY = st.fixed_dictionaries({"grant_days": st.integers(1, 500), "refusal_days": st.integers(1, 800)})
COOKIES = st.from_regex(consent_cookie._SHAPE, fullmatch=True)


@MANY
@given(CASES)
def test_binding_signal_never_adds_a_grant(case: dict[str, Any]) -> None:
    inputs = deciding(case)
    assert granted(decide(**inputs)) <= granted(decide(**{**inputs, "signals": Signals()}))


@MANY
@given(CASES)
def test_second_signal_never_adds_a_grant(case: dict[str, Any]) -> None:
    inputs = deciding(case)
    assert granted(decide(**{**inputs, "signals": Signals(dnt=True, gpc=True)})) <= granted(decide(**inputs))


@MANY
@given(CASES)
def test_honouring_a_signal_never_adds_a_grant(case: dict[str, Any]) -> None:
    inputs = deciding(case)
    honoured, disregarded = (decide(**{**inputs, "dnt_policy": policy}) for policy in ("honour", "disregard"))
    assert granted(honoured) <= granted(disregarded)


@MANY
@given(ANSWERED)
def test_signal_that_came_after_the_answer_stops_every_sale(case: dict[str, Any]) -> None:
    silent = {**case["stored"], "signals": NO_SIGNALS}
    decision = decide(**deciding({**case, "stored": silent, "signals": {"dnt": False, "gpc": True}}))
    if "gpc" not in case["regime"]["signals"]:
        return
    assert not decision.categories["targeting"]
    for partner in case["version"]["partners"]:
        if partner["category"] == "targeting" or (is_optional(partner) and partner.get("sale_or_share")):
            assert not decision.partners[partner["slug"]]
    if case["regime"].get("reach", "all") == "all":
        assert not optional(case, decision)


@MANY
@given(CASES)
def test_strictly_necessary_is_always_granted(case: dict[str, Any]) -> None:
    decision = decide(**deciding(case))
    assert decision.categories["strictly_necessary"]
    for partner in case["version"]["partners"]:
        if partner["category"] == "strictly_necessary":
            assert decision.partners[partner["slug"]] == (partner.get("starts_at", 0) <= case["now"])


@MANY
@given(CASES)
def test_nothing_that_has_not_started_is_granted(case: dict[str, Any]) -> None:
    decision = decide(**deciding(case))
    planned = {item["slug"] for item in case["version"]["partners"] if item.get("starts_at", 0) > case["now"]}
    assert not planned & granted(decision)


@MANY
@given(CASES, WEBSITES, MEMORY)
def test_unknown_place_is_never_laxer_than_any_row_of_the_website(
    case: dict[str, Any], website: list[Regime], memory: dict[str, int]
) -> None:
    everybody_else, *rows = in_force([row.code for row in website], **memory)
    at_an_unknown_place = granted(decide_under(everybody_else, case))
    for row in rows:
        assert at_an_unknown_place <= granted(decide_under(row, case)), row.code


@MANY
@given(CASES)
def test_nothing_optional_runs_before_a_yes_where_one_is_asked_for(case: dict[str, Any]) -> None:
    strict = {"model": "opt_in", "defaults": dict.fromkeys(OPTIONAL, False)}
    inputs = deciding({**case, "regime": {**case["regime"], **strict}})
    is_held = standing_of(regime=inputs["regime"], stored=inputs["stored"], now=inputs["now"]) == "decided"
    if not is_held or not inputs["stored"].grants_something:
        assert not optional(case, decide(**inputs))


@MANY
@given(ANSWERED)
def test_yes_from_where_nobody_asked_counts_nowhere_that_asks(case: dict[str, Any]) -> None:
    elsewhere = {**case["stored"], "regime": "us-ca"}
    strict = {"model": "opt_in", "defaults": dict.fromkeys(OPTIONAL, False), "accepts": ["eu", case["regime"]["code"]]}
    if case["regime"]["code"] != "us-ca":
        regime = {**case["regime"], **strict}
        assert not optional(case, decide(**deciding({**case, "regime": regime, "stored": elsewhere})))


@given(CASES, COOKIES, st.data())
def test_corrupt_cookie_equals_no_cookie(case: dict[str, Any], value: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(value)))
    broken = value[:at] + data.draw(st.text(max_size=3)) + value[at + data.draw(st.integers(0, 3)) :]
    assume(";" not in broken and consent_cookie.parse(broken.strip()) is None)
    stored = consent_cookie.newest(consent_cookie.values_in(f"a=1; sayso={broken}"))
    assert stored is None
    inputs = deciding(case)
    assert decide(**{**inputs, "stored": stored}) == decide(**{**inputs, "stored": None})


@MANY
@given(ANSWERED)
def test_refusal_is_never_turned_into_a_grant(case: dict[str, Any]) -> None:
    """Not by moving, expiry, a clock, a signal, nor by a change of the website."""
    stored = case["stored"]
    decision = decide(**deciding(case))
    refused = {code for code in OPTIONAL if not stored["categories"][code]}
    assert not refused & {code for code, is_on in decision.categories.items() if is_on}
    for partner in case["version"]["partners"]:
        said_yes = stored["partners"].get(partner["slug"], partner["category"] not in refused)
        if is_optional(partner) and not said_yes:
            assert not decision.partners[partner["slug"]]


@MANY
@given(RANDOMS.map(opted_out_case))
def test_opt_out_of_sale_covers_later_buyers_for_ever(case: dict[str, Any]) -> None:
    inputs = deciding(case)
    decision = decide(**inputs)
    answered = inputs["version"].ordinals.get(inputs["stored"].version, 0)
    for partner in inputs["version"].partners:
        if partner.sale_or_share and partner.category != "strictly_necessary" and partner.added > answered:
            assert not decision.partners[partner.slug]


@MANY
@given(HELD)
def test_who_refused_everything_is_never_asked_because_something_changed(case: dict[str, Any]) -> None:
    refusal = {**case["stored"], "categories": dict.fromkeys(OPTIONAL, False), "partners": {}}
    inputs = deciding({**case, "stored": refusal})
    # To be told what changed is not to be asked.
    assert (decide(**inputs).show, decide(**inputs).reason) in {("nothing", "decided"), ("notice", "announced")}
    silent = replace(inputs["version"], announce_until=0)
    assert decide(**{**inputs, "version": silent}).show == "nothing"


@MANY
@given(HELD)
def test_only_who_granted_a_category_is_asked_about_what_came_to_it(case: dict[str, Any]) -> None:
    inputs = deciding(case)
    stored, version = inputs["stored"], inputs["version"]
    came = [
        *(code for code in OPTIONAL if version.categories[code] > version.ordinals.get(stored.version, 0)),
        *(item.category for item in version.partners if item.added > version.ordinals.get(stored.version, 0)),
    ]
    if decide(**inputs).reason == "changed":
        assert any(stored.categories.get(code) for code in came)


@MANY
@given(HELD)
def test_item_that_came_after_the_answer_is_off_while_the_answer_holds(case: dict[str, Any]) -> None:
    inputs = deciding(case)
    stored, version = inputs["stored"], inputs["version"]
    answered = version.ordinals.get(stored.version, 0)
    came = {code for code in OPTIONAL if version.categories[code] > answered}
    came |= {item.slug for item in version.partners if item.added > answered and item.category != "strictly_necessary"}
    assert not came & granted(decide(**inputs))


@MANY
@given(HELD)
def test_answer_to_a_question_about_this_version_is_granted_as_given(case: dict[str, Any]) -> None:
    """Without signals, a fresh answer to what is live, given here, is exactly what runs."""
    version = {**case["version"], "ordinals": {case["version"]["digest"]: 4}}
    stored = {**case["stored"], "version": version["digest"]}
    decision = decide(**deciding({**case, "version": version, "stored": stored, "signals": NO_SIGNALS}))
    assert (decision.show, decision.reason) == ("nothing", "decided")
    assert {code: decision.categories[code] for code in OPTIONAL} == stored["categories"]
    for item in version["partners"]:
        if is_optional(item) and item.get("starts_at", 0) <= case["now"]:
            wanted = stored["partners"].get(item["slug"], stored["categories"][item["category"]])
            assert decision.partners[item["slug"]] == wanted


@given(CASES, COOKIES | st.text(max_size=140))
@example(any_case(Random(1)), "1.a1a1a1a1a1a1.zzzzzzzz.pft.PyuMHppNTHuOIV1veoucDQ.us-ca~gd.*ads~!constructor")
def test_decide_is_total_and_deterministic(case: dict[str, Any], value: str) -> None:
    inputs = {**deciding(case), "stored": consent_cookie.parse(value)}
    decision = decide(**inputs)
    assert decision == decide(**inputs)
    assert decision.show in SHOWN
    assert decision.reason in REASONS
    assert set(decision.categories) == {"strictly_necessary", *OPTIONAL}
    assert set(decision.partners) == {partner["slug"] for partner in case["version"]["partners"]}


@pytest.mark.parametrize("days", [1, 400, 50_000])
@MANY
@given(case=ANSWERED)
def test_time_never_adds_a_grant_to_an_answer(case: dict[str, Any], days: int) -> None:
    """Except by what was planned to start, and by what runs without an answer."""
    inputs = deciding(case)
    stored = replace(inputs["stored"], decided_at=min(inputs["stored"].decided_at, inputs["now"]))
    started = replace(
        inputs["version"], partners=tuple(replace(item, starts_at=0) for item in inputs["version"].partners)
    )
    now, later = (
        granted(decide(**{**inputs, "stored": stored, "version": started, "now": inputs["now"] + passed * DAY}))
        for passed in (0, days)
    )
    by_default = granted(decide(**{**inputs, "version": started, "stored": None}))
    assert later <= now | by_default


def granted(decision: Decision) -> set[str]:
    """What may run: codes and slugs."""
    return {name for grants in (decision.categories, decision.partners) for name, is_on in grants.items() if is_on}


def optional(case: dict[str, Any], decision: Decision) -> set[str]:
    necessary = {item["slug"] for item in case["version"]["partners"] if not is_optional(item)}
    return granted(decision) - necessary - {"strictly_necessary"}


def is_optional(partner: dict[str, Any]) -> bool:
    return bool(partner["category"] != "strictly_necessary")


def decide_under(row: Regime, case: dict[str, Any]) -> Decision:
    return decide(**deciding({**case, "regime": deciding_row(resolved(row))}))
