"""Tail probabilities: the chance of a count at least this large. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, lgamma, log, log10, sqrt

MAX_CORRELATION = 0.99  # nearly all or nothing
CERTAIN = 99.0  # the score of a broken rule, where chance plays no part


def score(chance: float, tests: int) -> float:
    """Score from 0 to 99: -log10 of the chance that any of this many tests is as extreme, by chance alone.

    The Bonferroni correction is needed: among a thousand honest users, one is always one in a thousand.
    """
    return min(CERTAIN, max(0.0, -log10(max(chance * tests, 10**-CERTAIN))))


def poisson(count: int, mean: float) -> float:
    """P(X >= count), for a mean above 0."""
    return _sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(count, count + 1_000 + int(10 * mean)))


def binomial(hits: int, tries: int, share: float) -> float:
    """P(X >= hits) for independent tries, each a hit with the chance `share`, strictly between 0 and 1."""
    return _sum(exp(_choose(tries, i) + i * log(share) + (tries - i) * log(1 - share)) for i in range(hits, tries + 1))


def beta_binomial(hits: int, tries: int, share: float, correlation: float) -> float:
    """P(X >= hits) if each user has an own share, distributed around `share`.

    `correlation` is that of two tries of one user: 0 if all users are alike, near 1 if each has all hits or none.
    """
    if correlation <= 0:
        return binomial(hits, tries, share)
    a, b = (part * (1 - correlation) / correlation for part in (share, 1 - share))
    scale = _beta(a, b)
    return _sum(exp(_choose(tries, i) + _beta(i + a, tries - i + b) - scale) for i in range(hits, tries + 1))


def intraclass_correlation(tallies: Sequence[tuple[int, int]], share: float) -> float:
    """Correlation of two tries of one user, from each user's (hits, tries), plus one standard error.

    It compares the pairs of tries that are both hits with their number if all users were alike. A few users with few
    tries may look alike by accident; the standard error allows for that.
    """
    pairs = sum(tries * (tries - 1) for _, tries in tallies)
    if not pairs:
        return MAX_CORRELATION
    both = sum(hits * (hits - 1) for hits, _ in tallies)
    beyond = (both / pairs - share * share) / (share * (1 - share))
    return min(max(beyond, 0.0) + sqrt(2 / pairs), MAX_CORRELATION)


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _sum(terms: Iterable[float]) -> float:
    """Sum of terms that decrease in the end, without the ones too small to matter."""
    total = last = 0.0
    for term in terms:
        total += term
        if term < last and term < total * 1e-12:
            break
        last = term
    return min(total, 1.0)
