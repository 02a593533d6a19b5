"""A table of one source, and the statements that read it: only granted columns, only rows that the grant covers.

Every rule about records is bound here, into the WHERE clause or the column's expression, so that what may not be
known never leaves its source. Knows nothing of why a grant was given.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import orjson

from engine.authorization import Visible
from engine.declarations import Layout
from policy.grants import Grant, Scope
from resolvers.errors import NotGranted
from resolvers.record import RecordKind
from sources.source import Statement

Columns = Sequence[Visible]
"""What may be read, in order of name."""

# The caller's own record is never shown; a namesake or a colleague only to a caller who has stepped up.
OWN = "subject_user IS :user"
STRANGERS = "(:is_stepped_up OR (subject_surname <> :surname AND subject_ori IS NOT :ori))"

# What a row is to the caller, beside their own, which is 1.
CLOSE = "(subject_surname IS :surname) * 2 + (subject_ori IS :ori) * 4"

MARKS = 3
"""What stands before the columns: the key, the record's number, and what it is to the caller."""


@dataclass(frozen=True, slots=True)
class Column:
    """An SQL expression, and the one that stands for it where only a mask is granted."""

    sql: str
    masked: str = "NULL"

    @staticmethod
    def confidential(name: str, instead: str = "NULL") -> Column:
        """A part of an address, which a flagged record shows only to those who may see confidential ones."""
        return Column(f"CASE WHEN is_confidential AND NOT :sees_confidential THEN {instead} ELSE {name} END")


@dataclass(frozen=True)
class Table:
    """One table.

    record:  what the journal calls its records; None if rows are parts of others.
    visible: further conditions on rows, with the scope's names as parameters.
    is_about_somebody: does it carry subject_user, subject_surname and subject_ori?
    """

    name: str
    columns: Mapping[str, Column]
    record: RecordKind | None = None
    visible: str = "1"
    order: str = ""
    is_about_somebody: bool = True

    @cached_property
    def layout(self) -> Layout:
        """Where each column stands in a row."""
        return {name: place for place, name in enumerate(self.columns, start=MARKS)}

    def select(self, by: tuple[str, ...], keys: Sequence[Hashable], columns: Columns, grant: Grant) -> Statement:
        """Rows whose key is one of `keys`, as `layout` has it, with null for every column that is not in `columns`.

        A row about the caller is its marks alone, so that the attempt can be flagged.
        """
        if not isinstance(grant, Grant):
            raise NotGranted(self.name)
        given = parameters(grant.scope) | {"keys": orjson.dumps(keys).decode()}
        return Statement(_select(self, by, tuple(columns)), given, len(keys))

    def __hash__(self) -> int:
        return hash(self.name)

    def expressions(self, columns: Columns) -> list[str]:
        """The SQL of each column of the table: masked where only that is granted, null where nothing is."""
        masked = dict(columns)
        return [
            "NULL" if name not in masked else column.masked if masked[name] else column.sql
            for name, column in self.columns.items()
        ]

    @property
    def number(self) -> str:
        """The record's own number, for the journal; the key of its table."""
        return self.record.column if self.record else "NULL"


def parameters(scope: Scope) -> dict[str, Any]:
    """A scope as SQL parameters."""
    return {
        "user": scope.user,
        "surname": scope.surname,
        "ori": scope.ori,
        "is_stepped_up": scope.is_stepped_up,
        "sees_convictions": scope.sees_convictions,
        "sees_arrests": scope.sees_arrests,
        "sees_supervision": scope.sees_supervision,
        "sees_sealed": scope.sees_sealed,
        "sees_juvenile": scope.sees_juvenile,
        "sees_confidential": scope.sees_confidential,
    }


@lru_cache(maxsize=4096)
def _select(table: Table, by: tuple[str, ...], columns: tuple[Visible, ...]) -> str:
    if len(by) == 1:
        key, wanted = by[0], ["value"]
    else:
        key, wanted = f"json_array({', '.join(by)})", [f"value ->> {place}" for place in range(len(by))]
    close = CLOSE if table.is_about_somebody else "0"
    row = f"json_array({', '.join([key, table.number, close, *table.expressions(columns)])})"
    seen = table.visible
    if table.is_about_somebody:
        row = f"CASE WHEN {OWN} THEN '[null,null,1]' ELSE {row} END"
        seen = f"({OWN} OR ({STRANGERS} AND ({seen})))"
    keys = ", ".join(f"{sql} AS wanted_{place}" for place, sql in enumerate(wanted))
    matches = " AND ".join(f"{column} = wanted_{place}" for place, column in enumerate(by))
    # A cross join is never turned round: each key is looked up, and no table is read whole for being small.
    # What is sorted is one text, not every column of it.
    order = f"ORDER BY {table.order}" if table.order else ""
    return (
        f"SELECT '[' || ifnull(group_concat(answer), '') || ']' FROM (SELECT {row} AS answer"
        f" FROM (SELECT {keys} FROM json_each(:keys)) CROSS JOIN {table.name} ON {matches} WHERE {seen} {order})"
    )
