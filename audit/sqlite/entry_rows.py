"""Rows of new entries: each linked to the one before by its hash, and all written by one statement.

One statement is one transaction. Each call to SQLite gives up the interpreter's lock and waits to have it again, so a
statement for each entry, and others to begin and to commit, would cost more than the writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from audit.chain import COLUMNS, Receipt, chain_hash, columns_of

MAX_ROWS = 512
"""Rows of one statement, whose parameters SQLite limits to 32,766."""

INSERT_COLUMNS = ("sequence", "previous", "hash", *COLUMNS, "body")
INSERT = f"INSERT INTO entry ({', '.join(INSERT_COLUMNS)}) VALUES "
ROW = f"({', '.join('?' * len(INSERT_COLUMNS))})"


class EntryRows(NamedTuple):
    """Receipts of new entries, and the cells of their rows, one row after the other."""

    receipts: list[Receipt]
    cells: list[Any]

    @property
    def statement(self) -> str:
        """SQL that inserts them, with the cells as its parameters."""
        return INSERT + ", ".join([ROW] * len(self.receipts))


def link(bodies: Sequence[bytes], head: Receipt) -> EntryRows:
    """The rows of entries that follow the head, from their hashed bytes, as `verify` reads them."""
    sequence, entry_hash = head
    rows = EntryRows([], [])
    for body in bodies:
        sequence, previous = sequence + 1, entry_hash
        entry_hash = chain_hash(previous, sequence, body)
        rows.cells.extend((sequence, previous, entry_hash, *columns_of(body), body.decode()))
        rows.receipts.append(Receipt(sequence, entry_hash))
    return rows


def log_bytes(bodies: Sequence[bytes]) -> int:
    """The pages of a transaction in the log, about: the last page of each index, and twice the entries."""
    return 20_000 + 2 * sum(map(len, bodies))
