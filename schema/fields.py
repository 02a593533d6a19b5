"""How a field says where its value comes from: `column`, `part`, `items`, `edge`. Knows nothing of any record.

number: ID | None        = column("number", "The court's number for it.")
court:  Court | None     = part("court_ori", "The court that issued it.")
subject: Person | None   = edge(persons.by_fbi, "Who is wanted.", via=("subject_fbi",))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import strawberry

from engine.declarations import METADATA, Arguments, Column, Computed, Edge, Embedded, Guard, KeyColumns, Lookup, Read
from policy.record_classes import RecordClass
from resolvers.fetch import Fetch
from schema.directives import know


def declared(how: Read | Edge, description: str, classes: Iterable[RecordClass] = (), **more: Any) -> Any:
    """A field with its declaration."""
    return strawberry.field(description=description, directives=know(*classes), metadata={METADATA: how}, **more)


def column(column: str, description: str, *, know: tuple[RecordClass, ...] = (), name: str | None = None) -> Any:
    """A value that stands in one column. `name` is for fields whose name Python keeps for itself."""
    return declared(Read((column,), Column(column)), description, know, name=name)


def flag(name: str, description: str, *, know: tuple[RecordClass, ...] = ()) -> Any:
    """A yes or no that stands in one column as 1 or 0."""
    return made((name,), lambda value: None if value is None else bool(value), description, know=know)


def items(name: str, description: str, *, know: tuple[RecordClass, ...] = ()) -> Any:
    """A list that stands in one column as JSON."""
    return made((name,), lambda value: None if value is None else orjson.loads(value), description, know=know)


def part(there_if: str, description: str, *, know: tuple[RecordClass, ...] = ()) -> Any:
    """An object whose fields are columns of the same row; null where the column that it cannot be without is null."""
    return declared(Read((there_if,), Embedded(there_if)), description, know)


def whole(description: str, *, know: tuple[RecordClass, ...] = ()) -> Any:
    """An object whose fields are columns of the same row, and which is always there."""
    return declared(Read((), Embedded()), description, know)


def made(
    columns: tuple[str, ...], make: Callable[..., Any], description: str, *, know: tuple[RecordClass, ...] = ()
) -> Any:
    """A value made of several columns."""
    return declared(Read(columns, Computed(columns, make)), description, know)


def edge(fetch: Fetch, description: str, *, via: tuple[str, ...], know: tuple[RecordClass, ...] = ()) -> Any:
    """Other records, found by what stands in these columns of this one; none where those are empty."""
    return declared(
        Edge((fetch,), KeyColumns(fetch, via), columns=via, when_no_key=fetch.when_missing), description, know
    )


def root(
    *fetches: Fetch,
    lookup: Callable[[Arguments, Any], Lookup | list[Lookup] | None],
    argument_guards: Callable[[Arguments], Iterable[Guard]] | None = None,
    placeholder: Callable[[], Any] = lambda: None,
    list_size: Callable[[Arguments], int] | None = None,
) -> Edge:
    """A way into the records by what the caller gives."""
    return Edge(
        fetches,
        lambda _row, arguments, context: lookup(arguments, context),
        argument_guards=argument_guards,
        placeholder=placeholder,
        list_size=list_size,
    )
