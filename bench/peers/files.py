"""SQLite files for the peers that use aiosqlite: one connection a file, rows by column name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite
import orjson

from bench.peers.statements import CACHE, SOURCES, STATEMENTS

Row = aiosqlite.Row
ObserveRows = Callable[[str, Sequence[Row]], object]
Batch = Callable[[Sequence[Any]], Coroutine[Any, Any, list[Any]]]
Loader = TypeVar("Loader")


class Files:
    def __init__(
        self,
        data: Path,
        connections: dict[str, aiosqlite.Connection] | None = None,
        observe: ObserveRows | None = None,
    ) -> None:
        """`observe` is given the rows of each statement."""
        self._data = data
        self._connections = {} if connections is None else connections
        self._observe = observe

    def observed(self, observe: ObserveRows) -> Files:
        """The same files with an observer, for one request."""
        return Files(self._data, self._connections, observe)

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """The ASGI application's lifespan: opens the files, and closes them."""
        async with AsyncExitStack() as stack:
            for source in SOURCES:
                path = f"{(self._data / source).absolute().as_uri()}.db?mode=ro"
                connection = await stack.enter_async_context(aiosqlite.connect(path, uri=True))
                connection.row_factory = aiosqlite.Row
                await connection.execute_fetchall(CACHE)
                self._connections[source] = connection
            yield

    async def rows(self, name: str, **parameters: Any) -> Sequence[Row]:
        source, sql = STATEMENTS[name]
        found = cast(list[Row], await self._connections[source].execute_fetchall(sql, parameters))
        if self._observe is not None:
            self._observe(name, found)
        return found

    def loaders(self, loader: Callable[[Batch], Loader]) -> dict[str, Loader]:
        """A new DataLoader for each statement with a batch of keys, by the statement's name."""
        return {
            "persons_by_id": loader(self._row("persons_by_id", "id")),
            "persons_by_license": loader(self._row("persons_by_license", "license_state", "license_number")),
            "vehicles_by_owner": loader(self._rows("vehicles_by_owner", "owner_license_state", "owner_license")),
            "warrants_by_fbi": loader(self._rows("warrants_by_fbi", "subject_fbi")),
            "orders_by_carpos": loader(self._rows("orders_by_carpos", "restrained_carpos")),
            "parties_by_order": loader(self._rows("parties_by_order", "order_number")),
            "subjects_by_cii": loader(self._row("subjects_by_cii", "cii_number")),
            "cycles_by_cii": loader(self._rows("cycles_by_cii", "cii_number")),
            "charges_by_cycle": loader(self._rows("charges_by_cycle", "cycle")),
        }

    def _rows(self, name: str, *columns: str) -> Batch:
        """A batch function: the rows of each key."""

        async def load(keys: Sequence[Any]) -> list[list[Row]]:
            groups: defaultdict[Hashable, list[Row]] = defaultdict(list)
            for row in await self.rows(name, keys=orjson.dumps(list(keys)).decode()):
                groups[_key(row, columns)].append(row)
            return [groups[key] for key in keys]

        return load

    def _row(self, name: str, *columns: str) -> Batch:
        """A batch function: the row of each key, or None."""

        async def load(keys: Sequence[Any]) -> list[Row | None]:
            rows = await self.rows(name, keys=orjson.dumps(list(keys)).decode())
            by_key = {_key(row, columns): row for row in rows}
            return [by_key.get(key) for key in keys]

        return load


def _key(row: Row, columns: tuple[str, ...]) -> Hashable:
    return row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns)
