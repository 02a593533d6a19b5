"""Record faults: values in rows that cannot be read or are not known; the errors of their fields, and their log."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any, NamedTuple

from api.operation import errors
from engine.declarations import Edge, ListColumn, Read
from engine.deferral import DeferredPart
from engine.execution_state import ExecutionState
from engine.program import CompiledField
from resolvers.fetch import Fetch
from telemetry.span import current_trace_id

logger = logging.getLogger("needtoknow.records")


class FaultPlace(NamedTuple):
    """The column that an invalid value is in."""

    source: str
    table: str
    columns: tuple[str, ...]


def record_faults(state: ExecutionState, part: DeferredPart | None = None) -> list[dict[str, Any]]:
    """One error for each null that an invalid value leaves in a part.

    Each column is logged once a part, and no value ever is.
    """
    if not state.invalid_values and not state.invalid_inputs:
        return []
    # A derived field says by itself that a record cannot be read.
    inputs = [field for field in state.invalid_inputs if field.planned.part is part]
    found, counts = [], Counter(map(fault_place, inputs))
    for path, field in state.invalid_values.items():
        if field.planned.part is not part:
            continue
        place = fault_place(field)
        counts[place] += 1
        found.append(errors.record_fault(path, place.source))
    for place, count in counts.items():
        columns = ", ".join(place.columns)
        logger.warning(
            "source %s has values that cannot be read or are not known: %d in table %s, column %s; trace %s",
            *(place.source, count, place.table, columns, current_trace_id()),
        )
    return found


def fault_place(field: CompiledField) -> FaultPlace:
    """The place of the row, or of the key, that a field is read from."""
    declaration = field.planned.spec.declaration
    assert declaration is not None
    columns, above = declaration.columns, field.parent_field
    while above is not None:
        declaration = above.planned.spec.declaration
        if isinstance(declaration, Edge):
            fetch = declaration.fetches[0]
            return FaultPlace(fetch.source, fetch.table if isinstance(fetch, Fetch) else "", columns)
        if isinstance(declaration, Read) and isinstance(declaration.read, ListColumn):
            columns = declaration.columns  # the field is read from an item of the list in this column
        above = above.parent_field
    return FaultPlace("", "", columns)
