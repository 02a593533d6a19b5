"""Page query: the hits of one page of a search and one more, in the order of an index, and the number of all hits.

The order is that of an index, so the cost of a page is that of its hits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy
from sqlalchemy import Select, and_, bindparam, case, exists, func, literal, select, true, tuple_

from policy.grants import Grant
from resolvers.hits import Search
from resolvers.paging import COUNT_LIMIT
from resolvers.subject_columns import is_own_record
from resolvers.table import (
    Cell,
    Condition,
    GrantedColumns,
    ShownColumns,
    Table,
    hit_relation_bits,
    scope_parameters,
)
from sources.request import Request
from sources.sql.json import ROW, JsonRow, ShownCells
from sources.sql.parameters import number_parameter
from sources.sql.query import Frame, SelectQuery

Rows = Select[Any]


def page_query(
    table: Table,
    number: sqlalchemy.Column[Any],
    order: Sequence[Cell],
    conditions: Sequence[Condition],
    *,
    sees_live: bool,
    is_after: bool,
    is_descending: bool = False,
    from_index: Callable[[Rows], Rows] = lambda rows: rows,
) -> Rows:
    """Rows of (number of hits, relation, number, position, columns).

    order:      the columns that hits are ordered by; together they are unique.
    sees_live:  whether rows about real people are hits; if not, only demonstration rows.
    is_after:   the page is not the first; the position before it is in `after_0` and so on.
    from_index: names the index of a select, where the database would choose another one.
    The parameter `size` is the size of the page and one, and hits are counted up to `count_limit`.
    """
    stored = table.stored
    matches = and_(*conditions) if sees_live else and_(*conditions, table.is_demonstration)
    hits = [matches]
    if table.visible is not None:
        hits.append(table.visible)
    if table.has_subject:
        hits.append(~is_own_record(stored))
    hit = from_index(select(literal(1).label("hit")).where(*hits))
    limited = hit.limit(number_parameter("count_limit")).subquery("limited")
    counted = select(func.count().label("total")).select_from(limited).cte("counted")
    own = select(_has_own(table, matches).label("has_own")).cte("own")
    cells = [number, *order]
    rows = from_index(select(*(each.label(f"h{index}") for index, each in enumerate(cells))).where(*hits))
    if is_after:
        after = tuple_(*(bindparam(f"after_{index}", type_=each.type) for index, each in enumerate(order)))
        rows = rows.where(tuple_(*order) < after if is_descending else tuple_(*order) > after)
    directed = _directed(order, is_descending=is_descending)
    page = rows.order_by(*directed).limit(number_parameter("size")).cte("page")
    shown = [page.c[f"h{index}"] for index in range(len(cells))]
    relation = hit_relation_bits(stored) if table.has_subject else literal(0)
    row = JsonRow(counted.c.total, own.c.has_own + relation, *shown, ShownCells())
    found = counted.join(own, true()).outerjoin(page, true()).outerjoin(stored, number == page.c.h0)
    return select(row.label(ROW)).select_from(found).order_by(*_directed(shown[1:], is_descending=is_descending))


def page_request(search: Search, frame: Frame, table: Table, columns: GrantedColumns, grant: Grant) -> Request:
    """The hits of one page and one more, by a frame that is a `page_query`, with each search term as a parameter.

    Shape: rows of `resolvers.hits.search_fetch`, then position and columns.
    """
    terms = {each.name: getattr(search, each.name) for each in fields(search) if each.name != "page"}
    after = {f"after_{index}": value for index, value in enumerate(search.page.after or ())}
    size = {"size": search.page.first + 1, "count_limit": COUNT_LIMIT}
    shown = ShownColumns(table, tuple(columns), grant.scope.sees_related)
    return Request(SelectQuery(frame, shown), scope_parameters(grant.scope) | terms | size | after)


def _directed(order: Sequence[Cell], *, is_descending: bool) -> list[Cell]:
    return [each.desc() if is_descending else each for each in order]


def _has_own(table: Table, matches: Condition) -> Cell:
    """1 if a record of the caller matches. Few subjects have a user, and an index has those."""
    if not table.has_subject:
        return literal(0)
    user = table.stored.c.subject_user
    own = exists(select(1).where(user.is_not(None), is_own_record(table.stored), matches))
    return case((own, 1), else_=0)
