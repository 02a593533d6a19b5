"""Field declarations: how each field of the schema gets its value.

    Read    from columns of the parent's own row, by a function
    Edge    from another batch: these fetches, looked up by a key
    Derived from other fields of its parent's type, which are completed first, as if they were selected beside it
    Entities from batches of several types: a root field that another subgraph of a federation asks

A row is one record as its source gave it, without the columns that were not granted: a mapping from column to value, or
a list whose layout gives the index of each column. Functions always get a mapping. Declarations as Column, ListColumn,
Computed, Embedded or KeyColumns are read from a list without one.
A declaration is Strawberry metadata of its field, so each type is described only by the class that declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from engine.lenient_json import read_list

Row = Mapping[str, Any]
Layout = Mapping[str, int]
"""The index of each column in a row that is a list."""

Arguments = Mapping[str, Any]
Guard = Hashable
"""A permission that must be granted before a field may be read. The engine compares guards and never looks inside."""

METADATA = "engine"
IS_LAST = "engine.is_last"
"""Metadata of a root field with an ordinary resolver, which is called when everything else has its value."""


class Fetch(Protocol):
    """One way to query one source for many keys at once."""

    @property
    def name(self) -> str:
        """Unique among all fetches: "warrants.by_person"."""

    @property
    def source(self) -> str:
        """The name of the source that it queries."""

    @property
    def layout(self) -> Layout | None:
        """The index of each column in its rows; None if they are mappings."""

    @property
    def when_missing(self) -> Callable[[], Any]:
        """Makes the result of a key that has none."""

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns of its rows that are their key; none if no columns are."""

    @property
    def decides_visibility(self) -> bool:
        """Whether its own statement alone decides if a row is visible.

        Then it may be prefetched beside the fetch that its keys come from, if they are known: rows that the other fetch
        would hide are not read.
        """


class Lookup(NamedTuple):
    """One key of one fetch."""

    fetch: Fetch
    key: Hashable


LookupResult = Lookup | list[Lookup] | None
"""What an edge looks up for one row of its parent: one key, a list of them, or nothing without a key."""


@dataclass(frozen=True, slots=True)
class Read:
    """A field whose value is a function of columns of its parent's own row.

    A denied column is not in the row, so `read` must give None if its columns are missing, as in a placeholder.
    """

    columns: tuple[str, ...]
    read: Callable[[Row], Any]
    layout: Layout | None = None
    """The layout of the rows that it gives, if they are not its parent's rows."""
    list_size: int | None = None
    """The items that a list of it is assumed to have, if not as many as any list has; 1 for the hits of a page."""
    is_present: bool = False
    """Whether a value that is made whole always has it: the hits of a page, and the record of a hit."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A field whose value is in another batch.

    lookup:          the parent's row, the arguments and the request context, to one Lookup; to a list of them, for a
                     list in the same order (only such a list may be non-null); or to None, if the parent has no key.
    columns:         the columns that the key is made of. Never one that a grant may mask: a masked key finds nothing.
    when_no_key:     makes the value if there is no key.
    placeholder:     for a non-null field, makes a row in place of one that is withheld or did not arrive.
    argument_guards: the guards that the arguments need beside the labels. A mask is not enough: to search by a value is
                     to know it.
    list_size:       how many rows the arguments ask for, if they give a number.
    search_cost:     what the field costs beside its rows, in fields: a search may read many rows that it does not give.
    lookup_cost:     what each of the rows that the arguments ask for costs more: it is looked up, found or not.
    """

    fetches: tuple[Fetch, ...]
    lookup: Callable[[Row, Arguments, Any], LookupResult]
    columns: tuple[str, ...] = ()
    when_no_key: Callable[[], Any] = lambda: None
    placeholder: Callable[[], Any] = lambda: None
    argument_guards: Callable[[Arguments], Iterable[Guard]] | None = None
    list_size: Callable[[Arguments], int] | None = None
    search_cost: int = 0
    lookup_cost: int = 0


@dataclass(frozen=True, slots=True)
class Inputs:
    """The fields that a derived field is made of, completed as in a response.

    values:  by response key; null if a field is denied, did not arrive, or has no value.
    failed:  the sources whose fields did not arrive, by path inside `values`, without indices.
    faulty:  the errors of values, by path inside `values`, with indices.
    denied:  the denials of fields.
    """

    values: Mapping[str, Any]
    failed: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    faulty: Mapping[tuple[str | int, ...], BaseException] = field(default_factory=dict)
    denied: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A nullable field whose value is derived from other fields of its parent's type.

    Each of those needs its own guards, and shares fetches with the fields that are selected. Those that are denied or
    did not arrive are no error of the response: `derive` says so in its own way.

    selection: of the parent's type, as GraphQL: "{ vin owner { id } }". It may contain no derived field.
    derive:    from its fields to the value: of an object a row, a mapping. If no value follows from them, it raises
               FetchFailed because of a source in `failed`, or InvalidValue because of an error in `faulty`: then the
               field is null as one that is read from that source.
    """

    selection: str
    derive: Callable[[Inputs], Any]
    columns: tuple[str, ...] = ()


class Representation(NamedTuple):
    """A record that another subgraph refers to: the name of its type, and its key."""

    type_name: str
    key: Hashable


@dataclass(frozen=True, slots=True)
class Entities:
    """A root field that gives records of several types: one for each representation in its arguments, in order.

    It is planned as one edge for each type, which needs the type's guards.

    fetches:     the fetch of each type, by the type's name.
    read:        the arguments to the representations, or for one that cannot be read the sentence that says why.
    list_size:   how many representations the arguments have.
    lookup_cost: what each representation costs, as of an edge.
    """

    fetches: Mapping[str, Fetch]
    read: Callable[[Arguments], Sequence[Representation | str]]
    list_size: Callable[[Arguments], int]
    lookup_cost: int = 0
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """The `read` of a field that is one column as it is."""

    name: str

    def __call__(self, row: Row) -> Any:
        """The value; None if the column is missing."""
        return row.get(self.name)


@dataclass(frozen=True, slots=True)
class Computed:
    """The `read` of a field that is computed from columns."""

    columns: tuple[str, ...]
    compute: Callable[..., Any]

    def __call__(self, row: Row) -> Any:
        """The computed value; a missing column counts as None."""
        return self.compute(*(row.get(name) for name in self.columns))


@dataclass(frozen=True, slots=True)
class ListColumn:
    """The `read` of a column that holds a list as JSON text."""

    name: str

    def __call__(self, row: Row) -> Any:
        """The list; None if the column is missing. Raises: ValueError, RecursionError if it is no JSON."""
        text = row.get(self.name)
        return None if text is None else read_list(text)


@dataclass(frozen=True, slots=True)
class Embedded:
    """The `read` of an object whose fields are columns of the same row; null if `required_column` is null.

    types: for a union or an interface, the name of the object's type by the value of `required_column`. Any other value
           is an error of the field.
    """

    required_column: str | None = None
    types: Mapping[Any, str] | None = None

    def __call__(self, row: Row) -> Row | None:
        """The row itself, or None."""
        return row if self.required_column is None or row.get(self.required_column) is not None else None


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """The `lookup` of an edge whose key is in columns of the row; several make a tuple. No key if one is null."""

    fetch: Fetch
    columns: tuple[str, ...]

    def __call__(self, row: Row, _arguments: Arguments, _context: Any) -> Lookup | None:
        """The lookup, if there is a key."""
        key = tuple(row.get(name) for name in self.columns)
        return None if None in key else Lookup(self.fetch, key if len(key) > 1 else key[0])


def identity(value: Any) -> Any:
    """The `serialize` of a scalar whose values need no coercion; the engine then calls nothing."""
    return value


LARGEST_SAFE_INTEGER = 2**53 - 1


def safe_integer(value: Any) -> int:
    """The `serialize` of a scalar of whole numbers that every JSON parser reads exactly: up to 2^53 - 1."""
    if value.__class__ is not int or abs(value) > LARGEST_SAFE_INTEGER:
        raise ValueError("The value is no whole number up to 2^53 - 1.")
    return value


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The `serialize` of a scalar that is a text of some form.

    check: returns the text; generated code calls it. Raises: ValueError if the value has another form, or is no text.
    """

    check: Callable[[Any], str]

    def __call__(self, value: Any) -> str:
        return self.check(value)


Declaration = Read | Edge | Derived | Entities
