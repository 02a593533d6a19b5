"""Table of one source, and the SQL statements that read it: only granted columns, only rows that the grant covers.

Every row-level rule is in the WHERE clause or in a column's expression: a value that the caller must not see never
leaves its source.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any

import orjson

from engine.authorization import Visible
from engine.declarations import Layout
from policy.grants import Grant, Scope
from resolvers.errors import NotGranted
from resolvers.record import RecordKind
from resolvers.subject_columns import IS_OWN_RECORD, IS_SAME_AGENCY, IS_SAME_SURNAME
from sources.source import Statement, lenient_cell

GrantedColumns = Sequence[Visible]
"""Columns that may be read, in order of name: (name, is_masked) pairs."""

# A policy may withhold records about a namesake or a colleague until the caller has stepped up: `Scope.sees_related`.
IS_RELATED = f"({IS_SAME_SURNAME} OR {IS_SAME_AGENCY})"

# Bits for a row's relation to the caller: `resolvers.relation`. Bit 1 is the caller's own record, bit 8 is set if the
# row is withheld.
SUBJECT_MATCH_BITS = f"({IS_SAME_SURNAME}) * 2 + ({IS_SAME_AGENCY}) * 4"


def relation_bits(scope: Scope) -> str:
    """SQL of the bits of a row that is not the caller's own."""
    return SUBJECT_MATCH_BITS if scope.sees_related else f"({SUBJECT_MATCH_BITS} + {IS_RELATED} * 8)"


META_COLUMN_COUNT = 3
"""Cells before the columns of a row: its key, the record's number, its relation to the caller."""


@dataclass(frozen=True, slots=True)
class ColumnExpression:
    """SQL expression of a column, and the one that replaces it if only a mask is granted."""

    sql: str
    masked: str = "NULL"

    @staticmethod
    def confidential(name: str, replacement: str = "NULL") -> ColumnExpression:
        """A part of an address. On a flagged record, only callers who may see confidential addresses get it."""
        return ColumnExpression(
            # A flag that is neither 0 nor 1 counts as 1.
            f"CASE WHEN is_confidential = 0 OR :sees_confidential THEN {name} ELSE {replacement} END"
        )


def plain(names: str) -> dict[str, ColumnExpression]:
    """Columns that are selected unchanged; names are separated by spaces."""
    return {name: ColumnExpression(name) for name in names.split()}


ADDRESS = {
    "street": ColumnExpression.confidential("street", "'ADDRESS CONFIDENTIAL'"),
    **{name: ColumnExpression.confidential(name) for name in ("city", "state", "postal_code")},
}


@dataclass(frozen=True)
class Table:
    """One table of a source.

    record:      what the journal calls its records; None if its rows are parts of other records.
    visible:     further condition on rows, with the scope's fields as parameters.
    empty_scope: fields of the scope without which rows may be hidden; EMPTY is then reported as OK.
    has_subject: whether it has the columns subject_user, subject_surname and subject_ori.
    """

    name: str
    columns: Mapping[str, ColumnExpression]
    record: RecordKind | None = None
    visible: str = "1"
    empty_scope: tuple[str, ...] = ()
    order: str = ""
    has_subject: bool = True

    @cached_property
    def layout(self) -> Layout:
        """Index of each column in a row."""
        return {name: index for index, name in enumerate(self.columns, start=META_COLUMN_COUNT)}

    def select(
        self, key_columns: tuple[str, ...], keys: Sequence[Hashable], columns: GrantedColumns, grant: Grant
    ) -> Statement:
        """Rows whose key is one of `keys`, in `layout`; a column that is not in `columns` is null.

        Of the caller's own record only its relation is returned, so that the attempt can be flagged.
        Raises: NotGranted without a grant.
        """
        if not isinstance(grant, Grant):
            raise NotGranted(self.name)
        parameters = scope_parameters(grant.scope) | {"keys": orjson.dumps(keys).decode()}
        parts = (self, key_columns, tuple(columns), grant.scope.sees_related)
        lenient_text = partial(select_text, *parts, is_lenient=True)
        return Statement(select_text(*parts), parameters, len(keys), lenient_text=lenient_text)

    def __hash__(self) -> int:
        return hash(self.name)

    def expressions(self, columns: GrantedColumns, scope: Scope | None = None) -> list[str]:
        """SQL of each column of the table: its mask if only that is granted, NULL if nothing is.

        With a scope that does not see related subjects, each is NULL in a row about one of them.
        """
        granted = dict(columns)
        withholds_related = scope is not None and not scope.sees_related
        shown = (
            None if name not in granted else column.masked if granted[name] else column.sql
            for name, column in self.columns.items()
        )
        return [
            "NULL" if sql is None else f"CASE WHEN NOT {IS_RELATED} THEN {sql} END" if withholds_related else sql
            for sql in shown
        ]


def scope_parameters(scope: Scope) -> dict[str, Any]:
    """A scope as SQL parameters."""
    return {
        "user": scope.user,
        "surname": scope.surname,
        "ori": scope.ori,
        "sees_related": scope.sees_related,
        "sees_convictions": scope.sees_convictions,
        "sees_arrests": scope.sees_arrests,
        "sees_supervision": scope.sees_supervision,
        "sees_sealed": scope.sees_sealed,
        "sees_juvenile": scope.sees_juvenile,
        "sees_confidential": scope.sees_confidential,
    }


@lru_cache(maxsize=4096)
def select_text(
    table: Table,
    key_columns: tuple[str, ...],
    columns: tuple[Visible, ...],
    sees_related: bool,
    *,
    is_lenient: bool = False,
) -> str:
    """SQL of a table's rows by a key. `is_lenient`: for rows with values that JSON cannot hold."""
    if len(key_columns) == 1:
        key, key_parts = key_columns[0], ["value"]
    else:
        key = f"json_array({', '.join(key_columns)})"
        key_parts = [f"value ->> {index}" for index in range(len(key_columns))]
    relation = SUBJECT_MATCH_BITS if table.has_subject else "0"
    number = table.record.column if table.record else "NULL"
    cells = [number, relation, *table.expressions(columns)]
    if is_lenient:
        cells = [lenient_cell(each) for each in cells]
    row = f"json_array({', '.join([key, *cells])})"
    visible = table.visible
    if table.has_subject:
        withheld = ""
        if not sees_related:
            withheld = f"WHEN {IS_RELATED} THEN json_array({key}, NULL, {SUBJECT_MATCH_BITS} + 8)"
        row = f"CASE WHEN {IS_OWN_RECORD} THEN '[null,null,1]' {withheld} ELSE {row} END"
        visible = f"({IS_OWN_RECORD} OR ({visible}))"
    keys = ", ".join(f"{sql} AS wanted_{index}" for index, sql in enumerate(key_parts))
    matches = " AND ".join(f"{column} = wanted_{index}" for index, column in enumerate(key_columns))
    # SQLite never reorders a cross join: each key is looked up, and a small table is not scanned instead.
    # The JSON is built before sorting, so that the sort moves one string. `group_concat` keeps the subquery's order;
    # SQLite does not promise that, so `test_lists_are_in_the_order_of_their_table` holds it.
    order = f"ORDER BY {table.order}" if table.order else ""
    return (
        f"SELECT '[' || ifnull(group_concat(cells), '') || ']' FROM (SELECT {row} AS cells"
        f" FROM (SELECT {keys} FROM json_each(:keys)) CROSS JOIN {table.name} ON {matches} WHERE {visible} {order})"
    )
