"""Operation cost: the estimated number of fields in the response, known before execution.

A field counts once for each row that it is read from, and a list of values once more for each of them. If arguments
give the size of a list, that size counts; every other list has the size that is declared, or the assumed size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Cost(Generic[F]):
    """A fixed part, and for each list whose size is in the arguments, the cost of one of its rows."""

    fixed: int = 0
    per_row: tuple[tuple[F, Cost[F]], ...] = ()

    def evaluate(self, list_size: Callable[[F], int]) -> int:
        """The cost with the list sizes of one request."""
        return self.fixed + sum(list_size(field) * cost.evaluate(list_size) for field, cost in self.per_row)

    def __add__(self, other: Cost[F]) -> Cost[F]:
        return Cost(self.fixed + other.fixed, self.per_row + other.per_row)

    def __mul__(self, times: int) -> Cost[F]:
        return Cost(self.fixed * times, tuple((field, cost * times) for field, cost in self.per_row))
