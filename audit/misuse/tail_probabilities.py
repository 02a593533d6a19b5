"""How likely so many would be by chance. Upper tails, from the standard library. Knows nothing of inquiries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, lgamma, log, log10, sqrt
from statistics import NormalDist

WIDEST = 0.99  # spread: nearly all or nothing
CERTAIN = 99.0  # the score of what is no question of chance


def score(chance: float, tests: int) -> float:
    """0 to 99: the zeros behind the point in the chance that any of so many tests came out like this one.

    That counts the tests in (Bonferroni): among a thousand honest users somebody is always one in a thousand.
    """
    return min(CERTAIN, max(0.0, -log10(max(chance * tests, 10**-CERTAIN))))


def normal(z: float) -> float:
    """P(Z >= z)."""
    return NormalDist().cdf(-z)


def poisson(count: int, mean: float) -> float:
    """P(X >= count), for a mean above 0."""
    return _sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(count, count + 1_000 + int(10 * mean)))


def binomial(hits: int, tries: int, share: float) -> float:
    """P(X >= hits) in so many tries, each a hit with the chance `share`, which is between 0 and 1."""
    return _sum(exp(_choose(tries, i) + i * log(share) + (tries - i) * log(1 - share)) for i in range(hits, tries + 1))


def beta_binomial(hits: int, tries: int, share: float, spread: float) -> float:
    """The same where each user has a share of their own, around `share`.

    `spread` is the correlation of two tries of one user: 0 where all are alike, towards 1 where each is all or nothing.
    """
    if spread <= 0:
        return binomial(hits, tries, share)
    a, b = share * (1 - spread) / spread, (1 - share) * (1 - spread) / spread
    scale = _beta(a, b)
    return _sum(exp(_choose(tries, i) + _beta(i + a, tries - i + b) - scale) for i in range(hits, tries + 1))


def spread(tallies: Sequence[tuple[int, int]], share: float) -> float:
    """How much users differ beyond chance, from (hits, tries) of each, and one standard error more.

    Of all pairs of tries of one user, how many are both hits, beside as many as there would be if users were alike. A
    few users with few tries may look alike by accident; the standard error is what they cannot rule out.
    """
    pairs = sum(tries * (tries - 1) for _, tries in tallies)
    if not pairs:
        return WIDEST
    both = sum(hits * (hits - 1) for hits, _ in tallies)
    beyond = (both / pairs - share * share) / (share * (1 - share))
    return min(max(beyond, 0.0) + sqrt(2 / pairs), WIDEST)


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _sum(terms: Iterable[float]) -> float:
    """Of terms that fall off in the end; what is too small to matter is not waited for."""
    total = last = 0.0
    for term in terms:
        total += term
        if term < last and term < total * 1e-12:
            break
        last = term
    return min(total, 1.0)
