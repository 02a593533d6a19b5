"""Record check of a source's database: the same as of a file, by a cursor on the server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

from sqlalchemy import Integer, Table

from sources.postgres.address import Address
from sources.postgres.connection import Connector
from sources.record_check import BATCH_ROWS, Checks, Folds, TableCheck, TableReport

CONNECT_S = 5.0
STATEMENT_S = 60.0


async def check_database(
    address: Address,
    tables: Iterable[Table],
    checks: Checks,
    folds: Folds,
    *,
    is_over: Callable[[], bool] = lambda: False,
    on_rows: Callable[[int], object] = lambda _rows: None,
) -> AsyncIterator[TableReport]:
    """Check every row of these tables, until `is_over`; a table or a column that is not there is left out.

    Raises: one of `sources.postgres.connection.ERRORS`.
    """
    connection = await Connector(address, "needtoknow sources").connect(CONNECT_S, command_timeout=STATEMENT_S)
    try:
        for table in tables:
            names = [row[0] for row in await connection.fetch(COLUMNS, table.name)]
            if not names:
                continue
            # All rows are of one state, and the server keeps them, not this process.
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                count = await connection.fetchval(f"SELECT count(*) FROM {table.name}")
                columns = [each for each in table.columns if each.name in names]
                given = (each.name if isinstance(each.type, Integer) else f"{each.name}::text" for each in columns)
                select = f"SELECT {', '.join(given)} FROM {table.name}"
                # A name for each table: the driver keeps the columns of a FETCH by its text.
                await connection.execute(f"DECLARE {table.name}_pages NO SCROLL CURSOR FOR {select}")
                page = f"FETCH {BATCH_ROWS} FROM {table.name}_pages"
                report = TableReport(table.name, count)
                found = TableCheck(
                    report, [each.name for each in columns], checks.get(table.name, {}), folds.get(table.name, {})
                )
                while not is_over() and (batch := await connection.fetch(page)):
                    found.add([tuple(map(_as_bytes, row)) for row in batch])
                    on_rows(len(batch))
            yield report
    finally:
        await connection.close()


COLUMNS = """SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped"""


def _as_bytes(value: object) -> object:
    return value.encode() if isinstance(value, str) else value
