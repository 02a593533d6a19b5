"""Sources of the application under test in PostgreSQL, with its journal, or remote: `pytest --databases remote`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.postgres_server import PostgresServer
from resolvers.catalogue import NAMES, SPECS
from resolvers.remote_tables import can_be_remote
from seed.postgres import copy_world
from sources.postgres.address import Address
from tests.audit.postgres.databases import Database, new_journal
from tests.postgres import drop_database, new_database
from tests.remote_server import remote_server


@dataclass
class _Journal:
    """The journal of a data folder, which several applications may share, at once or one after another."""

    name: str
    users: int = 0


class Databases:
    """Databases with what data folders hold: the rows of their sources, and a journal for each folder.

    Applications only read their sources, so folders with the same files share them until a file is renewed.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._worlds: dict[bytes, str] = {}  # address by the content of the files
        self._in_use: dict[Path, str] = {}
        self._journals: dict[Path, _Journal] = {}
        self._empty: Database | None = None

    @asynccontextmanager
    async def settings(self, folder: Path) -> AsyncIterator[dict[str, Any]]:
        """Settings of an application over this folder."""
        journal = await self._journal(folder)
        self._in_use[folder] = world = await self._world(folder)
        assert self._empty is not None
        as_server = urlsplit(self._empty.as_server.url)._replace(path=f"/{journal.name}").geturl()
        journal.users += 1
        try:
            yield {"addresses": dict.fromkeys(NAMES, world), "journal": as_server}
        finally:
            journal.users -= 1

    def renew(self, file: Path) -> None:
        """Write the rows of a source's file into its database, which no other folder shares from now on."""
        if (world := self._in_use.get(file.parent)) is None:
            return
        self._worlds = {content: url for content, url in self._worlds.items() if url != world}
        with ThreadPoolExecutor(1) as thread:  # with an event loop of its own
            thread.submit(copy_world, file.parent, Address.parse(world), overwrite=True, sources=[file.stem]).result()

    async def _world(self, folder: Path) -> str:
        content = sha256(b"".join((folder / f"{name}.db").read_bytes() for name in NAMES)).digest()
        if content not in self._worlds:
            url = await new_database(self._server)
            await asyncio.to_thread(copy_world, folder, Address.parse(url))
            self._worlds[content] = url
        return self._worlds[content]

    async def _journal(self, folder: Path) -> _Journal:
        if folder not in self._journals:
            if self._empty is None:
                self._empty = await new_journal(self._server)
            for unused in [each for each, journal in self._journals.items() if not journal.users]:
                await drop_database(self._server, self._journals.pop(unused).name)
            self._journals[folder] = _Journal(_name(await new_database(self._server, like=self._empty.name)))
        return self._journals[folder]


class RemoteSystems:
    """Remote sources over the files of data folders, for those sources that can be remote. They read a file anew."""

    @asynccontextmanager
    async def settings(self, folder: Path) -> AsyncIterator[dict[str, Any]]:
        """Settings of an application over this folder."""
        remote = [spec.name for spec in SPECS if can_be_remote(spec.name) and (folder / f"{spec.name}.db").exists()]
        with ExitStack() as servers:
            yield {"addresses": {each: servers.enter_context(remote_server(folder / f"{each}.db")) for each in remote}}


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
