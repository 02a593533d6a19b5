"""Comparison of users with their peers: users whose rate of hits is far above that of their role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from audit.misuse import tail_probabilities
from audit.misuse.finding import Finding, TooFewPeers, rounded
from audit.misuse.thresholds import Thresholds

TRIMMED = 0.2  # share of users left out of the first estimate

Row = TypeVar("Row", bound=tuple[Any, ...])


class Tally(NamedTuple):
    """Hits of one user in a number of tries."""

    user: str
    role: str
    hits: int
    tries: int


class Outlier(NamedTuple):
    """A tally that stands out, and the usual number of hits in as many tries."""

    tally: Tally
    expected: float
    score: float

    def finding(self, words: str, inquiries: tuple[str, ...]) -> Finding:
        """The finding; `words` is a format with {hits} and {tries}."""
        return Finding(
            user=self.tally.user,
            count=self.tally.hits,
            expected=self.expected,
            score=self.score,
            words=f"{words.format(**self.tally._asdict())}; {rounded(self.expected)} would be usual",
            inquiries=inquiries,
        )


def by_role(rows: Iterable[Row], least: int) -> list[list[Row]]:
    """Rows (user, role, …) of each role that has at least `least`; a smaller role is not compared.

    Raises: TooFewPeers if no role has as many.
    """
    roles: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        roles[row[1]].append(row)
    groups = [group for group in roles.values() if len(group) >= least]
    if not groups:
        raise TooFewPeers(f"too few to compare: needs {least} colleagues in the role")
    return groups


def above_peers(
    tallies: Sequence[Tally], thresholds: Thresholds, *, sides: int = 1, vary: bool = True
) -> Iterator[Outlier]:
    """Users far above their peers, given how much those differ among themselves.

    The usual rate is estimated twice, so that several who misuse do not hide each other: first without the fifth of the
    users that stand out most, then without the outliers of the first estimate. With `vary=False` users are assumed to
    have one common rate, and all roles are one group.
    Raises: TooFewPeers if no role can be compared.
    """
    tried = [tally for tally in tallies if tally.tries]
    tests = len(tried) * sides
    for group in by_role(tried, thresholds.min_peers) if vary else [tried]:
        share = _share(group)
        ordered = sorted(
            group, key=lambda tally: tail_probabilities.binomial(tally.hits, tally.tries, share), reverse=True
        )
        reference = ordered[: len(ordered) - int(len(ordered) * TRIMMED)]
        found: list[Outlier] = []
        for _ in range(2):
            share = _share(reference)
            pairs = [(tally.hits, tally.tries) for tally in reference]
            correlation = tail_probabilities.intraclass_correlation(pairs, share) if vary else 0.0
            found = list(_outliers(group, share, correlation, thresholds, tests))
            outliers = {outlier.tally for outlier in found}
            reference = [tally for tally in group if tally not in outliers]
        yield from found


def above_share(tallies: Sequence[Tally], thresholds: Thresholds) -> Iterator[Outlier]:
    """Users far above the share of all people who may have one surname."""
    return _outliers(tallies, thresholds.surname_share, 0.0, thresholds, len(tallies))


def _share(tallies: Sequence[Tally]) -> float:
    """Share of hits, with one hit and one miss more: a hit that no user has had yet is rare, not impossible."""
    return (sum(tally.hits for tally in tallies) + 1) / (sum(tally.tries for tally in tallies) + 2)


def _outliers(
    tallies: Sequence[Tally], share: float, correlation: float, thresholds: Thresholds, tests: int
) -> Iterator[Outlier]:
    for tally in tallies:
        hits, tries = tally.hits, tally.tries
        # The ratio is of odds, because no share can be three times a half.
        if hits >= thresholds.min_count and hits * (1 - share) >= thresholds.min_ratio * (tries - hits) * share:
            chance = tail_probabilities.beta_binomial(hits, tries, share, correlation)
            if chance * tests < thresholds.false_positive_rate:
                yield Outlier(tally, share * tries, tail_probabilities.score(chance, tests))
