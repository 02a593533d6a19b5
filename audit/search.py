"""Searches of the journal's entries, newest first. Callers check who may search."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.entry import Entry, stamp
from audit.errors import JournalBroken
from audit.inquiry_query import MAY_NAME_RECORD, entry_conditions, names_record
from audit.tables import read_only

BLOCK = 1_000
"""Entries in memory at a time, some 1.5 MB."""

CONDITIONS = {
    **entry_conditions("entry", "body"),
    "record": f"sequence IN ({MAY_NAME_RECORD}) AND {names_record('body')}",
    "after": "(at, sequence) < (SELECT at, sequence FROM entry WHERE sequence = :after)",
}


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
        "record": subject,
        "agency": agency,
        "case_number": case,
        "kind": kind,
        "outcome": outcome,
        "flag": flag,
        "since": since and stamp(since),
        "until": until and stamp(until),
        "after": after,
        "limit": limit,
    }
    parameters = {name: value for name, value in given.items() if value is not None}
    with closing(read_only(path)) as connection:
        try:
            for sequence, body in connection.execute(statement(parameters), parameters):
                yield Found(sequence, Entry.from_bytes(body))
        except (sqlite3.DatabaseError, TypeError, ValueError, KeyError) as cause:
            raise JournalBroken(f"The journal {path} is damaged; verify it: {cause}.") from cause


def stream(path: Path, *, limit: int | None = None, after: int | None = None, **conditions: Any) -> Iterator[Found]:
    """The same entries, read a block at a time: no block keeps the writer from truncating its log.

    Entries that are written meanwhile are newer than the first, and are not read.
    """
    while limit is None or limit > 0:
        block = list(search(path, **conditions, after=after, limit=BLOCK if limit is None else min(limit, BLOCK)))
        yield from block
        if len(block) < BLOCK:
            return
        after = block[-1].sequence
        limit = None if limit is None else limit - BLOCK


def statement(parameters: Collection[str]) -> str:
    """The SELECT of entries that meet the conditions of these parameters.

    Every index that finds entries has them in order of time, except the index of records: its few hits are sorted.
    """
    # A record has few entries, a user may have many: then no other index may be chosen.
    table = "entry NOT INDEXED" if "record" in parameters else "entry"
    conditions = " AND ".join(sql for name, sql in CONDITIONS.items() if name in parameters) or "TRUE"
    limit = "LIMIT :limit" if "limit" in parameters else ""
    return f"SELECT sequence, body FROM {table} WHERE {conditions} ORDER BY at DESC, sequence DESC {limit}"
