"""Whether two sets of measurements differ: the rank test of Mann and Whitney, and how large the difference is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import erfc, sqrt
from typing import NamedTuple


class Ranked(NamedTuple):
    """effect: Cliff's delta, from -1 to 1: how much more often the first is the larger one than the smaller.
    p:      how often chance alone would differ so much, by the normal approximation; for twenty of each or more.
    """

    effect: float
    p: float


def compare(first: Sequence[float], second: Sequence[float]) -> Ranked:
    """Two samples, neither empty. Equal values share their ranks; in fine-grained times there are hardly any."""
    placed = sorted([(value, True) for value in first] + [(value, False) for value in second])
    before, ranks, ties = 0, 0.0, 0
    for _, group in groupby(placed, key=lambda each: each[0]):
        of_first = [is_first for _, is_first in group]
        ranks += sum(of_first) * (before + (len(of_first) + 1) / 2)
        ties += len(of_first) ** 3 - len(of_first)
        before += len(of_first)
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    deviation = sqrt(n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1))))
    p = erfc(abs(u - n * m / 2) / deviation / sqrt(2)) if deviation else 1.0
    return Ranked(effect=2 * u / (n * m) - 1, p=p)
