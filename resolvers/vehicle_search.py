"""Searching vehicles by part of a plate or by their looks, a page at a time, in order of plate or else of VIN.

Each order is that of an index, so a page costs what it shows and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy.grants import Grant
from resolvers.fetch import BatchResult, Fetch, flags_of
from resolvers.hits import none, page_of_hits
from resolvers.paging import Page
from resolvers.table import CLOSE, MARKS, OWN, STRANGERS, Columns, parameters
from resolvers.vehicles import SOURCE, VEHICLE
from sources.source import Rows, Source, Statement

COUNTED = 1_000
"""Hits are counted up to here: counting every Toyota in the state is no answer that anybody waits for."""

# Each thing that may be asked for, and its SQL. A range of plates is served by an index, as LIKE would not be.
CONDITIONS = {
    "plate_start": "plate >= :plate_start AND plate < :plate_start || '~'",
    "plate_state": "plate_state = upper(:plate_state)",
    "make": "make = :make",
    "color": "color = :color",
    "model": "model = :model COLLATE NOCASE",
    "year_from": "year >= :year_from",
    "year_to": "year <= :year_to",
    "is_stolen": "is_stolen = :is_stolen",
}


@dataclass(frozen=True, slots=True)
class VehicleSearch:
    """What was asked: the beginning of a plate, or a make, and perhaps more."""

    plate_start: str | None
    plate_state: str | None
    make: str | None
    color: str | None
    model: str | None
    year_from: int | None
    year_to: int | None
    is_stolen: bool | None
    page: Page

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that hits are in order of; no two vehicles are alike in all of them."""
        return ("plate", "plate_state") if self.plate_start else ("vin",)


async def _ask(source: Source, grant: Grant, keys: Sequence[VehicleSearch], columns: Columns) -> BatchResult:
    batch = BatchResult()
    found: dict[VehicleSearch, Any] = {}
    for search in keys:
        rows = await source.fetch(statement(search, columns, grant))
        if page := _page(search, rows, batch):
            found[search] = page
    batch.found = found
    return batch


by_looks = Fetch("vehicles.by_looks", SOURCE, _ask, none)


def statement(search: VehicleSearch, columns: Columns, grant: Grant) -> Statement:
    """The hits of one page and one more.

    Shape: hits in all; 1 if the caller's own vehicle is among what matched, and what the hit is to the caller; then
           VIN, position and columns, all of them null in the one row of a page without hits.
    """
    given: dict[str, Any] = {name: getattr(search, name) for name in CONDITIONS if getattr(search, name) is not None}
    matches = " AND ".join(CONDITIONS[name] for name in given)
    given["size"] = search.page.first + 1
    index, order = ("vehicle_plate" if search.plate_start else "vehicle_looks"), ", ".join(search.order)
    seen = f"FROM vehicle INDEXED BY {index} WHERE {matches} AND NOT ({OWN}) AND {STRANGERS}"
    after = ""
    if search.page.after:
        places = {f"after_{place}": value for place, value in enumerate(search.page.after)}
        given |= places
        after = f"AND ({order}) > ({', '.join(f':{place}' for place in places)})"
    cells = ["vin", *search.order, *VEHICLE.expressions(columns)]
    hit = ", ".join(f"{sql} AS h{place}" for place, sql in enumerate(cells))
    shown = ", ".join(f"h{place}" for place in range(len(cells)))
    text = f"""
    WITH
      counted AS (SELECT count(*) AS total FROM (SELECT 1 {seen} LIMIT {COUNTED})),
      own AS (SELECT EXISTS (SELECT 1 FROM vehicle WHERE subject_user = :user AND {matches}) AS has_own),
      page AS (SELECT {CLOSE} AS close, {hit} {seen} {after} ORDER BY {order} LIMIT :size)
    SELECT total, has_own + ifnull(close, 0), {shown} FROM counted JOIN own LEFT JOIN page
    ORDER BY {", ".join(f"h{place}" for place, _ in enumerate(search.order, start=1))}"""
    return Statement.of_rows(text, parameters(grant.scope) | given, 2 + len(cells))


def _page(search: VehicleSearch, rows: Rows, batch: BatchResult) -> dict[str, Any] | None:
    """One page of hits; None where there are none at all."""
    total, *_ = rows[0]
    batch.flags |= flags_of(row[1] for row in rows[: search.page.first])
    if not total:
        return None
    start = 3 + len(search.order)
    found = [row for row in rows if row[2] is not None]
    edges = [{"node": row[start - MARKS :], "position": tuple(row[3:start])} for row in found]
    # The row beyond the page was read to know that it is there; it is not released.
    batch.records += [f"vehicles/{row[2]}" for row in found[: search.page.first]]
    return page_of_hits(edges, total=total, page=search.page)
