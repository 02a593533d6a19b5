"""Archives of a journal in a database: recorded, and then removed, by the role of an administrator."""

from __future__ import annotations

from collections.abc import Callable

from audit.archive_record import ArchiveRecord
from audit.errors import JournalBroken
from audit.postgres.connection import connect, describe
from sources.postgres.address import Address
from sources.postgres.connection import ERRORS

BATCH = 10_000  # entries of one transaction
RECORD = "SELECT journal.record_archive($1, $2, decode($3, 'hex'), $4)"


async def record_archive(address: Address, record: ArchiveRecord, terminal: str) -> int:
    """Add the entry of an archive, and return its sequence. Raises: JournalBroken."""
    try:
        connection = await connect(address)
        try:
            role = await connection.fetchval("SELECT session_user::text")
            body = record.entry(f"database:{role}", terminal).to_bytes().decode()
            added: int = await connection.fetchval(RECORD, *record.last, record.sha256, body)
            return added
        finally:
            await connection.close()
    except ERRORS as cause:
        raise JournalBroken(f"The archive cannot be recorded in {address}: {describe(cause)}.") from cause


async def remove_archived(address: Address, progress: Callable[[int], None] = lambda _: None) -> int:
    """Remove the entries that a recorded archive has, and return how many there were. Raises: JournalBroken."""
    removed = 0
    try:
        connection = await connect(address)
        try:
            while batch := await connection.fetchval("SELECT journal.remove_archived($1)", BATCH):
                removed += batch
                progress(removed)
        finally:
            await connection.close()
    except ERRORS as cause:
        raise JournalBroken(f"Entries cannot be removed from {address}: {describe(cause)}.") from cause
    return removed
