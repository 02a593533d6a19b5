"""Tables of a source: which its fetches read, and whether a file has their columns and indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from engine.authorization import Visible
from resolvers.catalogue import spec_of
from resolvers.subject_columns import SQL_FUNCTIONS
from resolvers.table import Lookup, ShownColumns
from sources.sql.dialects import SQLITE
from sources.sql.query import SelectQuery, sql_of


def lookups_of(source: str) -> Iterator[tuple[str, str, SelectQuery]]:
    """(table, keys, query) of each fetch of a source by a key."""
    spec = spec_of(source)
    tables = {id(each.layout): each for each in spec.tables}
    for fetch in spec.fetches:
        table = tables[id(fetch.layout)]
        columns = tuple(Visible(name, is_masked=False) for name in table.columns)
        query = SelectQuery(
            Lookup(table, fetch.key_columns, sees_related=True, sees_live=True), ShownColumns(table, columns)
        )
        yield table.name, ", ".join(fetch.key_columns), query


def searches_of(source: str) -> Iterator[SelectQuery]:
    """Queries that need every table and index that the searches of a source read."""
    spec = spec_of(source)
    if spec.searches is not None:
        yield from spec.load(spec.searches).indexed_queries()


def missing_parts(source: str, path: Path) -> list[str]:
    """Sentences that say which tables, columns or indexes are missing; none if all are there.

    Raises: sqlite3.Error if the file cannot be read.
    """
    with closing(empty_copy(path)) as connection:
        lookups = ((table, keys, sql_of(query, SQLITE).text) for table, keys, query in lookups_of(source))
        found = [sentence for lookup in lookups for sentence in _missing(connection, *lookup)]
        if not found:
            texts = (sql_of(query, SQLITE).text for query in searches_of(source))
            found = [f"searches: {plan}" for text in texts if isinstance(plan := _plan(connection, text), str)]
        return list(dict.fromkeys(found))


def empty_copy(path: Path) -> sqlite3.Connection:
    """The tables, views and indexes of a file without rows and statistics.

    With statistics, SQLite reads a table of two rows whole although it has the index.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
        declarations = file.execute(
            """SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND (rootpage > 0 OR type = 'view')
            AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type = 'index'"""
        ).fetchall()
    connection = sqlite3.connect(":memory:")
    for name, function in SQL_FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
    for (declaration,) in declarations:
        connection.execute(declaration)
    return connection


def _missing(connection: sqlite3.Connection, table: str, keys: str, text: str) -> list[str]:
    plan = _plan(connection, text)
    if isinstance(plan, str):
        return [f"table {table}: {plan}"]
    # Without an index SQLite reads the whole table, or makes an index for each statement.
    if any(step.startswith(f"SCAN {table}") or " AUTOMATIC " in step for step in plan):
        return [f"table {table}: no index for {keys}"]
    return []


def _plan(connection: sqlite3.Connection, text: str) -> list[str] | str:
    """The steps of a statement, or why it does not fit the tables.

    SQLite names a table or a column of our own statement then, and no value.
    """
    try:
        return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", _Nulls())]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        return str(error)


class _Nulls(dict[str, None]):
    """Parameters that are all null: the plan of a statement does not depend on them."""

    def __missing__(self, _name: str) -> None:
        return None
