"""Outlier test for skewed counts: most are small, and the usual maximum leaves out the largest hundredth."""

from __future__ import annotations

from collections import Counter

from audit.misuse.tail_probabilities import poisson
from audit.misuse.thresholds import Thresholds


def usual_maximum(histogram: Counter[int]) -> int:
    """The largest count without the top hundredth (at least one) of all; 1 or more."""
    remaining = max(1, histogram.total() // 100)
    for count in sorted(histogram, reverse=True):
        remaining -= histogram[count]
        if remaining < 0:
            return max(count, 1)
    return 1


def is_far_above(count: int, mean: float, thresholds: Thresholds) -> bool:
    return count >= max(thresholds.min_count, thresholds.min_ratio * mean)


def is_outlier(count: int, mean: float, tests: int, thresholds: Thresholds) -> bool:
    """Whether a count stands out among `tests` counts, each with at most this mean."""
    return is_far_above(count, mean, thresholds) and poisson(count, mean) * tests < thresholds.false_positive_rate
