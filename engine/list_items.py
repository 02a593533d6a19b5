"""Items of the lists inside rows: counted toward the row limit when they are completed, once for each alias."""

from __future__ import annotations

from typing import Any

from engine.execution_state import ExecutionState
from engine.program import CompiledField


class ItemCounter:
    """The items of each list field inside one fetched field, while that is completed.

    A list field whose items would exceed the limit is over it as a whole: its items no longer count, and it is null
    for every row.
    """

    def __init__(self, state: ExecutionState) -> None:
        self._state = state
        self.counts: dict[CompiledField, int] = {}
        self._marked: dict[CompiledField, int] = {}
        self.over_limit: dict[CompiledField, None] = {}

    def start(self) -> None:
        """Begin with another fetched field."""
        if self.counts or self.over_limit:
            self.counts.clear()
            self.over_limit.clear()
            self._marked = {}

    def mark(self) -> None:
        """Remember the counts, for `rewind`."""
        self._marked = self.counts.copy()

    def rewind(self) -> None:
        """Forget what was counted since the mark. A field that is over the limit stays over it."""
        for field, count in self.counts.items():
            self._state.row_count -= count - self._marked.get(field, 0)
        self.counts = {field: self._marked[field] for field in self.counts if field in self._marked}

    def counted(self, field: CompiledField, value: Any) -> Any:
        """A value of a list field, once its items are counted; None if the field is over the limit."""
        if value.__class__ is not list:
            return value
        if field in self.over_limit:
            return None
        state, counts = self._state, self.counts
        items = len(value)
        if field.nests_lists:
            items += sum(map(_items_inside, value))
        state.row_count += items
        counts[field] = counts.get(field, 0) + items
        if state.row_count > state.row_limit:
            state.row_count -= counts.pop(field)
            self.over_limit[field] = None
            return None
        return value


def _items_inside(value: Any) -> int:
    return len(value) + sum(map(_items_inside, value)) if value.__class__ is list else 0


def null_everywhere(value: Any, keys: tuple[str, ...]) -> None:
    """Null the fields at a path of response keys, in every object of a completed value."""
    if isinstance(value, list):
        for each in value:
            null_everywhere(each, keys)
    elif isinstance(value, dict) and keys[0] in value:
        if len(keys) == 1:
            value[keys[0]] = None
        else:
            null_everywhere(value[keys[0]], keys[1:])
