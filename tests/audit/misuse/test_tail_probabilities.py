"""Tail probabilities: compared with exact sums."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, factorial

import pytest

from audit.misuse import tail_probabilities


@pytest.mark.parametrize(("hits", "tries", "share"), [(0, 5, 0.3), (3, 5, 0.3), (20, 400, 0.02), (60, 60, 0.5)])
def test_a_binomial_tail(hits: int, tries: int, share: float) -> None:
    p = Fraction(share)
    exact = sum(comb(tries, i) * p**i * (1 - p) ** (tries - i) for i in range(hits, tries + 1))

    assert tail_probabilities.binomial(hits, tries, share) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(("count", "mean"), [(1, 1), (9, 2), (40, 7.5)])
def test_a_poisson_tail(count: int, mean: float) -> None:
    below = sum(exp(-mean) * mean**i / factorial(i) for i in range(count))

    assert tail_probabilities.poisson(count, mean) == pytest.approx(1 - below, abs=1e-12)


def test_users_with_varying_shares_have_a_heavier_tail() -> None:
    """Two tries with a share spread evenly from 0 to 1 (a and b are 1, the spread 1/3): each number is as likely."""
    assert tail_probabilities.beta_binomial(2, 2, 0.5, 1 / 3) == pytest.approx(1 / 3)
    assert tail_probabilities.beta_binomial(2, 2, 0.5, 0.0) == pytest.approx(1 / 4)


def test_the_correlation_of_equal_users_is_one_standard_error() -> None:
    alike = [(2, 10)] * 5 + [(3, 10), (1, 10)]

    assert tail_probabilities.intraclass_correlation(alike, 0.2) == pytest.approx((2 / 630) ** 0.5)
    assert tail_probabilities.intraclass_correlation([(10, 10), (0, 10)], 0.5) == tail_probabilities.MAX_CORRELATION


def test_single_tries_give_the_maximum_correlation() -> None:
    assert tail_probabilities.intraclass_correlation([(1, 1), (0, 1)], 0.5) == tail_probabilities.MAX_CORRELATION


def test_a_score_is_corrected_for_the_number_of_tests() -> None:
    assert tail_probabilities.score(1e-9, 1_000) == pytest.approx(6)
    assert tail_probabilities.score(0.1, 1_000) == 0
    assert tail_probabilities.score(0.0, 1) == tail_probabilities.CERTAIN
