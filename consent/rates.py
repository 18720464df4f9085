"""Shares of people, how sure they are, and how finely they may be told. Pure.

The interval is Wilson's score interval (E. B. Wilson, 1927, "Probable inference, the law of succession, and statistical
inference"), which stays within 0 and 1 and is honest for few answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# The 0.975 quantile of the normal distribution: 95 % between both ends.
Z95 = 1.959963984540054
FEWEST = 10
STEPS = (1, 2, 5, 10, 20, 50)
# For comparing: where many have answered, as finely as so many allow.
FINE_STEPS = (0.1, 0.2, 0.5, *STEPS)


@dataclass(frozen=True)
class Rate:
    """A share of `n` people, with the ends of its 95 % interval. All but `n` are between 0 and 1.

    `step` is 0 where the share is exact, else the percentage points to which it was rounded.
    """

    share: float
    low: float
    high: float
    n: int
    step: float = 0

    @property
    def percent(self) -> float:
        return self.share * 100


def wilson(part: float, n: int) -> tuple[float, float]:
    """The 95 % interval of the share `part` of `n`. Everything is possible where n is 0."""
    if n <= 0:
        return 0.0, 1.0
    share = part / n
    scale = 1 + Z95**2 / n
    middle = (share + Z95**2 / (2 * n)) / scale
    reach = Z95 / scale * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    # What the formula gives in real numbers, floating point misses by a hair at both ends.
    return max(0.0, min(middle - reach, share)), min(1.0, max(middle + reach, share))


def exact_rate(part: int, n: int) -> Rate | None:
    """None where there is nobody to have a share of, or more who did than could."""
    if n <= 0 or not 0 <= part <= n:
        return None
    return Rate(part / n, *wilson(part, n), n)


def rounded_rate(part: int, n: int, steps: Sequence[float] = STEPS) -> Rate | None:
    """A share that names no group of fewer than FEWEST people: each of its steps is at least that many.

    None where even half of them are fewer. The interval is that of the rounded share: the exact one would give it away.
    """
    step = step_for(n, steps)
    if step is None or not 0 <= part <= n:
        return None
    share = round(part * 100 / n / step) * step / 100
    return Rate(share, *wilson(share * n, n), n, step)


def step_for(n: int, steps: Sequence[float] = STEPS) -> float | None:
    """The finest step, in percentage points, of which each is FEWEST people or more."""
    return next((step for step in steps if step * n >= FEWEST * 100), None)


@dataclass(frozen=True)
class Difference:
    """How much larger the second of two shares is, with the ends of its 95 % interval. All are between -1 and 1."""

    share: float
    low: float
    high: float


def difference(first: Rate | None, second: Rate | None) -> Difference | None:
    """Of two independent groups. None where a share is unknown.

    Newcombe's hybrid score interval, which puts Wilson's intervals of both together (R. G. Newcombe, 1998, "Interval
    estimation for the difference between independent proportions: comparison of eleven methods", method 10). Where
    shares are rounded it is wider by what rounding may have added: that must not make a difference.
    """
    if first is None or second is None:
        return None
    share, rounding = second.share - first.share, (first.step + second.step) / 200
    below = math.hypot(second.share - second.low, first.high - first.share) + rounding
    above = math.hypot(second.high - second.share, first.share - first.low) + rounding
    return Difference(share, max(-1.0, share - below), min(1.0, share + above))
