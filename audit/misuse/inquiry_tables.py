"""Inquiry tables for misuse detectors: the journal's inquiries, and the subjects of each.

They are temporary SQLite tables on disk, so memory use does not grow with the journal. No other module of this package
depends on the layout of an entry.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from audit.entry import stamp
from audit.errors import JournalBroken
from audit.journal import JournalStore
from audit.misuse.finding import Finding
from audit.misuse.thresholds import Thresholds

IDS_PER_FINDING = 25  # `needtoknow audit search` finds the others

# One row for each inquiry: its intent or refusal, with the flags of its release if there is one. A day is a Julian day
# number; divided by seven it is a week that begins on Monday. All inquiries of a user about one subject on one day are
# one occasion: at one stop a person is queried two or three times within minutes, each time with the same faults.
INQUIRY = """
    CREATE TEMP TABLE inquiry (
        sequence      INTEGER PRIMARY KEY,
        released      INTEGER,  -- the sequence of its release, or of its last part if there is none
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
        occasion      TEXT AS (coalesce(day || ' ' || about, id)) VIRTUAL
    );
    INSERT INTO inquiry
    SELECT
        first.sequence, release.sequence, first.id, first.at, first.user, first.agency,
        coalesce(first.body ->> '$.role', ''), first.body ->> '$.assurance', first.body ->> '$.purpose',
        first.body ->> '$.reason', first.body ->> '$.case_number',
        coalesce(release.body -> '$.flags', first.body -> '$.flags', ''), NULL
    FROM entry AS first LEFT JOIN entry AS release ON release.sequence = (
        SELECT max(sequence) FROM entry AS last WHERE last.id = first.id AND last.kind IN ('PART', 'RELEASE'))
    WHERE first.kind IN ('INTENT', 'REFUSAL') AND first.user IS NOT NULL
      AND first.at >= '{since}' AND first.at < '{until}';
    CREATE INDEX temp.inquiry_by_user ON inquiry (user, at);
    CREATE INDEX temp.inquiry_by_release ON inquiry (released);
"""

# The subjects of an inquiry are its persons; if it names none, its vehicles; else its other records. A stop names a
# plate, the reports on it, its owner and the owner's warrants, and is about one person. A page of hits has no subject.
SUBJECT = """
    CREATE TEMP TABLE named AS
        SELECT sequence, value AS record_id
        FROM inquiry JOIN entry USING (sequence) JOIN json_each(entry.body, '$.record_ids')
        UNION SELECT inquiry.sequence, value
        FROM inquiry JOIN entry ON entry.sequence = released JOIN json_each(entry.body, '$.record_ids');
    CREATE TEMP TABLE subject (
        sequence INTEGER, record_id TEXT, PRIMARY KEY (sequence, record_id)) WITHOUT ROWID;
    INSERT INTO subject
    SELECT sequence, record_id
    FROM named JOIN (
        SELECT sequence, count(*) AS records, count(*) FILTER (WHERE record_id GLOB 'persons/*') AS people,
            count(*) FILTER (WHERE record_id GLOB 'vehicles/*') AS vehicles
        FROM named GROUP BY sequence) USING (sequence)
    WHERE CASE
        WHEN people > 0 THEN people <= {limit} AND record_id GLOB 'persons/*'
        WHEN vehicles > 0 THEN vehicles <= {limit} AND record_id GLOB 'vehicles/*'
        ELSE records <= {limit}
    END;
    DROP TABLE named;
    UPDATE inquiry SET about = first.about
    FROM (SELECT sequence, min(record_id) AS about FROM subject GROUP BY sequence) AS first
    WHERE first.sequence = inquiry.sequence;
    CREATE INDEX temp.subject_by_record ON subject (record_id, sequence);
    CREATE TEMP TABLE user_day (  -- the days on which each user queried a subject without a case
        record_id TEXT, day INTEGER, user TEXT, PRIMARY KEY (record_id, day, user)) WITHOUT ROWID;
    INSERT INTO user_day
    SELECT DISTINCT record_id, day, user FROM subject JOIN inquiry USING (sequence) WHERE NOT has_case;
"""

GIVEN = """
    CREATE TEMP TABLE ended (user TEXT COLLATE NOCASE PRIMARY KEY, at TEXT) WITHOUT ROWID;
    CREATE TEMP TABLE sex (record_id TEXT PRIMARY KEY, sex TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class InquiryTables:
    """The tables `inquiry`, `subject` and `user_day`, and the given tables `ended` and `sex`."""

    connection: sqlite3.Connection
    thresholds: Thresholds
    has_sexes: bool
    """Whether the table `sex` was given. It may have been given empty."""

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> sqlite3.Cursor:
        return self.connection.execute(sql, parameters or {})

    def newest_ids(self, condition: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Ids of the newest inquiries that meet a condition on `inquiry`."""
        select = f"SELECT id FROM inquiry WHERE {condition} ORDER BY at DESC LIMIT {IDS_PER_FINDING}"
        return tuple(id for (id,) in self.rows(select, parameters))

    def describe(self, finding: Finding) -> Finding:
        """The finding with the user's role and agency, and the days of its inquiries."""
        where = f"id IN ({', '.join('?' * len(finding.inquiries))})"
        if finding.user is not None:
            where = f"user = ? AND {where}"
        else:
            where = f"sequence IN (SELECT sequence FROM subject WHERE record_id = ?) AND {where}"
        days = "SELECT substr(min(at), 1, 10), substr(max(at), 1, 10) FROM inquiry WHERE"
        named = (finding.user or finding.subject, *finding.inquiries)
        ((first, last),) = self.connection.execute(f"{days} {where}", named)
        role = agency = None
        if finding.user is not None:
            newest = "SELECT nullif(role, ''), agency FROM inquiry WHERE user = ? ORDER BY at DESC LIMIT 1"
            ((role, agency),) = self.connection.execute(newest, (finding.user,))
        return replace(finding, role=role, agency=agency, first=first, last=last)


@contextmanager
def inquiry_tables(
    journal: JournalStore,
    thresholds: Thresholds,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    ended: Mapping[str, str] | None = None,
    sexes: Iterable[tuple[str, str]] | None = None,
) -> Iterator[InquiryTables]:
    """Tables of the inquiries from `since` (inclusive) to `until` (exclusive) by signed-in users.

    Shapes: `ended` has the `stamp` at which each user's account ended, in any case; of two, the earlier counts. `sexes`
            are (record id, F, M or U), which are read once, and not held in memory.
    Raises: JournalBroken if there is no such journal, or an entry in it cannot be read.
    """
    bounds = {"since": (since and stamp(since)) or "", "until": (until and stamp(until)) or "~"}
    with journal.entries_for_reports(**bounds) as connection:
        try:
            connection.execute("PRAGMA temp_store = FILE")
            # A script takes no parameters. Only timestamps and a whole number are formatted into it.
            tables = INQUIRY.format(**bounds) + SUBJECT.format(limit=thresholds.max_subjects) + GIVEN
            connection.executescript(f"BEGIN; {tables} COMMIT;")
            connection.executemany(
                "INSERT INTO ended VALUES (?, ?) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)",
                (ended or {}).items(),
            )
            connection.executemany("INSERT OR REPLACE INTO sex VALUES (?, ?)", sexes or ())
        except sqlite3.DatabaseError as cause:
            raise JournalBroken(f"The journal {journal} is damaged; verify it: {cause}.") from cause
        yield InquiryTables(connection, thresholds, has_sexes=sexes is not None)


def has_flag(flag: str) -> str:
    """Condition on `inquiry`: it has this flag."""
    return f"""flags GLOB '*"{flag}"*'"""
