"""Tables of a source's database: whether they have the columns and the indexes that its fetches use, and their rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg

from resolvers.catalogue import FOLDS, spec_of
from resolvers.source_tables import lookups_of, searches_of
from sources.postgres.address import Address
from sources.postgres.causes import cause_of
from sources.postgres.connection import ERRORS, Connector
from sources.postgres.record_check import check_database
from sources.record_check import Checks, TableReport
from sources.sql.dialects import POSTGRES
from sources.sql.query import sql_of

CONNECT_S = 5.0


def missing_in_database(source: str, address: Address) -> list[str]:
    """Sentences that say what is missing; none if all is there, and one alone if the database does not answer.

    None repeats a value, a user or a password.
    """
    return asyncio.run(_missing(source, address))


def check_rows(
    source: str,
    address: Address,
    checks: Checks,
    is_over: Callable[[], bool],
    on_rows: Callable[[int], object],
) -> tuple[list[TableReport], str | None]:
    """What is wrong with the rows of a source's tables, and the cause if not all could be read."""
    reports: list[TableReport] = []

    async def check() -> None:
        tables = spec_of(source).metadata.sorted_tables
        async for report in check_database(address, tables, checks, FOLDS, is_over=is_over, on_rows=on_rows):
            reports.append(report)  # noqa: PERF401 - those before an error count

    try:
        asyncio.run(check())
    except ERRORS as error:
        return reports, f"it cannot be read: {cause_of(error)}"
    return reports, None


async def _missing(source: str, address: Address) -> list[str]:
    try:
        connection = await Connector(address, "needtoknow sources").connect(CONNECT_S)
    except ERRORS as error:
        return [f"it cannot be read: {cause_of(error)}"]
    try:
        found: list[str] = []
        for table, keys, query in lookups_of(source):
            found += await _faults(connection, f"table {table}", keys, sql_of(query, POSTGRES).text)
        if not found:
            for query in searches_of(source):
                found += await _faults(connection, "searches", "", sql_of(query, POSTGRES).text)
    finally:
        await connection.close()
    return list(dict.fromkeys(found))


async def _faults(connection: asyncpg.Connection, noun: str, keys: str, text: str) -> list[str]:
    """What a statement of `noun`, such as "table warrant", lacks. Without keys its indexes are not looked at."""
    try:
        # Neither the setting nor a name of the statement may stay: a pooler gives the connection to others.
        async with connection.transaction():
            await connection.execute("SET LOCAL enable_seqscan = off")
            statement = await connection.prepare(f"EXPLAIN {text}", name="")
            nulls = [None] * len(statement.get_parameters())
            plan = [row[0] for row in await statement.fetch(*nulls)]
    except (asyncpg.SyntaxOrAccessError, asyncpg.DataError) as error:
        # PostgreSQL names the table or the column of our own statement, and no value.
        return [f"{noun}: {str(error).splitlines()[0]}"]
    is_scanned = any(f"Seq Scan on {noun.removeprefix('table ')} " in line for line in plan)
    return [f"{noun}: no index for {keys}"] if keys and is_scanned else []
