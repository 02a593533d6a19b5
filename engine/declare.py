"""What a schema says of each field beside its type: read it from the row, or follow an edge to a batch.

    Read    the value is in the parent's row already: these columns, this function of them
    Edge    the value is elsewhere: these fetches, asked with a key

A row is one record as its source gave it, a mapping from column to value, with no column that was not granted.
Both hang on the field as Strawberry metadata, so the class that declares a type is the only place that describes it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

Row = Mapping[str, Any]
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


class Ask(NamedTuple):
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
    ask: Callable[[Row, Arguments, Any], Ask | list[Ask] | None]
    columns: tuple[str, ...] = ()
    nothing: Callable[[], Any] = lambda: None
    blank: Callable[[], Any] = lambda: None
    guards: Callable[[Arguments], Iterable[Guard]] | None = None
    width: Callable[[Arguments], int] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The `read` of a field that is one column as it stands: where it says so, no function need be called for it."""

    name: str

    def __call__(self, row: Row) -> Any:
        """The value; None where the column is missing."""
        return row.get(self.name)


def as_is(value: Any) -> Any:
    """The `serialize` of a scalar whose values go out as they are: where it says so, none need be called."""
    return value


Declared = Read | Edge
