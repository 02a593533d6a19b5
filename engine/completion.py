"""Completing a value exactly as graphql-core does, in its words, where the compiled function gave up."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLOutputType,
    GraphQLResolveInfo,
    Undefined,
    default_type_resolver,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.executor import Executor, invalid_return_type_error
from graphql.pyutils import Path as CorePath
from graphql.pyutils import is_iterable

from engine.declarations import Embedded, Layout, Read
from engine.plan import Prepared
from engine.program import Field, Selection
from engine.response import Path, ResponseBuilder, located
from engine.rows import as_mapping

Waiting = dict[int, list[tuple[dict[str, Any], Any]]]
"""By the number of their selection: the objects that wait for their hops, and the values that they were made of."""


class ValueCompleter:
    """One operation's completion. It is also what compiled functions get as their level: lists to wait in, types."""

    def __init__(self, prepared: Prepared, context: Any, answer: ResponseBuilder) -> None:
        self._prepared = prepared
        self._context = context
        self._answer = answer
        self.waiting: Waiting = defaultdict(list)

    def clear(self) -> Waiting:
        """All that waited; nothing waits any more."""
        waited, self.waiting = self.waiting, defaultdict(list)
        return waited

    @cached_property
    def executor(self) -> Executor[Any]:
        """graphql-core's own, for what it knows of resolvers and abstract types; it executes nothing."""
        plan = self._prepared.plan
        name = plan.operation.name
        executor = Executor.build(
            self._prepared.schema,
            plan.document.node,
            context_value=self._context,
            raw_variable_values=dict(self._prepared.given),
            operation_name=name.value if name else None,
            hide_suggestions=True,
        )
        assert isinstance(executor, Executor)  # the plan was made with these variables
        return executor

    def info(self, field: Field, path: Path) -> GraphQLResolveInfo[Any]:
        """What graphql-core tells a resolver."""
        within = iter(field.place.within)
        at: CorePath | None = None
        for step in path:
            at = CorePath(at, step, next(within)[0] if isinstance(step, str) else None)
        assert at is not None
        nodes = [each.node for each in field.place.nodes]
        return self.executor.build_resolve_info(field.of, nodes, field.parent, at)

    def type_of(self, field: Field, kind: Any, value: Any) -> str:
        """The name of a value's concrete type. Raises GraphQLError if it is not one that the field may have."""
        nodes, value = list(field.place.nodes), as_mapping(value, field.rows)
        info = self.info(field, tuple(key for _, key in field.place.within))
        if is_abstract_type(kind):
            name = (kind.resolve_type or default_type_resolver)(value, info, kind)
            kind = self.executor.ensure_valid_runtime_type(name, kind, nodes, info, value)
        if kind.is_type_of is not None and not kind.is_type_of(value, info):
            raise invalid_return_type_error(kind, value, nodes)
        return str(kind.name)

    def object(self, selection: Selection, value: Any, path: Path) -> dict[str, Any]:
        """The answer for one object. Raises GraphQLError where a field that must be there is not."""
        made: dict[str, Any] = {}
        for key, field in selection.fields.items():
            if field is None:
                made[key] = selection.kind.name
            elif isinstance(field.place.site.declared, Read) and not field.is_null:
                read = _read(field.place.site.declared, value, selection.layout)
                made[key] = self._guarded(field, field.of.type, read, (*path, key))
            else:
                made[key] = None
        if selection.hops:
            self.waiting[selection.number].append((made, value))
        return made

    def value(self, field: Field, kind: GraphQLOutputType, value: Any, path: Path) -> Any:
        """A completed value. Raises whatever is wrong with it."""
        if isinstance(value, Exception):
            raise value
        if is_non_null_type(kind):
            completed = self.value(field, kind.of_type, value, path)
            if completed is None:
                raise TypeError(f"Cannot return null for non-nullable field {_coordinate(field)}.")
            return completed
        if value is None or value is Undefined:
            return None
        if is_list_type(kind):
            if not is_iterable(value):
                raise TypeError(f"Expected Iterable, but did not find one for field '{_coordinate(field)}'.")
            return [self._guarded(field, kind.of_type, each, (*path, index)) for index, each in enumerate(value)]
        if is_leaf_type(kind):
            return Executor.complete_leaf_value(kind, value)
        return self.object(field.child_layout[self.type_of(field, kind, value)], value, path)

    def _guarded(self, field: Field, kind: GraphQLOutputType, value: Any, path: Path) -> Any:
        try:
            return self.value(field, kind, value, path)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is the field's error
            error = located(field, path, fault)
            if is_non_null_type(kind):
                raise error from None
            self._answer.note(error)
            return None


def _read(declared: Read, row: Any, layout: Layout | None) -> Any:
    """What a field reads; the exception if it raises one, which is then its value."""
    try:
        read = declared.read(as_mapping(row, layout))
        return row if isinstance(declared.read, Embedded) and read is not None else read
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is the field's error
        return fault


def _coordinate(field: Field) -> str:
    return f"{field.parent.name}.{field.place.nodes[0].node.name.value}"
