"""Confidence intervals of ratios from known pairs."""

from __future__ import annotations

from random import Random

from bench.arrivals.interval import Difference


def pairs(rng: Random, ratio: float, noise: float, count: int = 8) -> list[tuple[float, float]]:
    return [(10 * rng.lognormvariate(0, noise), 10 * ratio * rng.lognormvariate(0, noise)) for _ in range(count)]


def test_pairs_with_equal_ratios_have_an_interval_of_no_width() -> None:
    difference = Difference.of([(10, 11), (20, 22), (40, 44)], resamples=200)

    assert difference.text == "+10.0% (+10.0% to +10.0%)"
    assert (difference.is_significant, difference.verdict) == (True, "more")


def test_a_ratio_below_one_means_the_second_is_cheaper() -> None:
    assert Difference.of(pairs(Random(1), 0.5, 0.05), resamples=200).verdict == "less"


def test_drift_that_affects_both_of_a_pair_cancels_out() -> None:
    drifting = [
        (first * 10**index, second * 10**index) for index, (first, second) in enumerate(pairs(Random(1), 1.2, 0.02))
    ]

    assert Difference.of(drifting, resamples=200).verdict == "more"


def test_few_of_100_runs_without_a_difference_report_one() -> None:
    rng = Random(1)
    reported = sum(Difference.of(pairs(rng, 1, 0.2), resamples=200).is_significant for _ in range(100))

    assert reported <= 3


def test_a_difference_well_above_the_noise_lies_in_its_interval() -> None:
    rng = Random(1)
    differences = [Difference.of(pairs(rng, 1.5, 0.05, 12), resamples=200) for _ in range(20)]

    assert all(difference.is_significant for difference in differences)
    assert sum(difference.low <= 1.5 <= difference.high for difference in differences) >= 18


def test_four_pairs_are_too_few_to_be_sure_of_anything_small() -> None:
    difference = Difference.of([(10, 11), (10, 11.3), (10, 10.8), (10, 11.1)])

    assert not difference.is_significant
    assert difference.text == "+10.5% (-100.0% to unbounded)"


def test_an_insignificant_difference_is_not_called_none() -> None:
    assert Difference.of([(10, 11), (10, 9), (10, 10.5)], resamples=200).verdict == "no significant difference"
