"""The response under construction: its data and its errors.

Objects carry no path while all goes well. Paths are searched for only if there is an error to locate, or a resolver
that may read its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, is_non_null_type, located_error

from engine.graphql_core import to_nodes
from engine.plan import TypePath
from engine.program import CompiledField

Path = tuple[str | int, ...]


MAX_ERRORS = 1_000


class TooManyErrors(Exception):
    """A response with more than MAX_ERRORS errors in all its parts: the field that is being completed is not shown."""


@dataclass(slots=True)
class ErrorCounter:
    """Counts the errors that the fields of a response have, in all its parts."""

    number: int = 0


@dataclass(slots=True, eq=False)
class Root:
    """Where data begins: the response itself, or the deferred fields of one of its objects.

    data:            None once an error has removed it.
    path, type_path: of the object.
    owner:           that object; None for the response itself.
    is_removed:      has an error or a limit removed that object from the response?
    """

    data: dict[str, Any] | None
    path: Path = ()
    type_path: TypePath = ()
    owner: dict[str, Any] | None = None
    is_removed: bool = False


class ResponseBuilder:
    """Data and errors of one operation, or of one part of it.

    error_counter: of the errors in all parts.
    """

    def __init__(self, roots: Iterable[Root] = ()) -> None:
        self.errors: list[GraphQLError] = []
        self.has_removed_objects = False
        self.error_counter = ErrorCounter()
        self.roots: dict[Path, Root] = {}
        self._null_paths: set[Path] = set()
        self.add_roots(roots)

    @classmethod
    def whole(cls) -> ResponseBuilder:
        """That of an operation."""
        return cls([Root({})])

    @property
    def data(self) -> dict[str, Any] | None:
        """The data of an operation."""
        return self.roots[()].data

    @data.setter
    def data(self, data: dict[str, Any] | None) -> None:
        self.roots[()].data = data

    def add_roots(self, roots: Iterable[Root]) -> None:
        """Add data that begins elsewhere."""
        self.roots.update((each.path, each) for each in roots)

    def add_error(self, field: CompiledField, path: Path, error: Exception) -> None:
        """Add the error of a field. Raises: TooManyErrors."""
        if self.error_counter.number >= MAX_ERRORS:
            raise TooManyErrors
        self.error_counter.number += 1
        self.errors.append(located(field, path, error))

    def paths(self) -> dict[int, Path]:
        """The path of each object in the data, by the object's identity."""
        return {id(item): path for root in self.roots.values() for item, path in _objects(root.data, root.path)}

    def present(self) -> set[int]:
        """The identities of the objects in the data that are in the response."""
        roots = [root for root in self.roots.values() if not root.is_removed]
        return {id(item) for root in roots for item, _ in _objects(root.data, root.path)}

    def objects(self, type_path: TypePath) -> Iterator[tuple[dict[str, Any], Path]]:
        """The objects at a path without indices, with their paths."""
        for root in self.roots.values():
            length = len(root.type_path)
            if root.type_path == type_path[:length]:
                yield from objects_at(root.data, tuple(key for _, key in type_path[length:]), root.path)

    def null_field(self, field: CompiledField, path: Path, error: Exception) -> None:
        """Add the error of a field, and null the nearest nullable value that contains it."""
        root = next(self.roots[path[:length]] for length in range(len(path), -1, -1) if path[:length] in self.roots)
        if root.data is None or any(path[:length] in self._null_paths for length in range(len(path) + 1)):
            return
        self.add_error(field, path, error)
        types = list(_types_on(field, path))
        while types and is_non_null_type(types[-1]):
            types.pop()
        null_path = path[: len(types)]
        self._null_paths.add(null_path)
        if len(null_path) <= len(root.path):
            root.data = None
            return
        parent: Any = root.data
        for step in null_path[len(root.path) : -1]:
            parent = parent[step]
        parent[null_path[-1]] = None


def located(field: CompiledField, path: Path, error: Exception) -> GraphQLError:
    """An error with its locations in the document and its path in the response."""
    return located_error(error, to_nodes(list(field.planned.nodes)), list(path))


def objects_at(value: Any, keys: tuple[str, ...], path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The objects at a path of response keys in a value, with their paths."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from objects_at(each, keys, (*path, index))
    elif isinstance(value, dict):
        if not keys:
            yield value, path
        elif keys[0] in value:
            yield from objects_at(value[keys[0]], keys[1:], (*path, keys[0]))


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
