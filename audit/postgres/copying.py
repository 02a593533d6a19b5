"""Copying of entries into a journal in a database, which hashes them again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

from audit.chain import GENESIS, LinkedEntry, Receipt
from audit.errors import JournalBroken
from audit.postgres.connection import connected
from audit.postgres.journal import APPEND, LAST, head_of
from audit.postgres.version import require_version
from sources.postgres.address import Address

BATCH = 500
LOCK_MS = 10_000


async def append_copies(
    address: Address, entries: Iterator[LinkedEntry], count: int, progress: Callable[[int, int], None]
) -> Receipt:
    """Append entries 1, 2, 3 … of another journal to one without any, and return the receipt of the last.

    `progress` is called with (entries done, count) after each commit.
    Raises: JournalBroken if there are entries, one gets another hash, or the role may not append.
    """
    last = Receipt(0, GENESIS)
    async with connected(address, f"The journal cannot be copied into {address}") as connection:
        await require_version(connection)
        if head_of(await connection.fetchrow(LAST)).sequence:
            raise JournalBroken("it has entries already")
        while batch := await asyncio.to_thread(lambda: list(islice(entries, BATCH))):
            row = await connection.fetchrow(APPEND, [each.body.decode() for each in batch], *last, LOCK_MS)
            last = Receipt(batch[-1].sequence, batch[-1].hash)
            assert row is not None
            if (row["first"], row["last"]) != (batch[0].sequence, last.hash):
                raise JournalBroken(f"an entry up to {last.sequence} does not follow from the one before it")
            progress(last.sequence, count)
    return last
