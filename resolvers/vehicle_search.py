"""Searching vehicles by part of a plate or by their looks, in order of VIN, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy.grants import Grant

from .fetch import Batch, Fetch
from .hits import hits, none
from .paging import Page
from .source import Source, Statement
from .table import OTHERS, STRANGERS, Columns, parameters
from .vehicles import SOURCE, VEHICLE

COUNTED = 1_000
"""Hits are counted up to here: counting every Toyota in the state is no answer that anybody waits for."""


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


async def _ask(source: Source, grant: Grant, keys: Sequence[VehicleSearch], columns: Columns) -> Batch:
    batch = Batch()
    found: dict[VehicleSearch, Any] = {}
    names = sorted(columns)
    for search in keys:
        rows = await source.fetch(statement(search, columns, grant))
        edges = [{"node": dict(zip(names, values, strict=True)), "position": (vin,)} for _, vin, *values in rows]
        # The row beyond the page was read to know that it is there; it is not released.
        batch.records += [f"vehicles/{row[1]}" for row in rows[: search.page.first]]
        found[search] = hits(edges, total=rows[0][0] if rows else 0, page=search.page)
    batch.found = found
    return batch


by_looks = Fetch("vehicles.by_looks", SOURCE, _ask, none)


def statement(search: VehicleSearch, columns: Columns, grant: Grant) -> Statement:
    """The hits of one page and one more, in order of VIN: the number of all, the VIN, columns in order of name."""
    shape = tuple((name, columns[name].is_masked) for name in sorted(columns))
    shown = "".join(f", {sql}" for sql in VEHICLE.expressions(shape))
    conditions = [OTHERS, STRANGERS]
    given: dict[str, Any] = {"size": search.page.first + 1}
    if search.plate_start:
        # A range, which the index on plates serves; LIKE would not.
        conditions.append("plate >= :plate_start AND plate < :plate_start || '~'")
        given["plate_start"] = search.plate_start
    for name, value in (
        ("plate_state", search.plate_state),
        ("make", search.make),
        ("color", search.color),
        ("model", search.model),
        ("is_stolen", search.is_stolen),
    ):
        if value is not None:
            conditions.append(f"{name} = :{name}")
            given[name] = value
    if search.year_from is not None:
        conditions.append("year >= :year_from")
        given["year_from"] = search.year_from
    if search.year_to is not None:
        conditions.append("year <= :year_to")
        given["year_to"] = search.year_to
    matches = " AND ".join(conditions)
    after = ""
    if search.page.after:
        after = " AND vin > :after"
        (given["after"],) = search.page.after
    text = (
        f"SELECT (SELECT count(*) FROM (SELECT 1 FROM vehicle WHERE {matches} LIMIT {COUNTED})), vin{shown}"
        f" FROM vehicle WHERE {matches}{after} ORDER BY vin LIMIT :size"
    )
    return Statement(text, parameters(grant.scope) | given)
