"""Random number generator of a world: the same seed number gives the same world on every machine.

Only `random.Random.random()` is used: Python promises to keep its sequence, and no other method's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Rng:
    """A sequence of random decisions."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random

    def happens(self, share: float) -> bool:
        """True with probability `share` (0 to 1)."""
        return self.random() < share

    def integer(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def around(self, mean: float, spread: float) -> int:
        """An integer near `mean`, at most `spread` away: the sum of three uniform draws, as heights are spread."""
        return round(mean + (self.random() + self.random() + self.random() - 1.5) / 1.5 * spread)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of the choices, each equally likely."""
        return choices[int(self.random() * len(choices))]


def weighted(weights: Mapping[T, int]) -> tuple[T, ...]:
    """Choices for `Rng.one_of`: each choice is repeated as often as its weight."""
    return tuple(choice for choice, weight in weights.items() for _ in range(weight))
