"""Completion of one fetched field for all its parents, within the limits on rows and on the size of the reply.

It is done in slices. Between two of them other operations may run, and the size is compared with its limit, which is
exceeded by one slice at most. A field over a limit is null, or its placeholder, for every parent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphql import get_nullable_type, is_list_type, is_non_null_type

from engine.completion import ValueCompleter
from engine.declarations import Edge
from engine.execution_state import ExecutionState
from engine.list_items import null_everywhere
from engine.program import CompiledField
from engine.reply_size import size_of
from engine.response import Path, ResponseBuilder, TooManyErrors

Parent = tuple[dict[str, Any], Any]
"""An object of the response, and the row that it was made of."""

SLICE_VALUES = 8_192
"""About 1 ms of completion, and 2 MB of objects at most."""


class Slice(NamedTuple):
    """Some parents and their values; or one parent and a part of its list, whose first item has the index `offset`."""

    parents: list[Parent]
    values: list[Any]
    rows: int
    offset: int = 0


class FieldCompleter:
    """Completes the fetched fields of one level."""

    def __init__(self, state: ExecutionState, response: ResponseBuilder, completer: ValueCompleter) -> None:
        self._state = state
        self._response = response
        self._completer = completer
        self._paths: dict[int, Path] | None = None

    async def complete(self, field: CompiledField, parents: list[Parent], values: list[Any], repeats: int) -> None:
        """Complete a field for all its parents. One row is among its values `repeats` times at most."""
        state, edge = self._state, field.planned.spec.declaration
        is_list = is_list_type(get_nullable_type(field.definition.type))
        # In a single-record field, a value that is a list is one row, not a list of rows.
        rows = sum([len(each) for each in values if each.__class__ is list]) if is_list else len(values)
        assert field.size_bound is not None
        parts = slices(parents, values, rows, max(1, SLICE_VALUES // max(1, field.size_bound.values)), is_list=is_list)
        if not isinstance(edge, Edge):
            # The values of ordinary resolvers are in memory already, and their fields have no placeholder.
            await self._complete_slices(field, parents, parts)
        elif state.row_count + rows > state.row_limit:
            state.fields_over_row_limit[field.planned.type_path] = field.planned
            self._fill(field, parents, values)
        else:
            state.row_count += rows
            pending, size, was_exact = self._completer.pending, state.reply_size.bytes, state.reply_size.is_exact
            lengths = {number: len(pending[number]) for number in field.pending_selections}
            row_bytes = repeats * sum([state.loader.bytes_read(fetch) for fetch in edge.fetches])
            if await self._complete_slices(field, parents, parts, row_bytes):
                state.completed_fetches.update(edge.fetches)
                return
            state.fields_over_size_limit[field.planned.type_path] = field.planned
            for number, length in lengths.items():
                del pending[number][length:]
            self._fill(field, parents, values)
            state.reply_size.bytes = size if was_exact else size_of(self._response.data)

    async def _complete_slices(
        self, field: CompiledField, parents: list[Parent], parts: Iterator[Slice], row_bytes: int | None = None
    ) -> bool:
        """Complete slices until the reply exceeds its size or has too many errors. Returns False if it does.

        row_bytes: the bytes that the rows were read as, for each time that they are used; None if there is no limit.
        """
        size, bound, items = self._state.reply_size, field.size_bound, self._completer.items
        assert bound is not None
        size_before, values, rows = size.bytes, 0, 0
        items.start()
        for part in parts:
            if self._state.time_slice.is_over:
                await self._state.time_slice.pause()
            try:
                self._complete_slice(field, part)
            except TooManyErrors:
                return False
            values, rows = values + len(part.values), rows + part.rows
            if size.is_exact or row_bytes is None:
                completed = (parent[field.key] for parent, _ in part.parents)
                size.bytes += sum([size_of(each[part.offset :] if part.offset else each) for each in completed])
            else:
                size.bytes = size_before + bound.of(values, rows, items.counts, row_bytes)
                if size.bytes > size.limit:
                    size.is_exact, size.bytes = True, size_of(self._response.data)
            if size.bytes > size.limit and row_bytes is not None:
                return False
        for each in items.over_limit:
            self._response.has_removed_objects = True
            self._state.fields_over_row_limit[each.planned.type_path] = each.planned
            keys = tuple(name for _, name in each.planned.type_path[len(field.planned.type_path) - 1 :])
            null_everywhere([parent for parent, _ in parents], keys)
        return True

    def _complete_slice(self, field: CompiledField, part: Slice) -> None:
        key, complete, items, pending = field.key, field.complete, self._completer.items, self._completer.pending
        assert complete is not None
        lengths = {number: len(pending[number]) for number in field.pending_selections}
        items.mark()
        try:
            if part.offset:
                parent = part.parents[0][0]
                completed = complete(part.values[0], self._completer)
                # An error in an earlier part may have nulled the list.
                if parent[key] is not None:
                    parent[key] += completed
            else:
                for (parent, _), value in zip(part.parents, part.values, strict=True):
                    parent[key] = complete(value, self._completer)
        except Exception:  # noqa: BLE001 - any error: the slow path attributes it to the right field
            self._state.slow_paths += 1
            for number, length in lengths.items():
                del pending[number][length:]
            items.rewind()
            self._complete_slowly(field, part)

    def _complete_slowly(self, field: CompiledField, part: Slice) -> None:
        key, kind = field.key, field.definition.type
        for (parent, _), value in zip(part.parents, part.values, strict=True):
            path = self.path(field, parent)
            before, parent[key] = (parent[key], None) if part.offset else ([], None)
            try:
                completed = self._completer.complete_value(field, kind, value, path, part.offset)
            except TooManyErrors:
                raise
            except Exception as error:  # noqa: BLE001 - any error is the field's error
                self._response.null_field(field, path, error)
            else:
                parent[key] = before + completed if part.offset and before is not None else completed

    def _fill(self, field: CompiledField, parents: list[Parent], values: list[Any]) -> None:
        """Complete a placeholder for every parent."""
        complete, kind, edge = field.complete, field.definition.type, field.planned.spec.declaration
        assert complete is not None
        assert isinstance(edge, Edge)
        for (parent, _), value in zip(parents, values, strict=True):
            if not is_non_null_type(kind):
                parent[field.key] = None
            elif is_list_type(kind.of_type):
                parent[field.key] = [None] * (len(value) if value.__class__ is list else 0)
            else:
                parent[field.key] = complete(edge.placeholder(), self._completer)

    def path(self, field: CompiledField, parent: dict[str, Any]) -> Path:
        """The path of a field in the response."""
        if self._paths is None:
            self._paths = self._response.paths()
        return (*self._paths[id(parent)], field.key)


def slices(parents: list[Parent], values: list[Any], rows: int, length: int, *, is_list: bool) -> Iterator[Slice]:
    """The values in slices of about `length` rows. The list of one parent is divided only if it is longer."""
    if max(rows, len(values)) <= length:
        yield Slice(parents, values, rows)
        return
    start, count = 0, 0
    for index, value in enumerate(values):
        size = len(value) if is_list and value.__class__ is list else 1
        if size > length or count >= length:
            if start < index:
                yield Slice(parents[start:index], values[start:index], count)
            start, count = index, 0
        if size > length:
            for offset in range(0, size, length):
                part = value[offset : offset + length]
                yield Slice([parents[index]], [part], len(part), offset)
            start = index + 1
        else:
            count += max(size, 1)
    if start < len(values):
        yield Slice(parents[start:], values[start:], count)
