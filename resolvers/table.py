"""Table of one source, and the requests that read it by a key: only granted columns, only rows that the grant covers.

Every row-level rule is in the condition or in a column's expression: a value that the caller must not see never leaves
its source.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import orjson
import sqlalchemy
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    exists,
    literal,
    null,
    or_,
    select,
    true,
)

from engine.authorization import Visible
from engine.declarations import Layout
from policy.grants import Grant, Scope
from resolvers.columns import DEMONSTRATION
from resolvers.errors import NotGranted
from resolvers.record import RecordKind
from resolvers.subject_columns import is_own_record, is_related, is_same_agency, is_same_surname
from sources.request import Request
from sources.sql.functions import RowCondition
from sources.sql.json import ROW, Item, JsonArray, JsonRow, ShownCells, items
from sources.sql.parameters import number_parameter, text_parameter
from sources.sql.query import Frame, SelectQuery

GrantedColumns = Sequence[Visible]
"""Columns that may be read, in order of name: (name, is_masked) pairs."""

Cell = ColumnElement[Any]
Condition = ColumnElement[bool]

META_COLUMN_COUNT = 3
"""Cells before the columns of a row: its key, the record's number, its relation to the caller."""

OWN_ROW = literal("[null,null,1]", Text)
"""The row of the caller's own record: only that it was found, so that the attempt can be flagged."""


@dataclass(frozen=True, slots=True)
class ColumnExpression:
    """Expression of a column, and the one that replaces it if only a mask is granted."""

    value: Cell
    masked: Cell = field(default_factory=null)

    @staticmethod
    def confidential(column: Cell, flag: Cell, replacement: str | None = None) -> ColumnExpression:
        """A part of an address. On a flagged record, only callers who may see confidential addresses get it."""
        # A flag that is neither 0 nor 1 counts as 1.
        shown = or_(flag == 0, may("sees_confidential"))
        return ColumnExpression(case((shown, column), else_=literal(replacement, Text) if replacement else null()))


Columns = dict[str, ColumnExpression]


def plain(table: FromClause, names: str) -> Columns:
    """Columns that are read unchanged; names are separated by spaces."""
    return {name: ColumnExpression(table.c[name]) for name in names.split()}


def address(table: FromClause, also: str = "") -> Columns:
    """The residence in a row, and further columns that lead to it."""
    flag = table.c.is_confidential
    replaced = ColumnExpression.confidential(table.c.street, flag, "ADDRESS CONFIDENTIAL")
    names = f"city state postal_code {also}".split()
    return {"street": replaced, **{name: ColumnExpression.confidential(table.c[name], flag) for name in names}}


def may(name: str) -> Condition:
    """Whether a field of the scope is true: `may("sees_sealed")`."""
    return number_parameter(name) == 1


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a source, as fields read it.

    stored:      its declaration; or a join of tables, by the name of the one whose columns it shows.
    record:      what the journal calls its records; None if its rows are parts of other records.
    keys:        expressions by which rows are looked up and that are no columns, by name.
    alternatives: by the names of a key of several columns, the groups of them of which one is enough: a row has the
                 key if it has all of a group.
    visible:     further condition on rows, with the scope's fields as parameters.
    empty_scope: fields of the scope without which rows may be hidden; EMPTY is then reported as OK.
    has_subject: whether it has the columns subject_user, subject_surname and subject_ori.
    marked:      condition of its demonstration rows; by default, that the column DEMONSTRATION is 1.
    own:         whether a row is about the caller, if other rows say so too: an accident is about each of its parties.
    """

    stored: sqlalchemy.Table | sqlalchemy.Subquery
    columns: Mapping[str, ColumnExpression]
    record: RecordKind | None = None
    keys: Mapping[str, Cell] = field(default_factory=dict)
    alternatives: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    visible: Condition | None = None
    empty_scope: tuple[str, ...] = ()
    order: tuple[Cell, ...] = ()
    has_subject: bool = True
    marked: Condition | None = None
    own: Condition | None = None

    @cached_property
    def name(self) -> str:
        return str(self.stored.name)

    @cached_property
    def is_demonstration(self) -> Condition:
        """Whether a row is about demonstration people."""
        return is_demonstration(self.stored) if self.marked is None else self.marked

    @cached_property
    def layout(self) -> Layout:
        """Index of each column in a row."""
        return {name: index for index, name in enumerate(self.columns, start=META_COLUMN_COUNT)}

    @cached_property
    def is_own(self) -> Condition | None:
        """Whether a row is about the caller; None if no row is about anybody."""
        if self.own is None and self.has_subject:
            return is_own_record(self.stored)
        return self.own

    def request(
        self, key_columns: tuple[str, ...], keys: Sequence[Hashable], columns: GrantedColumns, grant: Grant
    ) -> Request:
        """Rows whose key is one of `keys`, in `layout`; a column that is not in `columns` is null.

        Of the caller's own record only its relation is returned, so that the attempt can be flagged.
        Raises: NotGranted without a grant.
        """
        if not isinstance(grant, Grant):
            raise NotGranted(self.name)
        scope = grant.scope
        query = _lookup_query(self, key_columns, tuple(columns), scope.sees_related, scope.sees_live)
        return Request(query, scope_parameters(scope) | {"keys": orjson.dumps(keys).decode()}, len(keys))

    def key(self, name: str) -> Cell:
        """The column of a key, or its expression."""
        return self.keys[name] if name in self.keys else self.stored.c[name]

    @cached_property
    def cells(self) -> dict[tuple[str, bool, bool], Cell]:
        """The expression of each column, by its name, whether it is masked, and whether related subjects are seen.

        If they are not, it is NULL in a row about a namesake or a colleague.
        """
        is_shown = ~is_related(self.stored) if self.has_subject else true()
        found: dict[tuple[str, bool, bool], Cell] = {}
        for name, column in self.columns.items():
            for is_masked, cell in ((False, column.value), (True, column.masked)):
                found[name, is_masked, True] = cell
                found[name, is_masked, False] = case((is_shown, cell))
        return found


NOTHING = null()


@dataclass(frozen=True, slots=True)
class ShownColumns:
    """The columns of a table in its layout: a mask if only that is granted, NULL if nothing is.

    columns:      those that may be read, in order of name.
    sees_related: whether values in rows about namesakes and colleagues are shown.
    """

    table: Table
    columns: tuple[Visible, ...]
    sees_related: bool = True

    def cells(self) -> list[Cell]:
        granted = dict(self.columns)
        cells, sees = self.table.cells, self.sees_related
        return [cells[name, granted[name], sees] if name in granted else NOTHING for name in self.table.columns]


@dataclass(frozen=True, slots=True)
class Lookup(Frame):
    """Rows of a table by one of its keys.

    key_columns: names of columns of the table, or of its `keys`.
    sees_related: whether rows about namesakes and colleagues are released.
    sees_live: whether rows about real people are; if not, only demonstration rows.
    """

    table: Table
    key_columns: tuple[str, ...]
    sees_related: bool
    sees_live: bool

    @property
    def key(self) -> sqlalchemy.Column[Any] | None:
        """The column of a key that is one column as it is stored."""
        column = self.table.stored.c.get(self.key_columns[0]) if len(self.key_columns) == 1 else None
        return column if isinstance(column, sqlalchemy.Column) else None

    def select(self) -> Select[Any]:
        """The rows, in the order of the table. The JSON is made before sorting, so that the sort moves one text."""
        table, stored = self.table, self.table.stored
        wanted = items(text_parameter("keys"), "wanted")
        cells = {name: table.key(name) for name in self.key_columns}
        indexes = [None] if len(cells) == 1 else range(len(cells))
        given = {
            name: Item(wanted, index, type(cells[name].type))
            for name, index in zip(self.key_columns, indexes, strict=True)
        }
        groups = table.alternatives.get(self.key_columns, (self.key_columns,))
        is_wanted = or_(*(and_(*(cells[name] == given[name] for name in group)) for group in groups))
        # A row that has one group of its key may have any of the others: its key is then the one that was asked.
        parts = list((cells if len(groups) == 1 else given).values())
        key = parts[0] if len(parts) == 1 else JsonArray(*parts)
        number = stored.c[table.record.column] if table.record else null()
        relation = relation_bits(stored) if table.has_subject else literal(0)
        row: Cell = JsonRow(key, number, relation, ShownCells())
        condition = table.visible
        if table.is_own is not None:
            rows: list[tuple[Condition, Cell]] = [(table.is_own, OWN_ROW)]
            if table.has_subject and not self.sees_related:
                rows.append((is_related(stored), JsonRow(key, null(), relation_bits(stored) + WITHHELD_BIT)))
            row = case(*rows, else_=row)
            condition = None if condition is None else or_(table.is_own, condition)
        if not self.sees_live:
            condition = table.is_demonstration if condition is None else and_(condition, table.is_demonstration)
        found = select(row.label(ROW)).select_from(wanted.join(stored, is_wanted)).order_by(*table.order)
        return found if condition is None else found.where(RowCondition(condition, Item(wanted)))


@lru_cache(maxsize=4096)
def _lookup_query(
    table: Table, key_columns: tuple[str, ...], columns: tuple[Visible, ...], sees_related: bool, sees_live: bool
) -> SelectQuery:
    """One object for equal arguments, whose SQL is then found by identity."""
    return SelectQuery(Lookup(table, key_columns, sees_related, sees_live), ShownColumns(table, columns))


# Bits for a row's relation to the caller: `resolvers.relation`. Bit 1 is the caller's own record.
WITHHELD_BIT = 8


def is_demonstration(table: FromClause) -> Condition:
    """Whether a row is about demonstration people. Any other value than 1 is a live row."""
    return table.c[DEMONSTRATION] == 1


def is_of_demonstration(stored: sqlalchemy.Table, key: Cell) -> Condition:
    """Whether the row of a table whose primary key is this is about demonstration people."""
    # A join may have the name of a table: without another name, the key would be compared with itself.
    row = stored.alias(f"marked_{stored.name}")
    (primary_key,) = row.primary_key
    return exists(select(1).where(primary_key == key, is_demonstration(row)).correlate_except(row))


def relation_bits(table: FromClause) -> Cell:
    """The bits of a row that is not the caller's own."""
    return case((is_same_surname(table), 2), else_=0) + case((is_same_agency(table), 4), else_=0)


def hit_relation_bits(table: FromClause) -> Cell:
    """The same of a hit; bit 8 is set if its record is withheld."""
    is_withheld = and_(~may("sees_related"), is_related(table))
    return relation_bits(table) + case((is_withheld, WITHHELD_BIT), else_=0)


def scope_parameters(scope: Scope) -> dict[str, Any]:
    """A scope as parameters."""
    return {
        "user": scope.user,
        "surname": scope.surname,
        "ori": scope.ori,
        "today": scope.today.isoformat(),
        "sees_related": scope.sees_related,
        "sees_convictions": scope.sees_convictions,
        "sees_arrests": scope.sees_arrests,
        "sees_supervision": scope.sees_supervision,
        "sees_sealed": scope.sees_sealed,
        "sees_juvenile": scope.sees_juvenile,
        "sees_confidential": scope.sees_confidential,
        "sees_foreign_orders": scope.sees_foreign_orders,
        "sees_missing_history": scope.sees_missing_history,
        "sees_arrest_biometrics": scope.sees_arrest_biometrics,
    }
