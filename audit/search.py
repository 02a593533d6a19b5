"""Search of the journal's entries, newest first. It does not check who may search."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from audit.entry import Entry, FoundEntry, stamp
from audit.errors import JournalBroken
from audit.inquiry_query import MAY_NAME_RECORD, entry_conditions, names_record
from audit.journal_file import open_read_only

BLOCK = 1_000  # entries in memory at a time, about 1.5 MB

CONDITIONS = {
    **entry_conditions("entry", "body"),
    "record": f"sequence IN ({MAY_NAME_RECORD}) AND {names_record('body')}",
    "after": "(at, sequence) < (SELECT at, sequence FROM entry WHERE sequence = :after)",
}
PARAMETERS = {"subject": "record", "case": "case_number"}  # conditions whose SQL parameter has another name


class Conditions(TypedDict, total=False):
    """Conditions of a search. `id` is an inquiry's; `subject` is a record id, "persons/P0000001".

    `since` (inclusive) and `until` (exclusive) have a time zone.
    """

    id: str | None
    user: str | None
    subject: str | None
    agency: str | None
    case: str | None
    kind: str | None
    outcome: str | None
    flag: str | None
    since: datetime | None
    until: datetime | None


def search(
    path: Path, *, after: int | None = None, limit: int | None = None, **conditions: Unpack[Conditions]
) -> Iterator[FoundEntry]:
    """Entries that meet every given condition, newest first; `after` is the last sequence of a page.

    They are read in blocks, so that no long read keeps SQLite from truncating its WAL. Entries that are written
    meanwhile are newer than the first, and are not read.
    Raises: JournalBroken if there is no such file, or an entry in it cannot be read.
    """
    given = {PARAMETERS.get(name, name): value for name, value in conditions.items() if value is not None}
    parameters = {name: stamp(value) if isinstance(value, datetime) else value for name, value in given.items()}
    while limit is None or limit > 0:
        if after is not None:
            parameters["after"] = after
        size = BLOCK if limit is None else min(limit, BLOCK)
        block = _read(path, parameters, size)
        yield from block
        if len(block) < size:
            return
        after = block[-1].sequence
        limit = None if limit is None else limit - size


def _read(path: Path, parameters: Mapping[str, Any], limit: int) -> list[FoundEntry]:
    with closing(open_read_only(path)) as connection:
        try:
            rows = connection.execute(select_entries(parameters), {**parameters, "limit": limit})
            return [FoundEntry(sequence, Entry.from_bytes(body)) for sequence, body in rows]
        except (sqlite3.DatabaseError, TypeError, ValueError, KeyError) as cause:
            raise JournalBroken(f"The journal {path} is damaged; verify it: {cause}.") from cause


def select_entries(parameters: Collection[str]) -> str:
    """SELECT statement for the conditions of these parameters.

    Every index returns entries in order of time, except the index of records: its few hits are sorted.
    """
    # A record has few entries and a user may have many, so the planner must use the index of records.
    table = "entry NOT INDEXED" if "record" in parameters else "entry"
    conditions = " AND ".join(CONDITIONS[name] for name in parameters) or "TRUE"
    return f"SELECT sequence, body FROM {table} WHERE {conditions} ORDER BY at DESC, sequence DESC LIMIT :limit"
