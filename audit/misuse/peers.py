"""Users against their peers: whose share of something is far above what is usual in their role. Knows not of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from audit.misuse import tail_probabilities
from audit.misuse.thresholds import Thresholds

LEFT_ASIDE = 0.2  # of the users, when the measure is first taken


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a user did it, of how many times they could have."""

    user: str
    role: str
    hits: int
    tries: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """A tally that stands out; `expected` hits would be usual in so many tries."""

    tally: Tally
    expected: float
    score: float


def groups(tallies: Iterable[Tally], least: int) -> list[list[Tally]]:
    """Users by role. Roles differ by nature, so whoever has too few peers in theirs is held against nobody."""
    by_role: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        by_role[tally.role].append(tally)
    return [role for role in by_role.values() if len(role) >= least]


def above_peers(
    tallies: Iterable[Tally], thresholds: Thresholds, *, sides: int = 1, vary: bool = True
) -> Iterator[Outlier]:
    """Who is far above their peers, given how much those differ among themselves.

    Several who misuse must not hide each other by setting the measure. So it is taken twice: without the fifth that
    stand out most, and then of all who do not stand out by the first. What is no habit does not `vary` between users:
    then everybody is a peer, and all are alike.
    """
    everyone = [tally for tally in tallies if tally.tries]
    tests = len(everyone) * sides
    for group in groups(everyone, thresholds.peers) if vary else [everyone]:
        share = _share(group)
        ordered = sorted(
            group, key=lambda tally: tail_probabilities.binomial(tally.hits, tally.tries, share), reverse=True
        )
        rest = ordered[: len(ordered) - int(len(ordered) * LEFT_ASIDE)]
        first = {outlier.tally for outlier in _beyond(rest, group, thresholds, tests, vary)}
        yield from _beyond([tally for tally in group if tally not in first], group, thresholds, tests, vary)


def _beyond(
    peers: Sequence[Tally], group: Sequence[Tally], thresholds: Thresholds, tests: int, vary: bool
) -> Iterator[Outlier]:
    share = _share(peers)
    spread = tail_probabilities.spread([(tally.hits, tally.tries) for tally in peers], share) if vary else 0.0
    outliers = (_outlier(tally, share, spread, thresholds, tests) for tally in group)
    yield from (outlier for outlier in outliers if outlier is not None)


def _share(tallies: Sequence[Tally]) -> float:
    """One hit more than there was: what nobody has done yet is rare, not impossible."""
    return (sum(tally.hits for tally in tallies) + 1) / (sum(tally.tries for tally in tallies) + 2)


def above_share(tallies: Sequence[Tally], share: float, thresholds: Thresholds) -> Iterator[Outlier]:
    """Who is far above a share that is known."""
    outliers = (_outlier(tally, share, 0.0, thresholds, len(tallies)) for tally in tallies)
    yield from (outlier for outlier in outliers if outlier is not None)


def _outlier(tally: Tally, share: float, spread: float, thresholds: Thresholds, tests: int) -> Outlier | None:
    hits, tries = tally.hits, tally.tries
    # As odds, because no share can be three times a half.
    if hits < thresholds.least or hits * (1 - share) < thresholds.times * (tries - hits) * share:
        return None
    likely = tail_probabilities.beta_binomial(hits, tries, share, spread)
    if likely * tests >= thresholds.false_alarms:
        return None
    return Outlier(tally, share * tries, tail_probabilities.score(likely, tests))
