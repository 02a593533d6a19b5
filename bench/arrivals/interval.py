"""Confidence interval of a ratio from paired measurements (studentized bootstrap)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from random import Random
from statistics import fmean, stdev

RESAMPLES = 10_000
CONFIDENCE_PERCENT = 99
# Logarithm of the largest bound reported. With four pairs there is often no bound.
LOG_BOUND = log(1_000)


@dataclass(frozen=True, slots=True)
class Difference:
    """The ratio of the second to the first, with its 99% confidence interval."""

    ratio: float
    low: float
    high: float
    pairs: int

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]], resamples: int = RESAMPLES) -> Difference:
        """The difference between paired measurements, at least two pairs.

        The logarithm of each pair's ratio is resampled, in units of its standard error (studentized bootstrap). With
        six to twelve pairs and no true difference, the plain bootstrap reported one in 4 to 12 of 100 runs, this one
        in 1 to 3.
        """
        ratios = [log(second / first) for first, second in pairs]
        mean, error = _mean_and_error(ratios)
        rng = Random(1)
        distances = sorted(_distance(rng.choices(ratios, k=len(ratios)), mean) for _ in range(resamples))
        tail = round(resamples * (100 - CONFIDENCE_PERCENT) / 200)
        # The upper quantile of the distances gives the lower bound, and the reverse.
        low, high = mean - distances[-tail - 1] * error, mean - distances[tail] * error
        return cls(exp(mean), exp(low), exp(high) if high < LOG_BOUND else inf, len(pairs))

    @property
    def is_significant(self) -> bool:
        return not self.low <= 1 <= self.high

    @property
    def text(self) -> str:
        """`+4.1% (+1.2% to +7.3%)`."""
        return f"{_percent(self.ratio)} ({_percent(self.low)} to {_percent(self.high)})"

    @property
    def verdict(self) -> str:
        if self.is_significant:
            return "more" if self.ratio > 1 else "less"
        return "no significant difference"


def _mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    return fmean(values), stdev(values) / sqrt(len(values))


def _distance(resample: Sequence[float], mean: float) -> float:
    """A resample's distance from the mean, in its own standard errors."""
    resampled_mean, error = _mean_and_error(resample)
    distance = resampled_mean - mean
    return distance / error if error else inf if distance > 0 else -inf if distance < 0 else 0.0


def _percent(ratio: float) -> str:
    if ratio == inf:
        return "unbounded"
    return f"{(ratio - 1) * 100:+.1f}%"
