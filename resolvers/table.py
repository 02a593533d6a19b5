"""A table of one source, and the statements that read it: only granted columns, only rows that the grant covers.

Every rule about records is bound here, into the WHERE clause or the column's expression, so that what may not be
known never leaves its source. Knows nothing of why a grant was given.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from policy.grants import Grant, Scope
from resolvers.errors import NotGranted
from resolvers.record import RecordKind
from resolvers.source import Statement

Columns = Mapping[str, Grant]
"""What may be read: each column with the grant that allows it."""

# The caller's own record is never shown; a namesake or a colleague only to a caller who has stepped up.
OWN = "subject_user IS :user"
STRANGERS = "(:is_stepped_up OR (subject_surname <> :surname AND subject_ori IS NOT :ori))"


MARKS = 3
"""What stands before the columns: the key, the record's number, and whether it is the caller's own."""


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
    order: str = "1"
    is_about_somebody: bool = True

    def select(self, by: tuple[str, ...], keys: Sequence[Hashable], columns: Columns, grant: Grant) -> Statement:
        """Rows whose key is one of `keys`: the key first, then what marks the row, then `columns` in order of name.

        A row about the caller is a mark alone, with null in every column, so that the attempt can be flagged.
        """
        if not isinstance(grant, Grant):
            raise NotGranted(self.name)
        shape = tuple((name, columns[name].is_masked) for name in sorted(columns))
        text = _select(self, by, shape)
        given = parameters(grant.scope) | {"keys": orjson.dumps(list(keys)).decode()}
        return Statement(text, given, MARKS + len(shape), len(keys))

    def __hash__(self) -> int:
        return hash(self.name)

    def expressions(self, shape: tuple[tuple[str, bool], ...]) -> list[str]:
        """The SQL of each column, masked where only that is granted."""
        return [self.columns[name].masked if masked else self.columns[name].sql for name, masked in shape]

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
def _select(table: Table, by: tuple[str, ...], shape: tuple[tuple[str, bool], ...]) -> str:
    if len(by) == 1:
        key, wanted = by[0], ["value"]
    else:
        key, wanted = f"json_array({', '.join(by)})", [f"value ->> {place}" for place in range(len(by))]
    shown = [key, table.number, "0", *table.expressions(shape)]
    seen = table.visible
    if table.is_about_somebody:
        key, number, _, *columns = (f"CASE WHEN NOT {OWN} THEN {sql} END" for sql in shown)
        shown = [key, number, OWN, *columns]
        seen = f"({OWN} OR ({STRANGERS} AND ({seen})))"
    keys = ", ".join(f"{sql} AS wanted_{place}" for place, sql in enumerate(wanted))
    matches = " AND ".join(f"{column} = wanted_{place}" for place, column in enumerate(by))
    # A cross join is never turned round: each key is looked up, and no table is read whole for being small.
    return (
        f"SELECT {', '.join(shown)} FROM (SELECT {keys} FROM json_each(:keys)) CROSS JOIN {table.name}"
        f" ON {matches} WHERE {seen} ORDER BY {table.order}"
    )
