"""What an operation costs, known before it runs: about as many fields as its answer will hold.

A field counts once for each row that it is read from. How many rows come only the sources know; so where arguments say
how many are wanted they are believed, and every other list is taken to be of one length. Knows nothing of verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from engine.declarations import Edge

if TYPE_CHECKING:
    from engine.plan import PlannedField, Prepared


@dataclass(frozen=True, slots=True)
class Cost:
    """So much in any case, and for each place whose width its arguments say, so much more for each of its rows."""

    fixed: int = 0
    varying: tuple[tuple[PlannedField, Cost], ...] = ()

    def under(self, prepared: Prepared) -> int:
        """The cost with the variables of one request."""
        return self.fixed + sum(rows(place, prepared) * each.under(prepared) for place, each in self.varying)

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.fixed + other.fixed, self.varying + other.varying)

    def __mul__(self, times: int) -> Cost:
        return Cost(self.fixed * times, tuple((place, each * times) for place, each in self.varying))


def cost_of(places: Iterable[PlannedField]) -> Cost:
    """What places cost for one row of their parent."""
    total = Cost()
    for place in places:
        inside = cost_of(chain.from_iterable(place.parts.values()))
        total += Cost(1) + (Cost(0, ((place, inside),)) if place.width is None else inside * place.width)
    return total


def rows(place: PlannedField, prepared: Prepared) -> int:
    """How many rows a place is taken to bring for each row of its parent."""
    if place.width is not None:
        return place.width
    declared = place.site.declared
    assert isinstance(declared, Edge)
    assert declared.width is not None
    return max(declared.width(prepared.arguments(place)), 0)
