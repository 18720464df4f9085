"""What holds of every share and of every table: intervals are intervals, and what is hidden can't be computed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.rates import FEWEST, FINE_STEPS, difference, exact_rate, rounded_rate, step_for, wilson
from consent.small_cells import Cell, gather, hidden_cells, hidden_of_sums

COUNTS = st.integers(0, 100_000)
# Many small ones: there the rule has something to do.
CELLS = st.one_of(st.integers(0, 12), st.integers(0, 300))
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS).filter(lambda row: sum(row) >= FEWEST), min_size=1, max_size=7)


@given(COUNTS, COUNTS)
def test_interval_holds_the_share_and_stays_between_nobody_and_everybody(a: int, b: int) -> None:
    part, n = min(a, b), max(a, b)
    low, high = wilson(part, n)
    assert 0 <= low <= (part / n if n else 0.5) <= high <= 1


@given(st.integers(1, 5_000), st.integers(0, 5_000))
def test_interval_narrows_as_more_are_asked(n: int, part: int) -> None:
    part = min(part, n)
    (low, high), (nearer, farther) = wilson(part * 4, n * 4), wilson(part, n)
    assert high - low <= farther - nearer


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # The examples (a), (b), (c) and (h) of the paper, method 10.
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_difference_is_newcombes(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    found = difference(exact_rate(*first), exact_rate(*second))
    assert found
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00006)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_difference_lies_in_its_interval_and_turns_with_its_sign(a: int, b: int, c: int, d: int) -> None:
    first, second = exact_rate(min(a, b), max(a, b)), exact_rate(min(c, d), max(c, d))
    there, back = difference(first, second), difference(second, first)
    if there is None or back is None:
        assert first is None or second is None
        return
    assert -1 <= there.low <= there.share <= there.high <= 1
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))


def test_difference_of_an_unknown_share_is_not_told() -> None:
    assert difference(exact_rate(400, 1000), None) is None
    assert difference(rounded_rate(2, 9), exact_rate(400, 1000)) is None


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_rounding_makes_no_difference(a: int, b: int, c: int, d: int) -> None:
    """What rounded shares are told to differ by holds the truth."""
    counts = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    exact = difference(*(exact_rate(*count) for count in counts))
    told = difference(*(rounded_rate(*count, FINE_STEPS) for count in counts))
    if exact and told:
        assert told.low <= exact.share + 1e-9
        assert told.high >= exact.share - 1e-9


@given(COUNTS, st.integers(1, 100_000))
def test_interval_of_the_others_is_the_mirror(part: int, n: int) -> None:
    part = min(part, n)
    low, high = wilson(part, n)
    assert wilson(n - part, n) == pytest.approx((1 - high, 1 - low))


def test_interval_is_wilsons() -> None:
    # R. G. Newcombe, 1998, "Two-sided confidence intervals for the single proportion", table I.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


@pytest.mark.parametrize(("part", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_share_of_nobody_is_none(part: int, n: int) -> None:
    assert exact_rate(part, n) is None
    assert rounded_rate(part, n) is None


@given(COUNTS, st.integers(1, 100_000))
def test_rounded_share_fits_ten_numbers_of_people(part: int, n: int) -> None:
    part = min(part, n)
    rate = rounded_rate(part, n)
    if rate is None:
        assert n < 2 * FEWEST
        return
    assert rate.step * n / 100 >= FEWEST
    assert abs(rate.share - part / n) <= rate.step / 200 + 1e-9
    # Whoever knows the share, the step and n finds all of these as likely as the true one.
    alike = [
        other
        for other in range(max(0, part - 60 - n // 50), min(n, part + 60 + n // 50) + 1)
        if rounded_rate(other, n) == rate
    ]
    assert len(alike) >= FEWEST // 2
    assert part in alike


def test_steps_grow_finer_with_the_number_of_people() -> None:
    assert [step_for(n) for n in (19, 20, 50, 99, 100, 200, 500, 1_000)] == [None, 50, 20, 20, 10, 5, 2, 1]


@given(st.lists(st.integers(0, 200), max_size=40))
def test_rows_told_together_are_none_or_enough(sizes: list[int]) -> None:
    together = gather(sizes)
    assert all(size >= FEWEST for at, size in enumerate(sizes) if at not in together)
    enough = sum(sizes[at] for at in together) >= FEWEST and len(together) > 1
    assert not together or enough or len(together) == len(sizes)


@given(TABLES)
def test_no_small_cell_is_told(rows: list[tuple[int, ...]]) -> None:
    hidden = hidden_cells(rows)
    assert all((at, part) in hidden for at, row in enumerate(rows) for part, n in enumerate(row) if n < FEWEST)


@given(TABLES)
def test_no_hidden_cell_follows_from_sums(rows: list[tuple[int, ...]]) -> None:
    """By linear algebra, not by the graph of the rule: a hidden cell is determined by the sums of rows and of parts
    exactly if its unit vector is a combination of them."""
    sums = tuple(map(sum, zip(*rows, strict=True)))
    unknown = sorted({*hidden_cells(rows), *((len(rows), part) for part in hidden_of_sums(sums))})
    equations = [[Fraction(cell[0] == row) for cell in unknown] for row in range(len(rows) + 1)]
    equations += [[sign(cell, part, len(rows)) for cell in unknown] for part in range(3)]
    known = rank(equations)
    assert all(rank([*equations, [Fraction(other == cell) for other in unknown]]) > known for cell in unknown)


@given(TABLES)
def test_what_is_hidden_in_a_row_is_never_few_in_all(rows: list[tuple[int, ...]]) -> None:
    hidden = hidden_cells(rows)
    for at, row in enumerate(rows):
        together = sum(n for part, n in enumerate(row) if (at, part) in hidden)
        assert together >= FEWEST or not any(cell[0] == at for cell in hidden)


@given(st.lists(st.tuples(*[st.integers(FEWEST, 500)] * 3), min_size=1, max_size=7))
def test_nothing_is_hidden_where_everything_is_large(rows: list[tuple[int, ...]]) -> None:
    assert hidden_cells(rows) == frozenset()


def sign(cell: Cell, part: int, last: int) -> Fraction:
    if cell[1] != part:
        return Fraction(0)
    return Fraction(-1 if cell[0] == last else 1)


def rank(rows: list[list[Fraction]]) -> int:
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            factor = rows[at][column] / rows[found][column]
            rows[at] = [own - factor * other for own, other in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found
