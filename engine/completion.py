"""Value completion on the slow path: as graphql-core does it, for values that generated code does not handle."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

import orjson
from graphql import (
    Executor,
    GraphQLError,
    GraphQLOutputType,
    GraphQLResolveInfo,
    Undefined,
    default_type_resolver,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Path as CorePath
from graphql.pyutils import is_iterable

from engine.declarations import Embedded, Layout, ListColumn, Read
from engine.errors import InvalidValue
from engine.execution_state import ExecutionState
from engine.graphql_core import build_executor, complete_leaf_value, invalid_return_type_error
from engine.list_items import ItemCounter
from engine.program import CompiledField, Selection
from engine.response import Path, ResponseBuilder, TooManyErrors, located
from engine.rows import as_mapping

FAULTS_OF_A_VALUE = (InvalidValue, ValueError, LookupError, TypeError, ArithmeticError, RecursionError, GraphQLError)
"""Errors that a value raises if it does not fit its field. Any other is a defect of ours."""

PendingObjects = dict[int, list[tuple[dict[str, Any], Any]]]
"""Objects that wait for their fetched fields, with the rows they were made of, by the number of their selection."""


class ValueCompleter:
    """Completes the values of one operation. Generated functions use it for pending objects and abstract types."""

    def __init__(self, state: ExecutionState, response: ResponseBuilder) -> None:
        self._state = state
        self._prepared = state.prepared
        self._response = response
        self.pending: PendingObjects = defaultdict(list)
        self.items = ItemCounter(state)
        self.counted = self.items.counted
        self._parsed: dict[str | None, Any] = {None: None}

    def parsed(self, text: str | None) -> Any:
        """The list in a column; aliases and equal columns share it, so nothing may change it."""
        try:
            return self._parsed[text]
        except KeyError:
            assert text is not None
            value = self._parsed[text] = orjson.loads(text)
            return value

    def take_pending(self) -> PendingObjects:
        """All pending objects; none are pending any more."""
        pending, self.pending = self.pending, defaultdict(list)
        return pending

    @cached_property
    def executor(self) -> Executor[Any]:
        """graphql-core's executor, for resolve infos and abstract types; it executes nothing."""
        plan = self._prepared.plan
        name = plan.operation.name
        return build_executor(
            self._prepared.schema,
            plan.document.node,
            self._state,
            self._prepared.raw_variables,
            name.value if name else None,
        )

    def resolve_info(self, field: CompiledField, path: Path) -> GraphQLResolveInfo[Any]:
        """graphql-core's argument to a resolver."""
        type_path = iter(field.planned.type_path)
        core_path: CorePath | None = None
        for step in path:
            core_path = CorePath(core_path, step, next(type_path)[0] if isinstance(step, str) else None)
        assert core_path is not None
        nodes = [each.node for each in field.planned.nodes]
        return self.executor.build_resolve_info(field.definition, nodes, field.parent_type, core_path)

    def resolve_type(self, field: CompiledField, kind: Any, value: Any) -> str:
        """The name of a value's concrete type.

        Raises: GraphQLError if the field may not have a value of that type.
        """
        nodes, value = list(field.planned.nodes), as_mapping(value, field.value_layout)
        info = self.resolve_info(field, tuple(key for _, key in field.planned.type_path))
        if is_abstract_type(kind):
            declaration = field.planned.spec.declaration
            if isinstance(declaration, Read) and isinstance(declaration.read, Embedded) and declaration.read.types:
                name: Any = declaration.read.types.get(value[declaration.read.required_column])
            else:
                name = (kind.resolve_type or default_type_resolver)(value, info, kind)
            kind = self.executor.ensure_valid_runtime_type(name, kind, nodes, info, value)
        if kind.is_type_of is not None and not kind.is_type_of(value, info):
            raise invalid_return_type_error(kind, value, nodes)
        return str(kind.name)

    def typed(self, name: str, completed: dict[str, Any]) -> dict[str, Any]:
        """A completed object of an abstract type, once its concrete type is recorded."""
        self._state.object_types.add(completed, name)
        return completed

    def complete_object(self, selection: Selection, value: Any, path: Path) -> dict[str, Any]:
        """The result of one object.

        Raises: GraphQLError if a non-null field is null.
        """
        completed = self._complete_fast(selection, value)
        if completed is not None:
            return completed
        result: dict[str, Any] = {}
        for key, field in selection.fields.items():
            if field is None:
                result[key] = selection.object_type.name
            elif isinstance(field.planned.spec.declaration, Read) and not field.is_always_null:
                row, layout = (value, selection.row_layout) if field.is_visible else ({}, None)
                read = self._read(field.planned.spec.declaration, row, layout)
                if read is None and field.is_visible and field.planned.spec.is_required:
                    read = InvalidValue("")
                result[key] = self._complete_nullable(field, field.definition.type, read, (*path, key))
            else:
                result[key] = None
        for each in (*([selection] if selection.fetched_fields else []), *selection.deferred):
            self.pending[each.number].append((result, value))
        return result

    def _complete_fast(self, selection: Selection, row: Any) -> dict[str, Any] | None:
        """One object by generated code; None if that gives up. So one bad row does not make all others slow."""
        cells = row.values() if isinstance(row, dict) else row if row.__class__ is list else None
        if selection.complete is None or cells is None or any(isinstance(each, InvalidValue) for each in cells):
            return None
        lengths = {number: len(objects) for number, objects in self.pending.items()}
        self.items.mark()
        try:
            completed: dict[str, Any] = selection.complete(row, self)
        except Exception:  # noqa: BLE001 - any error: the slow path attributes it to the right field
            for number, objects in self.pending.items():
                del objects[lengths.get(number, 0) :]
            self.items.rewind()
            return None
        return completed

    def complete_value(
        self, field: CompiledField, kind: GraphQLOutputType, value: Any, path: Path, offset: int = 0
    ) -> Any:
        """A completed value. If it is a part of a list, `offset` is the index of its first item.

        Raises: any exception that the value is, or that completing it raises.
        """
        if isinstance(value, Exception):
            raise value
        if is_non_null_type(kind):
            completed = self.complete_value(field, kind.of_type, value, path, offset)
            if completed is None:
                raise TypeError(f"Cannot return null for non-nullable field {_coordinate(field)}.")
            return completed
        if value is None or value is Undefined:
            return None
        if is_list_type(kind):
            if isinstance(field.planned.spec.declaration, Read) and (value := self.counted(field, value)) is None:
                return None
            if not is_iterable(value):
                raise TypeError(f"Expected Iterable, but did not find one for field '{_coordinate(field)}'.")
            return [
                self._complete_nullable(field, kind.of_type, each, (*path, index))
                for index, each in enumerate(value, offset)
            ]
        if is_leaf_type(kind):
            return complete_leaf_value(kind, value)
        name = self.resolve_type(field, kind, value)
        declaration = field.planned.spec.declaration
        if isinstance(declaration, Read) and isinstance(declaration.read, ListColumn) and not isinstance(value, dict):
            raise TypeError(f"Expected an object, but did not find one for field '{_coordinate(field)}'.")
        return self.typed(name, self.complete_object(field.selections[name], value, path))

    def _complete_nullable(self, field: CompiledField, kind: GraphQLOutputType, value: Any, path: Path) -> Any:
        """A completed value; if it has an error and is nullable, null."""
        try:
            return self.complete_value(field, kind, value, path)
        except TooManyErrors:
            raise
        except Exception as error:  # noqa: BLE001 - any error is the field's error
            if is_non_null_type(kind):
                raise located(field, path, error) from None
            self._response.add_error(field, path, error)
            if _is_fault_of_value(field, error):
                nested = error.path if isinstance(error, GraphQLError) else None
                self._state.invalid_values[tuple(nested or path)] = field
            return None

    def _read(self, declaration: Read, row: Any, layout: Layout | None) -> Any:
        """The value of a field in a row; an exception that reading it raises counts as its value."""
        read, cells = declaration.read, as_mapping(row, layout)
        try:
            if isinstance(read, ListColumn):
                return read(cells)
            invalid = [cells[name] for name in declaration.columns if isinstance(cells.get(name), InvalidValue)]
            if invalid and not isinstance(read, Embedded):
                return invalid[0]
            value = read(cells)
            return row if isinstance(read, Embedded) and value is not None else value
        except Exception as error:  # noqa: BLE001 - any error is the field's error
            return error


def _is_fault_of_value(field: CompiledField, error: Exception) -> bool:
    """Whether an error of a field is that of a value in its row."""
    declaration = field.planned.spec.declaration
    cause = error.original_error or error if isinstance(error, GraphQLError) else error
    return isinstance(declaration, Read) and bool(declaration.columns) and isinstance(cause, FAULTS_OF_A_VALUE)


def _coordinate(field: CompiledField) -> str:
    return f"{field.parent_type.name}.{field.planned.nodes[0].node.name.value}"
