"""Search of vehicles by part of a plate or VIN, or by description, a page at a time, in order of plate or else of VIN.

Each order is that of an index, so the cost of a page is that of its own hits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policy.grants import Grant
from resolvers.hits import Hit, Search, search_fetch
from resolvers.numbers.plate import SHORTEST_LOOKALIKE_START, SHORTEST_PLATE_START, lookalike_form
from resolvers.numbers.vin import SHORTEST_VIN_END, SHORTEST_VIN_START
from resolvers.page_query import page_request
from resolvers.search_terms import SearchTerm, vehicle_terms
from resolvers.table import META_COLUMN_COUNT, GrantedColumns, ShownColumns
from resolvers.vehicles import SOURCE, VEHICLE
from resolvers.vehicles_by_terms import INDEXED_TERMS, VehiclesByTerms, order_of
from sources.request import Request
from sources.sql.query import SelectQuery

SEARCHED_BY = "part of a plate or VIN, and description"


@dataclass(frozen=True, slots=True)
class VehicleSearch(Search):
    """Search terms: the beginning of a plate or of a VIN, the end of a VIN, or a make, and optionally more."""

    plate_start: str | None
    vin_start: str | None
    vin_end: str | None
    plate_state: str | None
    make: str | None
    color: str | None
    model: str | None
    year_from: int | None
    year_to: int | None
    is_stolen: bool | None

    @property
    def index_keys(self) -> tuple[str, ...]:
        """The beginnings of plate and VIN and the end of a VIN, cut to the shortest that may be given, and the make.

        Of the plate in its look-alike form, because any plate of that form finds the others.
        """
        plate = lookalike_form((self.plate_start or "")[:SHORTEST_PLATE_START])
        start, end = (self.vin_start or "")[:SHORTEST_VIN_START], (self.vin_end or "")[-SHORTEST_VIN_END:]
        return tuple(key for key in (plate, start, end, self.make) if key)

    @property
    def search_terms(self) -> tuple[SearchTerm, ...]:
        return tuple(vehicle_terms(self.plate_start, self.vin_start, self.vin_end))

    @property
    def finds_lookalikes(self) -> bool:
        """Whether plates that could be taken for the one that is asked are hits too, after the others."""
        return len(self.plate_start or "") >= SHORTEST_LOOKALIKE_START

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the terms that were given and that an index serves."""
        return tuple(name for name in INDEXED_TERMS if getattr(self, name) is not None)


def request(search: VehicleSearch, columns: GrantedColumns, grant: Grant) -> Request:
    """The request of a search for vehicles."""
    is_after = search.page.after is not None
    frame = VehiclesByTerms(search.terms, search.finds_lookalikes, is_after, grant.scope.sees_live)
    found = page_request(search, frame, VEHICLE, columns, grant)
    if search.plate_start:
        found.parameters["plate_form"] = lookalike_form(search.plate_start)
    return found


def _hit(search: VehicleSearch, row: list[Any]) -> Hit:
    start = 3 + len(order_of(search.terms, finds_lookalikes=search.finds_lookalikes))
    position = tuple(row[3:start])
    why = ["DESCRIPTION"] if search.make else []
    if search.vin_start or search.vin_end:
        why = ["VIN", *why]
    if search.plate_start:
        why = ["PLATE_LOOKALIKE" if search.finds_lookalikes and position[0] else "PLATE", *why]
    return {"node": row[start - META_COLUMN_COUNT :], "position": position, "why": why}


by_description = search_fetch("vehicles.by_description", SOURCE, request, _hit, VEHICLE)


def indexed_queries() -> Iterator[SelectQuery]:
    """A query for each index that a search names."""
    for term in INDEXED_TERMS:
        vehicles = VehiclesByTerms((term,), finds_lookalikes=False, is_after=False, sees_live=True)
        yield SelectQuery(vehicles, ShownColumns(VEHICLE, ()))
