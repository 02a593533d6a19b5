"""The cost of planned fields."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import get_nullable_type, is_list_type

from engine.cost import Cost
from engine.declarations import Edge
from engine.plan import PlannedField


def cost_of(fields: Iterable[PlannedField]) -> Cost[PlannedField]:
    """The cost of fields for one row of their parent."""
    total: Cost[PlannedField] = Cost()
    for planned in fields:
        row = cost_of(field for selection in planned.selections for field in selection.fields)
        if not planned.selections and is_list_type(get_nullable_type(planned.definition.type)):
            row = Cost(1)
        size, edge = planned.list_size, planned.spec.declaration
        if isinstance(edge, Edge):
            total, row = total + Cost(edge.search_cost), row + Cost(edge.lookup_cost)
        total += Cost(1)
        total += Cost(0, ((planned, row),)) if size is None else row * size
    return total
