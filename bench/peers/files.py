"""SQLite files for the peers that use aiosqlite: one connection a file, rows by column name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import aiosqlite
import orjson

from bench.peers.statements import CACHE, SOURCES, STATEMENTS

Row = aiosqlite.Row


class Files:
    def __init__(self, data: Path) -> None:
        self._data = data
        self._connections: dict[str, aiosqlite.Connection] = {}

    async def open(self) -> None:
        for source in SOURCES:
            path = f"{(self._data / source).absolute().as_uri()}.db?mode=ro"
            connection = self._connections[source] = await aiosqlite.connect(path, uri=True)
            connection.row_factory = aiosqlite.Row
            await connection.execute_fetchall(CACHE)

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.close()

    async def rows(self, name: str, **given: Any) -> Iterable[Row]:
        source, sql = STATEMENTS[name]
        return await self._connections[source].execute_fetchall(sql, given)

    def many(self, name: str, *columns: str) -> Callable[[Sequence[Any]], Any]:
        """A DataLoader batch function: the rows of each key."""

        async def load(keys: Sequence[Any]) -> list[list[Row]]:
            groups: defaultdict[Hashable, list[Row]] = defaultdict(list)
            for row in await self.rows(name, keys=orjson.dumps(list(keys)).decode()):
                groups[_key(row, columns)].append(row)
            return [groups[key] for key in keys]

        return load

    def one(self, name: str, *columns: str) -> Callable[[Sequence[Any]], Any]:
        """A DataLoader batch function: the row of each key, or None."""

        async def load(keys: Sequence[Any]) -> list[Row | None]:
            rows = await self.rows(name, keys=orjson.dumps(list(keys)).decode())
            found = {_key(row, columns): row for row in rows}
            return [found.get(key) for key in keys]

        return load


def _key(row: Row, columns: tuple[str, ...]) -> Hashable:
    return row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns)
