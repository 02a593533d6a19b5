"""Table reads: which rows and columns of which tables a query needs. They are found in the query's own expressions.

A query looks up rows of one table by one of its columns. Its rules may read other tables, such as the subject of a
cycle; each is joined to the first by a foreign key, so its rows are asked for by the values of that key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Alias, Column, Table
from sqlalchemy.sql import visitors

from sources.errors import NotRemote
from sources.sql.query import Query, SelectQuery


@dataclass(frozen=True, slots=True)
class TableRead:
    """Columns of one table, whose rows are looked up by one of them.

    key:       the column by which rows are looked up.
    joined_by: the column of the query's first table whose values are the keys; None: the keys of the request.
    """

    key: Column[Any]
    columns: tuple[Column[Any], ...]
    joined_by: Column[Any] | None = None

    @property
    def table(self) -> str:
        return str(self.key.table.name)


@lru_cache(maxsize=4096)
def table_reads(query: Query) -> tuple[TableRead, ...]:
    """The table by whose column a query looks up rows, and then those that its rules read besides.

    Raises: NotRemote if it is a query of another kind.
    """
    if not isinstance(query, SelectQuery) or (key := query.frame.key) is None:
        raise NotRemote("a query is not by the values of one column")
    first = key.table
    found: dict[Any, set[Column[Any]]] = {first: {key}}
    for expression in (query.frame.select(), *query.shown.cells()):
        for each in visitors.iterate(expression):
            if isinstance(each, Column) and isinstance(each.table, Alias):
                # Those would not be there, and the rule would hold as if there were none.
                raise NotRemote("a rule reads further rows than those of the keys that are asked for")
            if isinstance(each, Column) and isinstance(each.table, Table):
                found.setdefault(each.table, set()).add(each)
    keys: dict[Any, tuple[Column[Any], Column[Any] | None]] = {first: (key, None)}
    for table in found.keys() - {first}:
        joins = [*_joins(first, table), *((own, other) for other, own in _joins(table, first))]
        if len(joins) != 1:
            raise NotRemote(f"table {table.name} has no foreign key to or from table {first.name}")
        ((joined_by, own_key),) = joins
        found[first].add(joined_by)
        found[table].add(own_key)
        keys[table] = own_key, None if joined_by is key else joined_by
    return tuple(_read(found[table], *keys[table]) for table in found)


def merged_reads(queries: Iterable[Query]) -> list[TableRead]:
    """One read for each key of these queries, of all columns that they need. Raises: NotRemote."""
    found: dict[Column[Any], set[Column[Any]]] = {}
    for query in queries:
        for read in table_reads(query):
            found.setdefault(read.key, set()).update(read.columns)
    return [_read(columns, key, None) for key, columns in found.items()]


def _joins(table: Table, other: Table) -> Iterator[tuple[Column[Any], Column[Any]]]:
    """(column, column of the other table) for each foreign key from a table to another one."""
    yield from ((each.parent, each.column) for each in table.foreign_keys if each.column.table is other)


def _read(columns: set[Column[Any]], key: Column[Any], joined_by: Column[Any] | None) -> TableRead:
    return TableRead(key, tuple(each for each in key.table.columns if each in columns), joined_by)
