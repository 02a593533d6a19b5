"""Archives of a journal in a database: recorded, and then removed, by the role of an administrator."""

from __future__ import annotations

from audit.archive_record import ArchiveRecord
from audit.postgres.connection import connected
from sources.postgres.address import Address

BATCH = 10_000  # entries of one transaction
RECORD = "SELECT journal.record_archive($1, $2, decode($3, 'hex'), $4)"
REMOVE = "SELECT journal.remove_archived($1, $2)"


async def record_archive(address: Address, record: ArchiveRecord, terminal: str) -> None:
    """Add the entry of an archive. Raises: JournalBroken."""
    async with connected(address, f"The archive cannot be recorded in {address}") as connection:
        role = await connection.fetchval("SELECT session_user::text")
        body = record.entry(f"database:{role}", terminal).to_bytes().decode()
        await connection.fetchval(RECORD, *record.last, record.sha256, body)


async def remove_archived(address: Address, record: ArchiveRecord) -> int:
    """Remove the entries of a recorded archive and those before it; how many there were. Raises: JournalBroken."""
    removed = 0
    async with connected(address, f"Entries cannot be removed from {address}") as connection:
        while batch := await connection.fetchval(REMOVE, BATCH, record.last.sequence):
            removed += batch
    return removed
