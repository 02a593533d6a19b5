"""An answer in the making: its data, its errors, and where in it everything stands.

Nothing carries its path along while all goes well: it is looked for when there is an error to place, or a resolver that
may ask for its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError, is_non_null_type, located_error
from graphql.execution.executor import to_nodes

from engine.program import Field

Path = tuple[str | int, ...]


class ResponseBuilder:
    """Data and errors of one operation."""

    def __init__(self) -> None:
        self.data: dict[str, Any] | None = {}
        self.errors: list[GraphQLError] = []
        self._nulled: set[Path] = set()

    def paths(self) -> dict[int, Path]:
        """Where each object of the answer stands, by its identity. What is nulled is not there."""
        return {id(made): path for made, path in _objects(self.data, ())}

    def fail(self, field: Field, path: Path, fault: Exception) -> None:
        """Note that the value of a field has an error, and null what cannot be there without it."""
        if any(path[:length] in self._nulled for length in range(len(path) + 1)):
            return
        self.note(located(field, path, fault))
        kinds = list(_kinds(field, path))
        while kinds and is_non_null_type(kinds[-1]):
            kinds.pop()
        nulled = path[: len(kinds)]
        self._nulled.add(nulled)
        if not nulled:
            self.data = None
            return
        inside: Any = self.data
        for step in nulled[:-1]:
            inside = inside[step]
        inside[nulled[-1]] = None

    def note(self, error: GraphQLError) -> None:
        """Take in an error whose null already stands."""
        self.errors.append(error)


def located(field: Field, path: Path, fault: Exception) -> GraphQLError:
    """An error with its place in the document and in the answer."""
    return located_error(fault, to_nodes(list(field.place.nodes)), list(path))


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


def _kinds(field: Field, path: Sequence[str | int]) -> Iterator[Any]:
    """The type of what stands at each step of a path."""
    fields = list(_above(field))
    kind: Any = None
    for step in path:
        if isinstance(step, str):
            kind = fields.pop().of.type
        else:
            kind = (kind.of_type if is_non_null_type(kind) else kind).of_type
        yield kind


def _above(field: Field | None) -> Iterator[Field]:
    while field is not None:
        yield field
        field = field.above
