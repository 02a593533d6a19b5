"""Search of vehicles by part of a plate or VIN, or by description, a page at a time, in order of plate or else of VIN.

Each order is that of an index, so the cost of a page is that of its own hits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from policy.grants import Grant
from resolvers.hits import Hit, Search, search_fetch
from resolvers.numbers.plate import SHORTEST_LOOKALIKE_START, SHORTEST_PLATE_START, lookalike_form
from resolvers.numbers.vin import SHORTEST_VIN_END, SHORTEST_VIN_START
from resolvers.paging import COUNT_LIMIT
from resolvers.subject_columns import IS_OWN_RECORD
from resolvers.table import (
    META_COLUMN_COUNT,
    GrantedColumns,
    relation_bits,
    scope_parameters,
)
from resolvers.vehicles import PLATE, PLATE_LOOKALIKE, SOURCE, VEHICLE
from sources.source import Statement

# SQL of each search term. An index serves a range of plates; it would not serve LIKE.
VIN_START = "vin >= :vin_start AND vin < :vin_start || '~'"
IS_LOOKALIKE = f"substr({PLATE}, 1, length(:plate_start)) <> :plate_start"
PLATE_FORM_START = f"{PLATE_LOOKALIKE} >= :plate_form AND {PLATE_LOOKALIKE} < :plate_form || '~'"
CONDITIONS = {
    "plate_start": f"{PLATE} >= :plate_start AND {PLATE} < :plate_start || '~'",
    "vin_start": VIN_START,
    "vin_end": f"substr(vin, -{SHORTEST_VIN_END}) = substr(:vin_end, -{SHORTEST_VIN_END})"
    " AND substr(vin, -length(:vin_end)) = :vin_end",
    "plate_state": "plate_state = :plate_state",
    "make": "make = :make",
    "color": "color = :color",
    "model": "model = :model COLLATE NOCASE",
    "year_from": "year >= :year_from",
    "year_to": "year <= :year_to",
    "is_stolen": "is_stolen = :is_stolen",
}


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
    def finds_lookalikes(self) -> bool:
        """Whether plates that could be taken for the one that is asked are hits too, after the others."""
        return len(self.plate_start or "") >= SHORTEST_LOOKALIKE_START

    @property
    def order(self) -> tuple[str, ...]:
        """Columns that hits are ordered by; together they are unique."""
        if self.finds_lookalikes:
            return (IS_LOOKALIKE, PLATE, "plate_state")
        return (PLATE, "plate_state") if self.plate_start else ("vin",)

    @property
    def index(self) -> str:
        """The index whose order is that of the hits, if all data folders have it.

        Renaming one would make every folder that exists unreadable. Older folders have no `vehicle_plate_number` and no
        `vehicle_vin_end`: they are not named, so that there the table is read instead.
        """
        if self.plate_start or self.vin_end:
            return ""
        return f"INDEXED BY {'vehicle_looks' if self.make else 'sqlite_autoindex_vehicle_1'}"


def statement(search: VehicleSearch, columns: GrantedColumns, grant: Grant) -> Statement:
    """The hits of one page and one more.

    Shape: rows of `search_fetch`, then position and columns.
    """
    terms: dict[str, Any] = {name: getattr(search, name) for name in CONDITIONS if getattr(search, name) is not None}
    conditions = dict(CONDITIONS)
    # The plus sign keeps SQLite from an index whose order is another.
    if search.plate_start or search.vin_end:
        conditions |= {"make": "+make = :make", "vin_start": VIN_START.replace("vin ", "+vin ")}
    if search.plate_start:
        conditions["vin_end"] = CONDITIONS["vin_end"].replace("substr(vin", "+substr(vin")
    parameters = scope_parameters(grant.scope) | terms | {"size": search.page.first + 1}
    if search.plate_start and search.finds_lookalikes:
        conditions["plate_start"] = PLATE_FORM_START
        parameters["plate_form"] = lookalike_form(search.plate_start)
    matches = " AND ".join(conditions[name] for name in terms)
    order = ", ".join(search.order)
    hits = f"FROM vehicle {search.index} WHERE {matches} AND NOT ({IS_OWN_RECORD})"
    # Few vehicles have a user. Older folders have another index of them, which is read whole.
    own = f"SELECT 1 FROM vehicle WHERE subject_user IS NOT NULL AND {IS_OWN_RECORD} AND {matches}"
    after = ""
    if search.page.after:
        position = {f"after_{index}": value for index, value in enumerate(search.page.after)}
        parameters |= position
        after = f"AND ({order}) > ({', '.join(f':{name}' for name in position)})"
    cells = ["vin", *search.order, *VEHICLE.expressions(columns, grant.scope)]
    hit = ", ".join(f"{sql} AS h{index}" for index, sql in enumerate(cells))
    shown = ", ".join(f"h{index}" for index in range(len(cells)))
    text = f"""
    WITH
      counted AS (SELECT count(*) AS total FROM (SELECT 1 {hits} LIMIT {COUNT_LIMIT})),
      own AS (SELECT EXISTS ({own}) AS has_own),
      page AS (SELECT {relation_bits(grant.scope)} AS relation, {hit} {hits} {after} ORDER BY {order} LIMIT :size)
    SELECT total, has_own + ifnull(relation, 0), {shown} FROM counted JOIN own LEFT JOIN page
    ORDER BY {", ".join(f"h{index}" for index, _ in enumerate(search.order, start=1))}"""
    return Statement.of_rows(text, parameters, 2 + len(cells))


def _hit(search: VehicleSearch, row: list[Any]) -> Hit:
    start = 3 + len(search.order)
    position = tuple(row[3:start])
    why = ["DESCRIPTION"] if search.make else []
    if search.vin_start or search.vin_end:
        why = ["VIN", *why]
    if search.plate_start:
        why = ["PLATE_LOOKALIKE" if search.finds_lookalikes and position[0] else "PLATE", *why]
    return {"node": row[start - META_COLUMN_COUNT :], "position": position, "why": why}


by_description = search_fetch("vehicles.by_description", SOURCE, statement, _hit, VEHICLE)
