"""Repeatable chance: all that is random in a world comes from here. Knows nothing of what it decides.

Only `random()` is used, because it is the one method that Python promises to keep the same for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of decisions; the same seed number gives the same decisions on every machine."""

    def __init__(self, rng: int) -> None:
        self.random = Random(rng).random

    def happens(self, share: float) -> bool:
        """True for this share (0 to 1) of the times it is asked."""
        return self.random() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def near(self, middle: float, spread: float) -> int:
        """A whole number around `middle`, rarely further off than `spread`: how heights lie."""
        return round(middle + (self.random() + self.random() + self.random() - 1.5) / 1.5 * spread)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of them, each as likely as the others."""
        return choices[int(self.random() * len(choices))]


def weighted(weights: Mapping[T, int]) -> tuple[T, ...]:
    """Choices for `Chance.one_of`, each there as often as its weight says."""
    return tuple(choice for choice, weight in weights.items() for _ in range(weight))
