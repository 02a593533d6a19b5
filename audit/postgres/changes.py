"""Changes in a journal's database: published by an administrator's role, and read by every server again and again.

A server asks for changes after the last one that it knows, so none is missed, even if its connection was lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic

import asyncpg

from audit.changes import Change, ChangeKind, PublishedChange
from audit.errors import JournalBroken, JournalUnavailable
from audit.postgres.connection import connect, connected, describe
from audit.postgres.version import require_version
from sources.postgres.address import Address

log = logging.getLogger(__name__)

POLL_S = 0.25
MAX_AGE_S = 5.0
"""Age of the last answer after which a server refuses."""
PAGE = 100
CHANGES = """
    SELECT number, c.kind, content, e.at, e."user"
    FROM journal.change AS c LEFT JOIN journal.entry AS e USING (sequence) WHERE number >= $1 ORDER BY number LIMIT $2
"""
PUBLISH = "SELECT journal.publish($1, $2, $3)"


async def publish(address: Address, changes: Sequence[Change]) -> list[int]:
    """Publish changes, all or none, and return their numbers. Raises: JournalBroken."""
    async with connected(address, f"Nothing was published in {address}") as connection:
        await require_version(connection)
        role = await connection.fetchval("SELECT session_user::text")
        async with connection.transaction():
            return [
                await connection.fetchval(PUBLISH, each.kind.value, each.content, each.entry(role).to_bytes().decode())
                for each in changes
            ]


async def read_changes(address: Address) -> list[PublishedChange]:
    """Every change, oldest first. Raises: JournalBroken."""
    async with connected(address, f"The changes in {address} cannot be read") as connection:
        await require_version(connection)
        return [_change(row) for row in await connection.fetch(CHANGES, 1, None)]


class ChangeMonitor:
    """Reader of changes for one server, over a connection of its own."""

    def __init__(self, address: Address, apply: Callable[[Change], None], *, max_age_s: float = MAX_AGE_S) -> None:
        """`apply` is called once for each change, in order. If it raises, the change is not in force, and so none
        after it: it is tried again, and the server refuses meanwhile.
        """
        self.connection: asyncpg.Connection | None = None
        self.last: PublishedChange | None = None
        """The last change that was applied."""
        self._address = address
        self._apply = apply
        self._max_age_s = max_age_s
        self._current_at = 0.0
        self._fault = ""

    @classmethod
    @asynccontextmanager
    async def open(
        cls, address: Address, apply: Callable[[Change], None], *, max_age_s: float = MAX_AGE_S
    ) -> AsyncIterator[ChangeMonitor]:
        """A monitor that has applied every change. Raises: JournalBroken if it cannot."""
        monitor = cls(address, apply, max_age_s=max_age_s)
        try:
            await monitor.poll()
        except Exception as cause:
            monitor.drop()
            raise JournalBroken(f"The changes in {address} cannot be read: {describe(cause)}.") from cause
        task = asyncio.create_task(monitor.run())
        try:
            yield monitor
        finally:
            task.cancel()
            await asyncio.wait([task])
            monitor.drop()

    def raise_if_stale(self) -> None:
        """Raises: JournalUnavailable if changes may have been made that are not applied."""
        if monotonic() - self._current_at > self._max_age_s:
            raise JournalUnavailable

    async def run(self) -> None:
        """Poll until it is cancelled. A fault is logged when it begins and when it is over."""
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.poll()
            except Exception as cause:  # noqa: BLE001 - after any error it goes on, and the server refuses meanwhile
                self.drop()
                if (fault := describe(cause)) != self._fault:
                    log.error("changes for all servers cannot be read or applied: %s", fault)
                self._fault = fault
            else:
                if self._fault:
                    log.warning("changes for all servers are applied again")
                self._fault = ""

    async def poll(self) -> None:
        """Apply the changes that were made before it was called.

        Raises: JournalBroken if the last known change is not there any more; one of ERRORS; what `apply` raises.
        """
        began = monotonic()
        async with asyncio.timeout(self._max_age_s):
            if self.connection is None or self.connection.is_closed():
                self.connection = await connect(self._address, self._max_age_s)
                await require_version(self.connection)
            has_more = True
            while has_more:
                first = 0 if self.last is None else self.last.number
                rows = await self.connection.fetch(CHANGES, first, PAGE)
                has_more = len(rows) == PAGE
                self._apply_all([_change(row) for row in rows])
        self._current_at = began

    def _apply_all(self, found: Sequence[PublishedChange]) -> None:
        """Apply changes; the first of them is the last known one again."""
        if self.last is not None:
            if not found or found[0].change != self.last.change:
                raise JournalBroken(f"change {self.last.number} was changed or removed since this process applied it")
            found = found[1:]
        for each in found:
            if each.number != (0 if self.last is None else self.last.number) + 1:
                raise JournalBroken(f"a change before change {each.number} is missing")
            self._apply(each.change)
            self.last = each

    def drop(self) -> None:
        """Drop the connection; the next poll opens another one."""
        if self.connection is not None:
            self.connection.terminate()
            self.connection = None


def _change(row: asyncpg.Record) -> PublishedChange:
    number, kind, content, at, user = row
    return PublishedChange(number, Change(ChangeKind(kind), content), at, user)
