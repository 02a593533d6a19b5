"""Tables of a source: which its fetches read, and whether a file has their columns and indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from engine.authorization import Visible
from resolvers.catalogue import SPECS
from resolvers.subject_columns import SQL_FUNCTIONS
from resolvers.table import Lookup, ShownColumns
from sources.sql.dialects import SQLITE
from sources.sql.query import SelectQuery, sql_of


def lookups_of(source: str) -> Iterator[tuple[str, str, SelectQuery]]:
    """(table, keys, query) of each fetch of a source by a key."""
    (spec,) = (each for each in SPECS if each.name == source)
    tables = {id(each.layout): each for each in spec.tables}
    for fetch in spec.fetches:
        table = tables[id(fetch.layout)]
        columns = tuple(Visible(name, is_masked=False) for name in table.columns)
        query = SelectQuery(Lookup(table, fetch.key_columns, sees_related=True), ShownColumns(table, columns))
        yield table.name, ", ".join(fetch.key_columns), query


def missing_parts(source: str, path: Path) -> list[str]:
    """Sentences that say which tables, columns or indexes are missing; none if all are there.

    Raises: sqlite3.Error if the file cannot be read.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        for name, function in SQL_FUNCTIONS.items():
            connection.create_function(name, 1, function, deterministic=True)
        lookups = ((table, keys, sql_of(query, SQLITE).text) for table, keys, query in lookups_of(source))
        return list(dict.fromkeys(sentence for lookup in lookups for sentence in _missing(connection, *lookup)))


def _missing(connection: sqlite3.Connection, table: str, keys: str, text: str) -> list[str]:
    try:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", _Nulls())
        details = [str(row[3]) for row in plan]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        # SQLite names the table or the column of our own statement, and no value.
        return [f"table {table}: {error}"]
    # Without an index SQLite reads the whole table, or makes an index for each statement.
    if any(detail.startswith(f"SCAN {table}") or " AUTOMATIC " in detail for detail in details):
        return [f"table {table}: no index for {keys}"]
    return []


class _Nulls(dict[str, None]):
    """Parameters that are all null: the plan of a statement does not depend on them."""

    def __missing__(self, _name: str) -> None:
        return None
