"""Entries of a database for misuse reports: the parts that detectors read, in a temporary SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from audit.postgres.connection import session
from sources.postgres.address import Address

TABLE = """
    CREATE TABLE entry (
        sequence INTEGER PRIMARY KEY, id TEXT, kind TEXT, at TEXT, user TEXT, agency TEXT, case_number TEXT, body TEXT);
    CREATE INDEX entry_by_id ON entry (id);
"""
INSERT = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
PARTS = ", ".join(
    f"'{name}', b -> '{name}'"
    for name in ("role", "assurance", "purpose", "reason", "case_number", "flags", "record_ids")
)
# A release may follow its intent after the end of the time. OFFSET keeps PostgreSQL from parsing once for each part.
ENTRIES = f"""
    SELECT sequence, id, kind, at, "user", agency, case_number, jsonb_strip_nulls(jsonb_build_object({PARTS}))::text
    FROM journal.entry, LATERAL (SELECT journal.parsed(body) AS b OFFSET 0) AS parsed
    WHERE at >= $1 AND kind IN ('INTENT', 'PART', 'RELEASE', 'REFUSAL')
      AND (at < $2 OR kind IN ('PART', 'RELEASE') AND EXISTS (
        SELECT FROM journal.entry AS intent
        WHERE intent.id = entry.id AND intent.kind = 'INTENT' AND intent.at >= $1 AND intent.at < $2))
"""


@contextmanager
def entries_for_reports(address: Address, since: str, until: str) -> Iterator[sqlite3.Connection]:
    """An SQLite connection to a file without a name, which is removed when it is closed.

    Raises: JournalBroken if there is no journal, or it cannot be read.
    """
    with closing(sqlite3.connect("", isolation_level=None)) as copy:
        copy.executescript(TABLE)
        with session(address, is_snapshot=True) as journal:
            copy.execute("BEGIN")
            copy.executemany(INSERT, map(tuple, journal.stream(ENTRIES, since, until)))
            copy.execute("COMMIT")
        yield copy
