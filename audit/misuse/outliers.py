"""Counts of which most are small: from where on one is no longer like the busiest of the rest. Knows not of what."""

from __future__ import annotations

from collections import Counter
from math import ceil

from audit.misuse.tail_probabilities import poisson
from audit.misuse.thresholds import Thresholds


def usual(counts: Counter[int]) -> int:
    """The most there is once the busiest hundredth, and one at the least, is left aside: 1 or more."""
    left = max(1, counts.total() // 100)
    for count in sorted(counts, reverse=True):
        left -= counts[count]
        if left < 0:
            return max(count, 1)
    return 1


def is_far(count: int, mean: float, thresholds: Thresholds) -> bool:
    return count >= max(thresholds.least, thresholds.times * mean)


def is_remarkable(count: int, mean: float, tests: int, thresholds: Thresholds) -> bool:
    """Whether a count stands out among so many that are each around `mean` at the most."""
    return is_far(count, mean, thresholds) and poisson(count, mean) * tests < thresholds.false_alarms


def remarkable(counts: Counter[int], thresholds: Thresholds) -> int:
    """The least count that stands out, even if all were as busy as the busiest that is usual."""
    mean, tests = usual(counts), counts.total()
    count = max(thresholds.least, ceil(thresholds.times * mean))
    while not is_remarkable(count, mean, tests, thresholds):
        count += 1
    return count
