"""Completion of one fetched field for all its parents, within the limits on rows and on the size of the reply.

It is done in chunks. Between two of them other operations may run, and the size is compared with its limit, which is
exceeded by one chunk at most. A field over a limit is null, or its placeholder, for every parent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphql import is_list_type, is_non_null_type

from engine.completion import ValueCompleter
from engine.declarations import Edge
from engine.errors import InvalidValue, SlowPathNeeded
from engine.execution_state import ExecutionState, MissingValues
from engine.list_items import null_everywhere
from engine.program import CompiledField, SizeBound
from engine.reply_size import size_of
from engine.response import Path, ResponseBuilder, TooManyErrors

Parent = tuple[dict[str, Any], Any]
"""An object of the response, and the row that it was made of."""


class Chunk(NamedTuple):
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
        state, size, edge, bound = self._state, self._state.reply_size, field.planned.spec.declaration, field.size_bound
        assert bound is not None
        self._completer.items.start()
        # In a single-record field, a value that is a list is one row, not a list of rows.
        rows = count = len(values)
        if field.is_list:
            rows = _length(values)
        if not isinstance(edge, Edge):
            # The values of ordinary resolvers are in memory already, and their fields have no placeholder.
            if rows + count > bound.chunk_rows:
                await self._complete_chunks(field, bound, parents, values)
            elif self._complete_chunk(field, parents, values, self._pending_lengths(field)):
                size.bytes += sum([size_of(parent[field.key]) for parent, _ in parents])
            return
        if state.row_count + rows > state.row_limit:
            self._leave_out(field, parents, values, state.over_row_limit(field.planned))
            return
        state.row_count += rows
        row_bytes = 0
        for fetch in edge.fetches:
            row_bytes += repeats * state.loader.bytes_read(fetch)
        was_exact, pending_before = size.is_exact, self._pending_lengths(field)
        if rows + count > bound.chunk_rows or was_exact:
            is_complete = await self._complete_chunks(field, bound, parents, values, row_bytes)
        else:
            is_complete = self._complete_chunk(field, parents, values, pending_before)
            is_complete = is_complete and self._add_size(bound.of(count, rows, row_bytes, self._completer.items.counts))
        if is_complete:
            state.add_completed(field.planned, values)
            if self._completer.items.over_limit:
                self._null_over_limit(field, parents)
            return
        self._truncate_pending(pending_before)
        self._leave_out(field, parents, values, state.over_size_limit(field.planned))
        size.bytes = size.bytes if was_exact else self._state.measured_size()

    async def _complete_chunks(
        self,
        field: CompiledField,
        bound: SizeBound,
        parents: list[Parent],
        values: list[Any],
        row_bytes: int | None = None,
    ) -> bool:
        """Complete chunks until the reply exceeds its size or has too many errors. Returns False if it does.

        row_bytes: bytes of JSON that the rows were read from, times their repeats; None if the size is not limited.
        """
        time_slice, size, items = self._state.time_slice, self._state.reply_size, self._completer.items
        value_count, row_count, at_most, measured = 0, 0, 0, 0
        for part in chunks(parents, values, bound.chunk_rows, is_list=field.is_list):
            if part.offset and part.parents[0][0][field.key] is None:
                continue  # an error in an earlier part has nulled the list
            if time_slice.is_over:
                await time_slice.pause()
            items.mark()
            if not self._complete_chunk(field, part.parents, part.values, self._pending_lengths(field), part.offset):
                size.bytes -= measured
                return False
            value_count, row_count = value_count + len(part.values), row_count + part.rows
            if size.is_exact or row_bytes is None:
                completed = [parent[field.key] for parent, _ in part.parents]
                more = sum([size_of(each[part.offset :] if part.offset and each else each) for each in completed])
                size.bytes, measured = size.bytes + more, measured + more
                is_over = size.bytes > size.limit and row_bytes is not None
            else:
                before, at_most = at_most, bound.of(value_count, row_count, row_bytes, items.counts)
                is_over = not self._add_size(at_most - before)
            if is_over:
                size.bytes -= measured
                return False
        return True

    def _pending_lengths(self, field: CompiledField) -> dict[int, int]:
        """How many objects of each selection inside a field are pending."""
        pending = self._completer.pending
        return {number: len(pending[number]) for number in field.pending_selections}

    def _truncate_pending(self, lengths: dict[int, int]) -> None:
        """Drop the pending objects of each selection beyond these lengths."""
        for number, length in lengths.items():
            del self._completer.pending[number][length:]

    def _add_size(self, at_most: int) -> bool:
        """Add to the size of the reply, this much at most. Returns whether the reply is within its limit."""
        size = self._state.reply_size
        size.bytes += at_most
        if size.bytes > size.limit:
            size.is_exact, size.bytes = True, self._state.measured_size()
        return size.bytes <= size.limit

    def _null_over_limit(self, field: CompiledField, parents: list[Parent]) -> None:
        """Null the lists in rows of the field whose items exceed the row limit."""
        self._response.has_removed_objects = True
        for each in self._completer.items.over_limit:
            # Which of its lists were null in their rows is no longer known.
            self._state.over_row_limit(each.planned).is_everywhere = True
            keys = tuple(name for _, name in each.planned.type_path[len(field.planned.type_path) - 1 :])
            null_everywhere([parent for parent, _ in parents], keys)

    def _complete_chunk(
        self,
        field: CompiledField,
        parents: list[Parent],
        values: list[Any],
        pending_before: dict[int, int],
        offset: int = 0,
    ) -> bool:
        """Complete values. Returns False if the response has too many errors."""
        key, complete, completer = field.key, field.complete, self._completer
        assert complete is not None
        try:
            if self._state.loader.has_invalid_values:
                raise SlowPathNeeded  # generated code may take one for a value
            if offset:
                parents[0][0][key] += complete(values[0], completer)
            else:
                for (parent, _), value in zip(parents, values, strict=True):
                    parent[key] = complete(value, completer)
        except Exception:  # noqa: BLE001 - any error: the slow path attributes it to the right field
            self._state.slow_paths += 1
            self._truncate_pending(pending_before)
            completer.items.rewind()
            try:
                self._complete_slowly(field, parents, values, offset)
            except TooManyErrors:
                return False
        return True

    def _complete_slowly(self, field: CompiledField, parents: list[Parent], values: list[Any], offset: int) -> None:
        key, kind = field.key, field.definition.type
        for (parent, _), value in zip(parents, values, strict=True):
            path = self.path(field, parent)
            before = parent[key] if offset else []
            parent[key] = None
            try:
                completed = self._completer.complete_value(field, kind, value, path, offset)
            except TooManyErrors:
                raise
            except Exception as error:  # noqa: BLE001 - any error is the field's error
                self._response.null_field(field, path, error)
                if isinstance(error, InvalidValue):
                    self._state.invalid_values[path] = field
            else:
                parent[key] = before + completed if offset else completed

    def _leave_out(
        self, field: CompiledField, parents: list[Parent], values: list[Any], missing: MissingValues
    ) -> None:
        """Set null for every parent, or the placeholder of a non-null field. A value of null is not missing."""
        complete, kind, edge = field.complete, field.definition.type, field.planned.spec.declaration
        assert complete is not None
        assert isinstance(edge, Edge)
        if not is_non_null_type(kind) and None not in values:
            # Nothing to remember for each parent: there may be 240 such fields, of thousands of parents each.
            missing.is_everywhere = True
            for parent, _ in parents:
                parent[field.key] = None
            return
        for (parent, _), value in zip(parents, values, strict=True):
            if not is_non_null_type(kind):
                parent[field.key] = None
            elif is_list_type(kind.of_type):
                items = value if value.__class__ is list else []
                parent[field.key] = [None] * len(items)
                for index, item in enumerate(items):
                    if item is not None:
                        missing.add(parent, index)
                continue
            else:
                parent[field.key] = complete(edge.placeholder(), self._completer)
            if value is not None:
                missing.add(parent)

    def path(self, field: CompiledField, parent: dict[str, Any]) -> Path:
        """The path of a field in the response."""
        if self._paths is None:
            self._paths = self._response.paths()
        return (*self._paths[id(parent)], field.key)


def _length(values: list[Any]) -> int:
    """The number of items in those values that are lists."""
    try:
        return sum(map(len, values))
    except TypeError:
        return sum([len(each) for each in values if each.__class__ is list])


def chunks(parents: list[Parent], values: list[Any], length: int, *, is_list: bool) -> Iterator[Chunk]:
    """The values in chunks of about `length` rows. The list of one parent is divided only if it is longer."""
    start, count = 0, 0
    for index, value in enumerate(values):
        size = len(value) if is_list and value.__class__ is list else 1
        if size > length or count >= length:
            if start < index:
                yield Chunk(parents[start:index], values[start:index], count)
            start, count = index, 0
        if size > length:
            for offset in range(0, size, length):
                part = value[offset : offset + length]
                yield Chunk([parents[index]], [part], len(part), offset)
            start = index + 1
        else:
            count += max(size, 1)
    if start < len(values):
        yield Chunk(parents[start:], values[start:], count)
