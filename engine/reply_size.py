"""Size of a reply while it is built: an upper bound while the reply is small, and the exact size near the limit.

The size is the bytes of its JSON, and OBJECT_BYTES more for each object and list, because in memory they take more.
The bound looks at no value: strings come from rows, and the loader knows how many bytes it has read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLEnumType, get_named_type, get_nullable_type, is_list_type

from engine.declarations import Column, Embedded, ListColumn, Read
from engine.program import CompiledField, Selection, SizeBound

OBJECT_BYTES = 64
VALUE_BYTES = 24
"""Of a number, a boolean or a null, and of the quotation marks around a string."""
COMPUTED_BYTES = 512
"""Of a string that is made from no column, such as a cursor."""
FRAGMENT_BYTES = 128
"""Of the path and the identifier of one object with deferred fields."""
CHUNK_VALUES = 8_192
"""About 1 ms of completion, and 2 MB of objects at most."""


@dataclass(slots=True)
class ReplySize:
    """The size of a reply so far: a bound, until it exceeds the limit for the first time; from then on exact.

    error_bytes: of the errors of nulls in all parts so far.
    """

    limit: int
    bytes: int = 0
    is_exact: bool = False
    error_bytes: int = 0


def size_of(value: Any) -> int:
    """The exact size of a completed value."""
    kind = value.__class__
    if kind is str:
        return 3 + (len(value) if value.isascii() else len(value.encode(errors="replace")))
    if kind is dict:
        return OBJECT_BYTES + sum(len(key) + 4 + size_of(each) for key, each in value.items())
    if kind is list:
        return OBJECT_BYTES + sum(map(size_of, value))
    return 8


def bound_of(fetched: CompiledField) -> SizeBound:
    """The bound of a fetched field, without the fetched fields inside it: those have their own."""
    walk = _Walk()
    sizes = [walk.selection(each, ()) for each in fetched.selections.values()]
    row, values = (max(each) for each in zip(*sizes, strict=True)) if sizes else (COMPUTED_BYTES, 1)
    value = OBJECT_BYTES if fetched.is_list else 8
    chunk_rows = max(1, CHUNK_VALUES // max(1, values))
    return SizeBound(value, row, walk.item, max(walk.uses.values(), default=0), chunk_rows)


@dataclass(slots=True)
class _Walk:
    """Adds up what is read from one row: (bytes without strings, number of values) of each part of it.

    uses: how often each column is read, by its name and the names of the columns that it is nested in.
    """

    item: dict[CompiledField, int] = field(default_factory=dict)
    uses: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def selection(self, selection: Selection, outer: tuple[str, ...]) -> tuple[int, int]:
        size, values = OBJECT_BYTES + len(selection.object_type.name), 0
        for key, each in selection.fields.items():
            is_read = each is not None and isinstance(each.planned.spec.declaration, Read) and not each.is_always_null
            more = self._field(each, outer) if each is not None and is_read else (VALUE_BYTES, 1)
            size, values = size + len(key) + 4 + more[0], values + more[1]
        return size, values

    def _field(self, read_field: CompiledField, outer: tuple[str, ...]) -> tuple[int, int]:
        declaration = read_field.planned.spec.declaration
        assert isinstance(declaration, Read)
        read, kind = declaration.read, get_nullable_type(read_field.definition.type)
        columns = (read.name,) if isinstance(read, Column | ListColumn) else declaration.columns
        named = get_named_type(kind)
        size, values = COMPUTED_BYTES if not columns else VALUE_BYTES, 1
        if read_field.selections:
            inner = outer if isinstance(read, Embedded) else (*outer, *columns)
            found = [self.selection(each, inner) for each in read_field.selections.values()]
            size, values = (max(each) for each in zip(*found, strict=True))
        elif isinstance(named, GraphQLEnumType):
            size = VALUE_BYTES + max(map(len, named.values))
        else:
            self.uses.update((*outer, name) for name in columns)
        if is_list_type(kind):
            self.item[read_field] = size + OBJECT_BYTES * read_field.nests_lists
            return OBJECT_BYTES, 1
        return size, values
