"""The rank test that times are compared by, against figures worked out elsewhere."""

from __future__ import annotations

import pytest

from tests.attacks.ranks import compare


def test_the_figures_are_those_of_scipy() -> None:
    """scipy.stats.mannwhitneyu(first, second, method="asymptotic", use_continuity=False)"""
    first = [19, 22, 16, 29, 24, 22, 31, 18]
    second = [20, 11, 17, 12, 22, 15, 14]

    assert compare(first, second) == pytest.approx((0.7142857142857142, 0.02018661819292531), abs=1e-9)


def test_what_is_always_larger_has_the_largest_effect_and_what_is_the_same_none() -> None:
    small, large = range(100), range(100, 200)

    assert (compare(large, small).effect, compare(small, large).effect) == (1, -1)
    assert compare(large, small).p < 1e-30
    assert compare(small, small) == (0, 1)
    assert compare([7] * 30, [7] * 30) == (0, 1)
