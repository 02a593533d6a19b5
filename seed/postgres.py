"""A world in a PostgreSQL database: the rows of its files, copied in one transaction, and then the indexes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy import Table as StoredTable

from resolvers.catalogue import spec_of
from seed.catalogue import SEEDS
from seed.ddl import create_indexes, create_tables
from seed.errors import WorldExists, WorldUnwritable
from seed.world import Progress
from sources.postgres.address import Address
from sources.postgres.causes import cause_of
from sources.postgres.connection import ERRORS, Connector
from sources.sql.dialects import POSTGRES

CONNECT_S = 10.0
BATCH_ROWS = 20_000

OnRows = Callable[[int], object]
"""Called with a number of rows that have been copied."""


def copy_world(
    folder: Path,
    address: Address,
    progress: Callable[[Progress], None] | None = None,
    *,
    overwrite: bool = False,
    sources: Collection[str] = tuple(SEEDS),
) -> None:
    """Copy all tables of a world's files, or of some, into a database, completely or not at all.

    Raises: WorldExists if one of them is there and `overwrite` is false; WorldUnwritable.
    """
    total, copied = _count_rows(folder, sources), 0

    def on_rows(count: int) -> None:
        nonlocal copied
        copied += count
        if progress is not None:
            progress(Progress(copied, total, "Copying rows"))

    try:
        asyncio.run(_copy(folder, address, sources, on_rows, overwrite=overwrite))
    except ERRORS as error:
        raise WorldUnwritable(f"Cannot write a world into {address}: {cause_of(error)}.") from None


def tables_of(source: str) -> Iterator[MetaData]:
    """The declarations of all tables in a source's file."""
    yield spec_of(source).metadata
    yield from SEEDS[source].index_tables


def _count_rows(folder: Path, sources: Collection[str]) -> int:
    count = 0
    for source in sources:
        with _opened(folder, source) as file:
            for metadata in tables_of(source):
                for table in metadata.tables:
                    ((rows,),) = file.execute(f"SELECT count(*) FROM {table}")
                    count += rows
    return count


def _opened(folder: Path, source: str) -> closing[sqlite3.Connection]:
    uri = f"{(folder / f'{source}.db').absolute().as_uri()}?mode=ro"
    return closing(sqlite3.connect(uri, uri=True))


async def _copy(folder: Path, address: Address, sources: Collection[str], on_rows: OnRows, *, overwrite: bool) -> None:
    connection = await Connector(address, "needtoknow seed").connect(CONNECT_S)
    try:
        async with connection.transaction():
            for source in sources:
                with _opened(folder, source) as file:
                    for metadata in tables_of(source):
                        await _copy_tables(file, connection, address, metadata, on_rows, overwrite=overwrite)
            await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _copy_tables(
    file: sqlite3.Connection,
    connection: asyncpg.Connection,
    address: Address,
    metadata: MetaData,
    on_rows: OnRows,
    *,
    overwrite: bool,
) -> None:
    names = ", ".join(metadata.tables)
    if overwrite:
        await connection.execute(f"DROP TABLE IF EXISTS {names} CASCADE")
    try:
        for statement in create_tables(metadata, POSTGRES):
            await connection.execute(statement)
    except asyncpg.DuplicateTableError:
        raise WorldExists(f"{address} already holds a world; --overwrite writes another in its place.") from None
    for table in metadata.sorted_tables:
        await _copy_rows(file, connection, table, on_rows)
    for statement in create_indexes(metadata, POSTGRES):
        await connection.execute(statement)


async def _copy_rows(
    file: sqlite3.Connection, connection: asyncpg.Connection, table: StoredTable, on_rows: OnRows
) -> None:
    columns = [column.name for column in table.columns]
    rows = file.execute(f"SELECT {', '.join(columns)} FROM {table.name}")
    while batch := rows.fetchmany(BATCH_ROWS):
        await connection.copy_records_to_table(table.name, records=batch, columns=columns)
        on_rows(len(batch))
