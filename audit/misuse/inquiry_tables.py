"""What detectors read: the journal as a table of inquiries and a table of whom each is about.

The tables are SQLite's temporary ones, which go to disk, so memory stays the same however long the journal is. How an
entry is laid out is known here alone; of misuse nothing is known.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.entry import stamp
from audit.errors import JournalBroken
from audit.misuse.thresholds import Thresholds
from audit.tables import read_only

EVIDENCE = 25  # inquiries shown of one finding; `needtoknow audit search` finds them all

# One row an inquiry: its intent or its refusal, with the flags of its release where there is one. A day is a Julian
# day number: divided by seven it is a week that begins on Monday. Whatever a user asks about one subject on one day
# is one occasion: a stop is asked about two or three times within minutes, and its flaws are repeated with it.
INQUIRY = """
    CREATE TEMP TABLE inquiry (
        sequence      INTEGER PRIMARY KEY,
        answer        INTEGER,  -- the sequence of its release
        id            TEXT,
        at            TEXT,
        user          TEXT,
        agency        TEXT,
        role          TEXT,
        assurance     TEXT,
        purpose       TEXT,
        reason        TEXT,
        case_number   TEXT,
        flags         TEXT,
        about         TEXT,     -- its first subject
        day           INTEGER AS (CAST(julianday(at) + 0.5 AS INTEGER)) STORED,
        hour          INTEGER AS (CAST(substr(at, 12, 2) AS INTEGER)) STORED,
        has_case      INTEGER AS (coalesce(case_number GLOB '*[A-Za-z0-9]*', 0)) STORED,
        is_stepped_up INTEGER AS (has_case AND assurance IS 'aal2') STORED,
        occasion      TEXT AS (coalesce(day || ' ' || about, id)) VIRTUAL
    );
    INSERT INTO inquiry
    SELECT
        asked.sequence, answer.sequence, asked.id, asked.at, asked.user, asked.agency,
        coalesce(asked.body ->> '$.role', ''), asked.body ->> '$.assurance', asked.body ->> '$.purpose',
        asked.body ->> '$.reason', asked.body ->> '$.case_number',
        coalesce(answer.body -> '$.flags', asked.body -> '$.flags', ''), NULL
    FROM entry AS asked LEFT JOIN entry AS answer ON answer.id = asked.id AND answer.kind = 'RELEASE'
    WHERE asked.kind IN ('INTENT', 'REFUSAL') AND asked.user IS NOT NULL
      AND asked.at >= '{since}' AND asked.at < '{until}';
    CREATE INDEX temp.inquiry_by_user ON inquiry (user, at);
    CREATE INDEX temp.inquiry_by_answer ON inquiry (answer);
"""

# Persons, or where there are none, whatever there is: a stop names a plate, its owner and the owner's warrants, and is
# about one person. A page of hits is about none of them.
SUBJECT = """
    CREATE TEMP TABLE named AS
        SELECT sequence, value AS record_id
        FROM inquiry JOIN entry USING (sequence) JOIN json_each(entry.body, '$.record_ids')
        UNION SELECT inquiry.sequence, value
        FROM inquiry JOIN entry ON entry.sequence = answer JOIN json_each(entry.body, '$.record_ids');
    CREATE TEMP TABLE subject (
        sequence INTEGER, record_id TEXT, PRIMARY KEY (sequence, record_id)) WITHOUT ROWID;
    INSERT INTO subject
    SELECT sequence, record_id
    FROM named JOIN (
        SELECT sequence, count(*) AS records, count(*) FILTER (WHERE record_id GLOB 'persons/*') AS people
        FROM named GROUP BY sequence) USING (sequence)
    WHERE CASE people WHEN 0 THEN records <= {focus} ELSE people <= {focus} AND record_id GLOB 'persons/*' END;
    DROP TABLE named;
    UPDATE inquiry SET about = first.about
    FROM (SELECT sequence, min(record_id) AS about FROM subject GROUP BY sequence) AS first
    WHERE first.sequence = inquiry.sequence;
    CREATE INDEX temp.subject_by_record ON subject (record_id, sequence);
"""


@dataclass(frozen=True, slots=True)
class InquiryTables:
    """The two tables, `inquiry` and `subject`, and what the journal does not hold.

    ended: when accounts ended, a `stamp` by user; None where nobody said.
    has_sexes: whether there is a table `sex` of record_id and F, M or U.
    """

    connection: sqlite3.Connection
    thresholds: Thresholds
    ended: Mapping[str, str] | None = None
    has_sexes: bool = False

    def rows(self, sql: str, given: Mapping[str, Any] | None = None) -> sqlite3.Cursor:
        return self.connection.execute(sql, given or {})

    def ids(self, condition: str, given: Mapping[str, Any]) -> tuple[str, ...]:
        """The newest inquiries that meet a condition on `inquiry`."""
        found = self.rows(f"SELECT id FROM inquiry WHERE {condition} ORDER BY at DESC LIMIT {EVIDENCE}", given)
        return tuple(id for (id,) in found)


@contextmanager
def inquiry_tables(
    path: Path,
    thresholds: Thresholds,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    ended: Mapping[str, str] | None = None,
    sexes: Iterable[tuple[str, str]] | None = None,
) -> Iterator[InquiryTables]:
    """The inquiries of a journal from `since` (included) to `until` (not), of users who had signed in.

    Shapes: `sexes` are (record id, F, M or U); they are read once, and not kept in memory.
    Raises: JournalBroken where there is no such file, or an entry in it cannot be read.
    """
    bounds = {"since": (since and stamp(since)) or "", "until": (until and stamp(until)) or "~"}
    with closing(read_only(path)) as connection:
        try:
            connection.execute("PRAGMA temp_store = FILE")
            # Nothing but a stamp and a whole number stands here; a script of several statements takes no parameters.
            tables = INQUIRY.format(**bounds) + SUBJECT.format(focus=thresholds.focus)
            connection.executescript(f"BEGIN; {tables} COMMIT;")
            connection.execute("CREATE TEMP TABLE sex (record_id TEXT PRIMARY KEY, sex TEXT) WITHOUT ROWID")
            connection.executemany("INSERT OR REPLACE INTO sex VALUES (?, ?)", sexes or ())
        except sqlite3.DatabaseError as cause:
            raise JournalBroken(f"The journal {path} is damaged; verify it: {cause}.") from cause
        yield InquiryTables(connection, thresholds, ended, sexes is not None)
