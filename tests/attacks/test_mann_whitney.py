"""The Mann-Whitney U test, compared with SciPy's results."""

from __future__ import annotations

import pytest

from tests.attacks.mann_whitney import compare


def test_the_results_equal_those_of_scipy() -> None:
    """scipy.stats.mannwhitneyu(first, second, method="asymptotic", use_continuity=False)"""
    first = [19, 22, 16, 29, 24, 22, 31, 18]
    second = [20, 11, 17, 12, 22, 15, 14]

    assert compare(first, second) == pytest.approx((0.7142857142857142, 0.02018661819292531), abs=1e-9)


def test_disjoint_samples_have_effect_one_and_equal_samples_none() -> None:
    small, large = range(100), range(100, 200)

    assert (compare(large, small).effect, compare(small, large).effect) == (1, -1)
    assert compare(large, small).p < 1e-30
    assert compare(small, small) == (0, 1)
    assert compare([7] * 30, [7] * 30) == (0, 1)
