"""Finding entries, newest first. It knows nothing of who may look, or why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.entry import Entry, stamp
from audit.errors import JournalBroken
from audit.tables import read_only

BLOCK = 1_000
"""Entries in memory at a time, some 1.5 MB."""

# The index finds all entries that may be about a subject, and an entry itself says whether it is.
ABOUT = """
    SELECT rowid FROM about WHERE about MATCH '"' || replace(json_quote(:subject), '"', '""') || '"'
    UNION ALL SELECT sequence FROM recent"""
NAMED = "SELECT 1 FROM json_each(body, '$.record_ids') WHERE value = :subject"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and its place in the chain; the place of the last one found is where the next page begins."""

    sequence: int
    entry: Entry


def search(
    path: Path,
    *,
    id: str | None = None,
    user: str | None = None,
    subject: str | None = None,
    agency: str | None = None,
    case: str | None = None,
    kind: str | None = None,
    outcome: str | None = None,
    flag: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> Iterator[Found]:
    """Entries that meet every condition given, newest first, read as they are taken.

    Shapes: `id` is an inquiry's; `subject` is a record id, "persons/P0000001"; `after` is the sequence of the
            last entry of the page before.
    Units:  `since` (included) and `until` (not) are moments with their zone.
    Raises: JournalBroken where there is no such file, or an entry in it cannot be read.
    """
    given = {
        "id": id,
        "user": user,
        "subject": subject,
        "agency": agency,
        "case": case,
        "kind": kind,
        "outcome": outcome,
        "flag": flag,
        "since": since and stamp(since),
        "until": until and stamp(until),
        "after": after,
        "limit": limit,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    with closing(read_only(path)) as connection:
        try:
            for sequence, body in connection.execute(statement(asked.keys()), asked):
                yield Found(sequence, Entry.from_bytes(body))
        except (sqlite3.DatabaseError, TypeError, ValueError, KeyError) as cause:
            raise JournalBroken(f"The journal {path} is damaged; verify it: {cause}.") from cause


def stream(path: Path, *, limit: int | None = None, after: int | None = None, **asked: Any) -> Iterator[Found]:
    """The same, however many there are, a block at a time: no block keeps the writer from tidying up its log.

    What is written meanwhile stands before the first, and is not among them.
    """
    while limit is None or limit > 0:
        block = list(search(path, **asked, after=after, limit=BLOCK if limit is None else min(limit, BLOCK)))
        yield from block
        if len(block) < BLOCK:
            return
        after = block[-1].sequence
        limit = None if limit is None else limit - BLOCK


def statement(asked: Iterable[str]) -> str:
    """The SELECT for the conditions asked.

    Every index that finds entries has them in order of time, but that of records, whose few are sorted.
    """
    asked = set(asked)
    # What a subject has is few, what a user has may be many: then no other index may be chosen.
    table = "entry NOT INDEXED" if "subject" in asked else "entry"
    conditions = {
        "id": "id = :id",
        "user": "user = :user",
        "subject": f"sequence IN ({ABOUT}) AND EXISTS ({NAMED})",
        "agency": "agency = :agency",
        "case": "case_number = :case",
        # These three are in no index: alone, they read the journal from its end.
        "kind": "kind = :kind",
        "outcome": "body ->> '$.outcome' = :outcome",
        "flag": "EXISTS (SELECT 1 FROM json_each(body, '$.flags') WHERE value = :flag)",
        "since": "at >= :since",
        "until": "at < :until",
        "after": "(at, sequence) < (SELECT at, sequence FROM entry WHERE sequence = :after)",
    }
    met = " AND ".join(condition for name, condition in conditions.items() if name in asked) or "TRUE"
    limit = "LIMIT :limit" if "limit" in asked else ""
    return f"SELECT sequence, body FROM {table} WHERE {met} ORDER BY at DESC, sequence DESC {limit}"
