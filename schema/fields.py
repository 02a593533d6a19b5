"""Field helpers: each declares how a GraphQL field gets its value, for example:

    number: ID | None      = column("number", "The court's number for it.")
    court: Court | None    = embedded("The court that issued it.", required_column="court_ori")
    subject: Person | None = edge(persons.by_fbi, "The wanted person.", via=("subject_fbi",))

`know` names the record classes that a field needs, in place of its type's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import strawberry

from engine.declarations import (
    METADATA,
    Arguments,
    Column,
    Computed,
    Edge,
    Embedded,
    Guard,
    KeyColumns,
    Layout,
    Lookup,
    Read,
    Row,
)
from policy.record_classes import RecordClass
from resolvers.fetch import Fetch
from schema.directives import know


def declared_field(how: Read | Edge, description: str, classes: Iterable[RecordClass] = (), **options: Any) -> Any:
    """A Strawberry field with its declaration."""
    return strawberry.field(description=description, directives=know(*classes), metadata={METADATA: how}, **options)


def column(column: str, description: str, *, know: tuple[RecordClass, ...] = (), name: str | None = None) -> Any:
    """A column's value. `name` is for a field whose name is a Python keyword."""
    return declared_field(Read((column,), Column(column)), description, know, name=name)


def boolean(column: str, description: str, *, know: tuple[RecordClass, ...] = ()) -> Any:
    """A column that holds 1 or 0."""
    return computed((column,), lambda value: None if value is None else bool(value), description, know=know)


def json_list(column: str, description: str, *, know: tuple[RecordClass, ...] = ()) -> Any:
    """A column that holds a JSON list."""
    return computed((column,), lambda value: None if value is None else orjson.loads(value), description, know=know)


def computed(
    columns: tuple[str, ...], compute: Callable[..., Any], description: str, *, know: tuple[RecordClass, ...] = ()
) -> Any:
    """A value computed from columns."""
    return declared_field(Read(columns, Computed(columns, compute)), description, know)


def embedded(description: str, *, required_column: str | None = None, know: tuple[RecordClass, ...] = ()) -> Any:
    """An object whose fields are columns of the same row; null if its required column is null."""
    columns = () if required_column is None else (required_column,)
    return declared_field(Read(columns, Embedded(required_column)), description, know)


def member(name: str, description: str, layout: Layout | None = None) -> Any:
    """A member of a page or a list item, which comes whole; `layout` is that of its own rows."""
    return declared_field(Read((), Column(name), layout), description)


def computed_member(compute: Callable[[Row], Any], description: str) -> Any:
    """A value computed from a page or an edge of it."""
    return declared_field(Read((), compute), description)


def edge(fetch: Fetch, description: str, *, via: tuple[str, ...], know: tuple[RecordClass, ...] = ()) -> Any:
    """Other records, whose key is in these columns of the row; none if one of them is null."""
    edge = Edge((fetch,), KeyColumns(fetch, via), columns=via, when_no_key=fetch.when_missing)
    return declared_field(edge, description, know)


def root_edge(
    *fetches: Fetch,
    lookup: Callable[[Arguments, Any], Lookup | list[Lookup] | None],
    argument_guards: Callable[[Arguments], Iterable[Guard]] | None = None,
    placeholder: Callable[[], Any] = lambda: None,
    list_size: Callable[[Arguments], int] | None = None,
) -> Edge:
    """The edge of a root field: its lookups depend on the arguments alone."""
    return Edge(
        fetches,
        lambda _row, arguments, context: lookup(arguments, context),
        argument_guards=argument_guards,
        placeholder=placeholder,
        list_size=list_size,
    )


def optional(description: str) -> Any:
    """An input field that may be left out or null."""
    return strawberry.field(default=None, description=description)


def alternative(description: str) -> Any:
    """An input field of which exactly one is given."""
    return strawberry.field(default=strawberry.UNSET, description=description)
