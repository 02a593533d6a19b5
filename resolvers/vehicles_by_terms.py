"""Query of vehicles by part of a plate or VIN, or by description, a page at a time, in the order of an index."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, and_, case, func, literal

from resolvers.numbers.vin import SHORTEST_VIN_END
from resolvers.page_query import page_query
from resolvers.table import Cell, Condition
from resolvers.vehicles import LOOKS, PLATE, PLATE_LOOKALIKE, STORED, VEHICLE
from sources.sql.functions import Ending, WithoutIndex
from sources.sql.parameters import if_given, number_parameter, text_parameter
from sources.sql.query import Frame

INDEXED_TERMS = ("plate_start", "vin_start", "vin_end", "make")

AFTER_ANY = "~"
"""It sorts after every letter and digit."""

_vehicle = STORED.c


@dataclass(frozen=True, slots=True)
class VehiclesByTerms(Frame):
    """The vehicles of a page and one more. Each order is that of an index, so the cost of a page is that of its hits.

    terms:            the names of the terms that are given and that an index serves: INDEXED_TERMS.
    finds_lookalikes: plates that could be taken for the one that is asked are hits too, after the others.
    is_after:         the page is not the first.
    sees_live:        whether rows about real people are hits.
    """

    terms: tuple[str, ...]
    finds_lookalikes: bool
    is_after: bool
    sees_live: bool

    def select(self) -> Select[Any]:
        """Rows of (number of hits, relation, VIN, position, columns)."""
        return page_query(
            VEHICLE,
            _vehicle.vin,
            order_of(self.terms, finds_lookalikes=self.finds_lookalikes),
            self._conditions(),
            sees_live=self.sees_live,
            is_after=self.is_after,
            from_index=self._from_index,
        )

    def _from_index(self, rows: Select[Any]) -> Select[Any]:
        """The same select, by the index whose order is that of the hits. By plate or the end of a VIN it is chosen."""
        if "plate_start" in self.terms or "vin_end" in self.terms:
            return rows
        index = LOOKS.name if "make" in self.terms else "sqlite_autoindex_vehicle_1"
        return rows.with_hint(STORED, f"INDEXED BY {index}", "sqlite")

    def _conditions(self) -> list[Condition]:
        by_plate, by_end = "plate_start" in self.terms, "vin_end" in self.terms
        vin, make = _vehicle.vin, _vehicle.make
        conditions: dict[str, Condition] = {
            "plate_start": _begins(PLATE_LOOKALIKE, "plate_form")
            if self.finds_lookalikes
            else _begins(PLATE, "plate_start"),
            "vin_start": _begins(WithoutIndex(vin) if by_plate or by_end else vin, "vin_start"),
            "vin_end": _ends(WithoutIndex(vin) if by_plate else vin),
            "make": (WithoutIndex(make) if by_plate or by_end else make) == text_parameter("make"),
        }
        return [*(conditions[name] for name in self.terms), *_further_conditions()]


def _further_conditions() -> list[Condition]:
    """The conditions of terms that no index serves."""
    state, color, model = (text_parameter(name) for name in ("plate_state", "color", "model"))
    year_from, year_to, is_stolen = (number_parameter(name) for name in ("year_from", "year_to", "is_stolen"))
    return [
        if_given(state, _vehicle.plate_state == state),
        if_given(color, _vehicle.color == color),
        if_given(model, func.upper(_vehicle.model) == func.upper(model)),
        if_given(year_from, _vehicle.year >= year_from),
        if_given(year_to, _vehicle.year <= year_to),
        if_given(is_stolen, _vehicle.is_stolen == is_stolen),
    ]


def order_of(terms: Collection[str], *, finds_lookalikes: bool) -> tuple[Cell, ...]:
    """The columns that hits are ordered by; together they are unique."""
    if finds_lookalikes:
        start = text_parameter("plate_start")
        is_lookalike = case((func.substr(PLATE, 1, func.length(start)) != start, 1), else_=0)
        return is_lookalike, PLATE, _vehicle.plate_state
    return (PLATE, _vehicle.plate_state) if "plate_start" in terms else (_vehicle.vin,)


def _begins(text: Cell, name: str) -> Condition:
    """An index serves a range; it would not serve LIKE."""
    return and_(text >= text_parameter(name), text < text_parameter(name) + literal(AFTER_ANY, Text))


def _ends(vin: Cell) -> Condition:
    """Whether a VIN has the end that is asked for; an index has its last characters."""
    end = text_parameter("vin_end")
    return and_(Ending(vin, SHORTEST_VIN_END) == Ending(end, SHORTEST_VIN_END), Ending(vin, func.length(end)) == end)
