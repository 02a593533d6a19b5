"""Field helpers: each declares how a GraphQL field gets its value, for example:

    number: ID | None      = column("number", "The court's number for it.")
    court: Court | None    = embedded("The court that issued it.", required_column="court_ori")
    subject: Person | None = edge(persons.by_fbi, "The wanted person.", via=("subject_fbi",))

`know` names the record class that a field needs, in place of its type's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import strawberry

from engine.declarations import (
    METADATA,
    Column,
    Computed,
    Declaration,
    Edge,
    Embedded,
    KeyColumns,
    Layout,
    ListColumn,
    Read,
    Row,
)
from policy.record_classes import RecordClass
from resolvers.fetch import Fetch
from schema.directives import know


def declared_field(how: Declaration, description: str, label: RecordClass | None = None, **options: Any) -> Any:
    """A Strawberry field with its declaration."""
    directives = [] if label is None else know(label)
    return strawberry.field(description=description, directives=directives, metadata={METADATA: how}, **options)


def column(column: str, description: str, *, know: RecordClass | None = None, name: str | None = None) -> Any:
    """A column's value. `name` is for a field whose name is a Python keyword."""
    return declared_field(Read((column,), Column(column)), description, know, name=name)


BOOLEANS = {None: None, 0: False, 1: True}
"""The value of a flag in a source. Another number raises KeyError, and is an error at its field: 2 is not yes."""


def boolean(column: str, description: str, *, know: RecordClass | None = None) -> Any:
    """A column that holds 1 or 0."""
    return computed((column,), BOOLEANS.__getitem__, description, know=know)


def json_list(column: str, description: str, *, know: RecordClass | None = None, list_size: int | None = None) -> Any:
    """A column that holds a JSON list; `list_size` is the number of items that its cost assumes.

    An item that is no known code is null, with an error. So the type of its items is nullable: the others are kept.
    """
    return declared_field(Read((column,), ListColumn(column), list_size=list_size), description, know)


def computed(
    columns: tuple[str, ...], compute: Callable[..., Any], description: str, *, know: RecordClass | None = None
) -> Any:
    """A value computed from columns."""
    return declared_field(Read(columns, Computed(columns, compute)), description, know)


def embedded(description: str, *, required_column: str | None = None, know: RecordClass | None = None) -> Any:
    """An object whose fields are columns of the same row; null if its required column is null."""
    columns = () if required_column is None else (required_column,)
    return declared_field(Read(columns, Embedded(required_column)), description, know)


def embedded_union(
    description: str, *, type_column: str, types: Mapping[str, str], know: RecordClass | None = None
) -> Any:
    """A member of a union whose fields are columns of the same row; `types` has its name by the value of a column."""
    return declared_field(Read((type_column,), Embedded(type_column, types)), description, know)


def member(
    name: str,
    description: str,
    layout: Layout | None = None,
    *,
    list_size: int | None = None,
    is_present: bool = False,
) -> Any:
    """A member of a page or a list item, which comes whole; `layout` is that of its own rows.

    is_present: whether each of them has it.
    """
    return declared_field(Read((), Column(name), layout, list_size, is_present), description)


def hits(description: str) -> Any:
    """The edges of a page. The argument `first` of the search gives their number, so the cost counts them there."""
    return member("edges", description, list_size=1, is_present=True)


def total(description: str) -> Any:
    """The number of all hits of a search."""
    return member("total", description, is_present=True)


def hit(description: str, layout: Layout | None = None) -> Any:
    """The record of a hit. If it is withheld because of its subject, its null has an error."""
    return member("node", description, layout, is_present=True)


def computed_member(compute: Callable[[Row], Any], description: str) -> Any:
    """A value computed from a page or an edge of it."""
    return declared_field(Read((), compute), description)


def edge(fetch: Fetch, description: str, *, via: tuple[str, ...], know: RecordClass | None = None) -> Any:
    """Other records, whose key is in these columns of the row; none if one of them is null."""
    edge = Edge((fetch,), KeyColumns(fetch, via), columns=via, when_no_key=fetch.when_missing)
    return declared_field(edge, description, know)


def optional(description: str) -> Any:
    """An input field that may be left out or null."""
    return strawberry.field(default=None, description=description)


def alternative(description: str) -> Any:
    """An input field of which exactly one is given."""
    return strawberry.field(default=strawberry.UNSET, description=description)
