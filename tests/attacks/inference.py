"""Inference of a hidden property from open features: the share of records that have it, among those with a feature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import sqrt
from typing import NamedTuple

from audit.misuse.tail_probabilities import binomial

CHANCE = 1e-7
"""Probability below which a share is not due to chance. A test computes up to ten million shares, all of one world."""


class Share(NamedTuple):
    """How many of the records with these features have the hidden property."""

    features: tuple[str, ...]
    hits: int
    records: int

    @property
    def at_least(self) -> float:
        """The share less three standard errors, so that a chance in few records is not taken for the best inference."""
        return (self.hits - 3 * sqrt(self.hits)) / self.records

    def exceeds(self, bound: float) -> bool:
        """Whether the share is above the bound beyond chance."""
        return self.hits > bound * self.records and binomial(self.hits, self.records, bound) < CHANCE

    def __str__(self) -> str:
        features = " and ".join(self.features)
        return f"{self.hits / self.records:.1%} ({self.hits:,} of {self.records:,}) with {features}"


@dataclass(slots=True, eq=False)
class Target:
    """A hidden property whose shares are searched for.

    records:   the set of the records that have it.
    threshold: shares up to this one are left out. It may be raised during a search.
    ignored:   features with one of these beginnings are left out.
    """

    records: int
    threshold: float
    ignored: tuple[str, ...] = ()


def shares(sets: Mapping[str, int], targets: Sequence[Target], support: int) -> Iterator[tuple[Target, Share]]:
    """The shares of each target, for each feature and each pair of features that `support` records have.

    Shape: sets of records as `tests.attacks.features` gives them.
    """
    for features in chain(((name,) for name in sets), combinations(sets, 2)):
        records = sets[features[0]] & sets[features[-1]]
        if (count := records.bit_count()) < support:
            continue
        for target in targets:
            hits = (records & target.records).bit_count()
            if hits > target.threshold * count and not any(each.startswith(target.ignored) for each in features):
                yield target, Share(features, hits, count)
