"""Entry reader: rows of the table `entry` in order, past pages that cannot be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from audit.sqlite.journal_file import DAMAGE

LAST_SEQUENCE = 2**63 - 1
SINGLE_PROBES = 10_000
"""Entries that are tried one by one after a damaged page, before ever more are skipped at a time."""


class UnreadableEntries(NamedTuple):
    """Sequences from `first` up to `last` that cannot be read; `last` is None if none after them can be read either."""

    first: int
    last: int | None
    cause: str


def read_entries(connection: sqlite3.Connection, columns: str) -> Iterator[tuple[Any, ...] | UnreadableEntries]:
    """The sequence and these columns of every entry, in order of sequence, and the places that cannot be read."""
    statement = f"SELECT sequence, {columns} FROM entry WHERE sequence >= ? ORDER BY sequence"
    start: int | None = -LAST_SEQUENCE - 1
    while start is not None and start <= LAST_SEQUENCE:
        try:
            for row in connection.execute(statement, (start,)):
                yield row
                start = max(start, row[0] + 1)
        except DAMAGE as cause:
            first, start = max(start, 1), _next_readable(connection, statement, start)
            yield UnreadableEntries(first, None if start is None else start - 1, str(cause))
        else:
            return


def _next_readable(connection: sqlite3.Connection, statement: str, start: int) -> int | None:
    """The next sequence from which a row, or the end, can be read."""
    for tries in count():
        start = max(start, 0) + 2 ** max(0, tries - SINGLE_PROBES)
        if start > LAST_SEQUENCE:
            return None
        try:
            connection.execute(f"{statement} LIMIT 1", (start,)).fetchone()
        except DAMAGE:
            continue
        return start
    return None
