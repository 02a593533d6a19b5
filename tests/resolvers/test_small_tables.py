"""Tables with few rows, for which SQLite plans other statements: every fetch finds the row of each of its keys."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from policy.record_classes import RecordClass
from resolvers.catalogue import SPECS
from resolvers.subject_columns import SQL_FUNCTIONS
from resolvers.table import Table, scope_parameters
from seed.world import write
from sources.sql.dialects import SQLITE
from sources.sql.query import sql_of
from tests.resolvers.conftest import MakeGrant

FEW_PEOPLE = (40, 60, 120, 400)

KEYS_OF_TABLES = sorted(
    {
        (spec.name, position, fetch.key_columns)
        for spec in SPECS
        for position, table in enumerate(spec.tables)
        for fetch in spec.fetches
        if fetch.table == table.name and all(name in table.keys or name in table.stored.c for name in fetch.key_columns)
    }
)


def opened(file: Path, *, has_statistics: bool) -> sqlite3.Connection:
    """A copy of a source's file in memory."""
    connection = sqlite3.connect(":memory:")
    for name, function in SQL_FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
    with closing(sqlite3.connect(file)) as stored:
        stored.backup(connection)
    if not has_statistics:
        connection.execute("DELETE FROM sqlite_stat1")
        connection.execute("ANALYZE sqlite_schema")
    return connection


def stored_keys(connection: sqlite3.Connection, table: Table, columns: tuple[str, ...], grant: Any) -> Iterator[Any]:
    """Each key that a row has, in the form of a request."""
    cells = [table.key(name).label(f"key_{index}") for index, name in enumerate(columns)]
    statement = str(select(*cells).select_from(table.stored).compile(dialect=SQLITE))
    scope = scope_parameters(grant.scope)
    for key in connection.execute(statement, scope):
        if None not in key:
            yield list(key) if len(key) > 1 else key[0]


@pytest.fixture(scope="module", params=FEW_PEOPLE, ids="{} people".format)
def few(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world."""
    return write(tmp_path_factory.mktemp("few"), request.param, 1).folder


@pytest.mark.parametrize(("source", "position", "columns"), KEYS_OF_TABLES, ids=str)
def test_a_fetch_finds_the_same_rows_in_a_table_of_few_rows(
    few: Path, grant: MakeGrant, source: str, position: int, columns: tuple[str, ...]
) -> None:
    """With SQLite's statistics, which tell it that a table is small, and without."""
    table = next(spec for spec in SPECS if spec.name == source).tables[position]
    given = grant(RecordClass.IDENTITY)
    found = []
    for has_statistics in (True, False):
        with closing(opened(few / f"{source}.db", has_statistics=has_statistics)) as connection:
            keys = list(stored_keys(connection, table, columns, given))
            request = table.request(columns, keys, [], given)
            (cell,) = connection.execute(sql_of(request.query, SQLITE).text, request.parameters).fetchone()
            found.append(sorted(map(json.dumps, json.loads(cell or "[]"))))

    assert found[0] == found[1]
