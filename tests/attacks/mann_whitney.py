"""Mann-Whitney U test: whether two samples differ, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import erfc, sqrt
from typing import NamedTuple


class Comparison(NamedTuple):
    """Result of the test.

    effect: Cliff's delta, from -1 to 1: P(first > second) - P(first < second).
    p:      two-sided p-value by the normal approximation, for 20 values or more in each sample.
    """

    effect: float
    p: float


def compare(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """Compare two samples, neither empty. Equal values share their rank."""
    ordered = sorted([(value, True) for value in first] + [(value, False) for value in second])
    before, ranks, ties = 0, 0.0, 0
    for _, group in groupby(ordered, key=lambda each: each[0]):
        of_first = [is_first for _, is_first in group]
        ranks += sum(of_first) * (before + (len(of_first) + 1) / 2)
        ties += len(of_first) ** 3 - len(of_first)
        before += len(of_first)
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    deviation = sqrt(n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1))))
    p = erfc(abs(u - n * m / 2) / deviation / sqrt(2)) if deviation else 1.0
    return Comparison(effect=2 * u / (n * m) - 1, p=p)
