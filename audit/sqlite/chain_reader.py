"""Chain reader of a journal's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.chain import GENESIS, Receipt, chain_hash
from audit.errors import JournalBroken, JournalUnreadable
from audit.sqlite import journal_file

LAST = "SELECT sequence, previous, CAST(body AS BLOB), hash FROM entry ORDER BY sequence DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class SqliteChainReader:
    """Chain of one file, over a connection."""

    connection: sqlite3.Connection

    def head(self) -> Receipt:
        return head(self.connection)

    def hash_of(self, sequence: int) -> bytes | None:
        found = self.connection.execute("SELECT hash FROM entry WHERE sequence = ?", (sequence,)).fetchone()
        return None if found is None else found[0]

    def first(self) -> int:
        found = self.connection.execute("SELECT min(sequence) FROM entry").fetchone()[0]
        return 1 if found is None else found


def head(connection: sqlite3.Connection) -> Receipt:
    """Receipt of the last entry. Raises: JournalBroken if its hash does not match its text."""
    for sequence, previous, body, hash in connection.execute(LAST):
        if hash != chain_hash(previous, sequence, body):
            raise JournalBroken(f"entry {sequence}, its last, does not match its hash")
        return Receipt(sequence, hash)
    return Receipt(0, GENESIS)


@contextmanager
def read_chain(path: Path) -> Iterator[SqliteChainReader]:
    """The chain of a file. Raises: JournalUnreadable if it cannot be read now; JournalBroken if it is damaged."""
    try:
        with closing(journal_file.open_read_only(path)) as connection:
            yield SqliteChainReader(connection)
    except sqlite3.Error as cause:
        error = JournalBroken if journal_file.is_damage(cause) else JournalUnreadable
        raise error(f"it cannot be read: {cause}") from cause
