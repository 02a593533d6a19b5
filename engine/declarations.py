"""What a schema says of each field beside its type: read it from the row, or follow an edge to a batch.

    Read    the value is in the parent's row already: these columns, this function of them
    Edge    the value is elsewhere: these fetches, asked with a key

A row is one record as its source gave it, with no column that was not granted: a mapping from column to value, or a
list in which a layout says where each column stands. Functions are always given a mapping; what is declared as Column,
Made, Part or Key is read from a list without one.
Both hang on the field as Strawberry metadata, so the class that declares a type is the only place that describes it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

Row = Mapping[str, Any]
Layout = Mapping[str, int]
"""Where each column stands in a row that is a list."""

Arguments = Mapping[str, Any]
Guard = Hashable
"""What must be granted before a field may be read; the engine compares guards and never looks inside."""

METADATA = "engine"


class Fetch(Protocol):
    """One way to ask one source for many keys at once."""

    @property
    def name(self) -> str:
        """Unique among all fetches: "warrants.by_person"."""
        ...

    @property
    def source(self) -> str:
        """The source it asks."""
        ...

    @property
    def layout(self) -> Layout | None:
        """Where each column stands in its rows; None where they are mappings."""
        ...

    @property
    def absent(self) -> Callable[[], Any]:
        """Makes the answer to a key that has none."""
        ...

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of its rows that are the key which was asked for; none where no columns are."""
        ...

    @property
    def is_whole(self) -> bool:
        """Does its own statement hold all that decides whether a row is seen?

        Then it may be asked beside the fetch that its keys come from, where they are known: what that one would hide
        is not read.
        """
        ...


class Lookup(NamedTuple):
    """One key for one fetch."""

    fetch: Fetch
    key: Hashable


@dataclass(frozen=True, slots=True)
class Read:
    """A field whose value is a function of columns of its parent's own row.

    A denied column is not in the row, so `read` must give None where its columns are missing, and of an edge's blank.
    """

    columns: tuple[str, ...]
    read: Callable[[Row], Any]
    layout: Layout | None = None
    """Of the rows that it gives, if it gives other rows than its parent's."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A field whose value another batch holds.

    ask:     the parent's row, the arguments and what is ambient, to one Ask, to a list of them (the answer is then a
             list in the same order, and only so can a list be one that must be there), or to None where the parent has
             no key.
    nothing: the answer to None.
    blank:   where the field cannot be null: a row that stands in place of an answer that is withheld or did not come.
    columns: what the key is made of. Never one that a grant may mask: a masked key would find nothing.
    guards:  what the arguments call for beside the labels, and no mask will do: who searches by a value must know it.
    width:   how many rows the arguments ask for, where they say so.
    """

    fetches: tuple[Fetch, ...]
    ask: Callable[[Row, Arguments, Any], Lookup | list[Lookup] | None]
    columns: tuple[str, ...] = ()
    nothing: Callable[[], Any] = lambda: None
    blank: Callable[[], Any] = lambda: None
    guards: Callable[[Arguments], Iterable[Guard]] | None = None
    width: Callable[[Arguments], int] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The `read` of a field that is one column as it stands."""

    name: str

    def __call__(self, row: Row) -> Any:
        """The value; None where the column is missing."""
        return row.get(self.name)


@dataclass(frozen=True, slots=True)
class Computed:
    """The `read` of a field that is made of columns."""

    columns: tuple[str, ...]
    make: Callable[..., Any]

    def __call__(self, row: Row) -> Any:
        """What is made of them; each is None where it is missing."""
        return self.make(*(row.get(name) for name in self.columns))


@dataclass(frozen=True, slots=True)
class Embedded:
    """The `read` of an object whose fields are columns of the same row: there if this column is, or always."""

    there_if: str | None = None

    def __call__(self, row: Row) -> Row | None:
        """The row itself, or None."""
        return row if self.there_if is None or row.get(self.there_if) is not None else None


@dataclass(frozen=True, slots=True)
class Key:
    """The `ask` of an edge whose key stands in columns of the row: several are a tuple. No key without all of them."""

    fetch: Fetch
    columns: tuple[str, ...]

    def __call__(self, row: Row, _arguments: Arguments, _ambient: Any) -> Lookup | None:
        """What to ask for, if there is a key."""
        key = tuple(row.get(name) for name in self.columns)
        return None if None in key else Lookup(self.fetch, key if len(key) > 1 else key[0])


def identity(value: Any) -> Any:
    """The `serialize` of a scalar whose values go out as they are: where it says so, none need be called."""
    return value


Declared = Read | Edge
