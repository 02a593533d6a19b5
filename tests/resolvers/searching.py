"""Searches over a seeded file: a source without threads, the pages of a search, and the query plan of a statement."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from policy.grants import Grant
from resolvers.fetch import Fetch
from resolvers.paging import Cursors
from resolvers.subject_columns import SQL_FUNCTIONS
from sources.request import Request
from sources.source import Rows
from tests.harness import sql_text
from tests.resolvers.columns import granted

CURSORS = Cursors(bytes(32))


class InlineSource:
    """A source on the caller's own thread, so that hypothesis can fetch from it often."""

    system = "sqlite"
    answered_at = None

    def __init__(self, file: Path) -> None:
        self.name = file.stem
        self.connection = with_functions(sqlite3.connect(file))

    async def fetch(self, request: Request) -> Rows:
        ((cell,),) = self.connection.execute(sql_text(request), request.parameters)
        rows: Rows = orjson.loads(cell)
        return rows

    async def probe(self) -> None:
        """It answers always."""

    async def close(self) -> None:
        self.connection.close()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()


@dataclass(frozen=True)
class FoundPage:
    """One page of a search, and what its batch reported."""

    edges: list[dict[str, Any]]
    total: int
    has_next: bool
    flags: set[str]
    records: list[str]


def find_page(source: InlineSource, fetch: Fetch, search: Any, grant: Grant, *columns: str) -> FoundPage:
    batch = asyncio.run(fetch.read(source, grant, [search], granted(columns)))
    page = batch.found.get(search) or fetch.when_missing()
    return FoundPage(page["edges"], page["total"], page["has_next_page"], batch.flags, batch.records)


def all_pages(find: Callable[[Any], FoundPage]) -> Iterator[FoundPage]:
    """Every page in order. `find` takes the position of the hit before its page."""
    after, has_next = None, True
    while has_next:
        page = find(after)
        yield page
        after, has_next = page.edges[-1]["position"] if page.edges else None, page.has_next


def with_functions(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection that knows the functions of the resolvers' SQL."""
    for name, function in SQL_FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)
    return connection


def query_plan(connection: sqlite3.Connection, request: Request) -> list[str]:
    """The steps of SQLite's plan."""
    with_functions(connection)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql_text(request)}", request.parameters)]
