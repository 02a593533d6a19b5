"""The response under construction: its data and its errors.

Objects carry no path while all goes well. Paths are searched for only if there is an error to locate, or a resolver
that may read its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError, is_non_null_type, located_error

from engine.graphql_core import to_nodes
from engine.program import CompiledField

Path = tuple[str | int, ...]


MAX_ERRORS = 1_000


class TooManyErrors(Exception):
    """A response with more than MAX_ERRORS errors: the field that is being completed is not shown."""


class ResponseBuilder:
    """Data and errors of one operation."""

    def __init__(self) -> None:
        self.data: dict[str, Any] | None = {}
        self.errors: list[GraphQLError] = []
        self.has_removed_objects = False
        self._null_paths: set[Path] = set()

    def add_error(self, field: CompiledField, path: Path, error: Exception) -> None:
        """Add the error of a field. Raises: TooManyErrors."""
        if len(self.errors) >= MAX_ERRORS:
            raise TooManyErrors
        self.errors.append(located(field, path, error))

    def paths(self) -> dict[int, Path]:
        """The path of each object in the data, by the object's identity."""
        return {id(item): path for item, path in _objects(self.data, ())}

    def null_field(self, field: CompiledField, path: Path, error: Exception) -> None:
        """Add the error of a field, and null the nearest nullable value that contains it."""
        if any(path[:length] in self._null_paths for length in range(len(path) + 1)):
            return
        self.add_error(field, path, error)
        types = list(_types_on(field, path))
        while types and is_non_null_type(types[-1]):
            types.pop()
        null_path = path[: len(types)]
        self._null_paths.add(null_path)
        if not null_path:
            self.data = None
            return
        parent: Any = self.data
        for step in null_path[:-1]:
            parent = parent[step]
        parent[null_path[-1]] = None


def located(field: CompiledField, path: Path, error: Exception) -> GraphQLError:
    """An error with its locations in the document and its path in the response."""
    return located_error(error, to_nodes(list(field.planned.nodes)), list(path))


def _objects(value: Any, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    items: Any = ()
    if isinstance(value, dict):
        yield value, path
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for step, each in items:
        if each.__class__ in {dict, list}:
            yield from _objects(each, (*path, step))


def _types_on(field: CompiledField, path: Sequence[str | int]) -> Iterator[Any]:
    """The type of the value at each step of a path."""
    fields = list(_with_ancestors(field))
    kind: Any = None
    for step in path:
        if isinstance(step, str):
            kind = fields.pop().definition.type
        else:
            kind = (kind.of_type if is_non_null_type(kind) else kind).of_type
        yield kind


def _with_ancestors(field: CompiledField | None) -> Iterator[CompiledField]:
    while field is not None:
        yield field
        field = field.parent_field
