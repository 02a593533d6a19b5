"""Copies of a journal, into a file or into a database, entry by entry as they are hashed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from audit.chain import Receipt
from audit.errors import JournalBroken
from audit.journal import JournalStore
from audit.sqlite.journal_copy import back_up, write_entries
from audit.sqlite.store import SqliteStore


def copy_to_file(journal: JournalStore, file: Path, progress: Callable[[int, int], None] = lambda *_: None) -> Receipt:
    """Copy a journal as it is now into a new file, and return the receipt of an entry that the copy must have.

    `progress` is called with (done, all), in entries or pages.
    Raises: FileExistsError; JournalBroken if there is no such journal, or it is not whole.
    """
    first, head = _ends(journal)
    if isinstance(journal, SqliteStore):
        back_up(journal.path, file, progress)
        return head
    entries = journal.read_linked(first, head.sequence)
    _, last = write_entries(file, entries, lambda done: progress(done - first + 1, head.sequence - first + 1))
    return last


def copy_to_database(
    journal: JournalStore, url: str, progress: Callable[[int, int], None] = lambda *_: None
) -> Receipt:
    """Copy a journal into one in a database that has no entry, and return the receipt of the last.

    Raises: JournalBroken if that one has entries, or lacks the right to append, or the journal is not whole.
    """
    from audit.postgres.copying import append_copies
    from sources.postgres.address import Address

    first, head = _ends(journal)
    if first > 1:
        raise JournalBroken(
            f"Entries 1 to {first - 1} of the journal {journal} are archived; a database begins with 1."
        )
    entries = journal.read_linked(1, head.sequence)
    return asyncio.run(append_copies(Address.parse(url), entries, head.sequence, progress))


def _ends(journal: JournalStore) -> tuple[int, Receipt]:
    """The sequence of the first entry, and the receipt of the last. Raises: JournalBroken, naming the journal."""
    try:
        with journal.read_chain() as chain:
            return chain.first(), chain.head()
    except JournalBroken as cause:
        raise JournalBroken(f"The journal {journal} cannot be copied: {str(cause).removesuffix('.')}.") from cause
