"""SQLite files with one table, and statements for them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sources.errors import SourceUnavailable
from sources.request import Request
from sources.source import Source
from sources.sql.dialects import Dialect, SqliteDialect
from sources.sql.json import lenient_cell
from sources.sql.query import Query, Sql
from sources.sqlite.source import SqliteSource

OpenSource = Callable[..., SqliteSource]
RunEndless = Callable[..., Any]


@dataclass(frozen=True)
class SqliteQuery(Query):
    """A query in SQLite's own SQL, whose rows have so many cells."""

    text: str
    width: int = 1

    def sql(self, dialect: Dialect) -> Sql:
        assert isinstance(dialect, SqliteDialect)
        names = [f"c{index}" for index in range(self.width)]
        row = f"json_array({', '.join(map(lenient_cell, names) if dialect.is_lenient else names)})"
        found = f"WITH result({', '.join(names)}) AS ({self.text})"
        return Sql(f"{found} SELECT '[' || ifnull(group_concat({row}), '') || ']' FROM result")


def request_of(sql: str, width: int = 1, **parameters: Any) -> Request:
    """A request in SQLite's own SQL, whose rows have so many cells."""
    return Request(SqliteQuery(sql, width), parameters)


ENDLESS = request_of("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
NAME = request_of("SELECT name FROM thing")


def write_file(path: Path, name: str) -> Path:
    """A file with the table `thing`, whose one row is `name`."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE thing (name TEXT)")
        file.execute("INSERT INTO thing VALUES (?)", (name,))
        file.commit()
    return path


def worker_threads() -> set[threading.Thread]:
    """The threads of worker pools that are alive."""
    return {thread for thread in threading.enumerate() if thread.name == "needtoknow-sqlite"}


async def failure_status(source: Source, request: Request = NAME) -> str:
    """The status of a fetch that fails: TIMEOUT or DOWN."""
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch(request)
    return caught.value.status
