"""Search of the journal's entries, newest first. It does not check who may search."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Unpack

import orjson

from audit.entry import Entry, FoundEntry
from audit.errors import JournalBroken
from audit.search_conditions import Conditions, read_in_blocks
from audit.sqlite.journal_file import open_read_only

MAY_NAME_RECORD = """
    SELECT rowid FROM about WHERE about MATCH '"' || replace(json_quote(:record), '"', '""') || '"'
    UNION ALL SELECT sequence FROM recent"""
"""The sequences of all entries that may name `:record`, by the index of records; the entry's own list then decides."""


def _contains(name: str, parameter: str) -> str:
    return f"EXISTS (SELECT 1 FROM json_each(body, '$.{name}') WHERE value = :{parameter})"


# The condition of each search term. Only those of columns, of times and of a record have an index.
CONDITIONS = {
    "number": "sequence = :number",
    "id": "entry.id = :id",
    "trace_id": "body ->> '$.trace_id' = :trace_id",
    "id_start": "entry.id >= :id_start AND entry.id < :id_start || 'g'",  # after all hex digits
    "user": "entry.user = :user",
    "agency": "entry.agency = :agency",
    "case_number": "entry.case_number = :case_number",
    "kind": "entry.kind = :kind",
    "outcome": "body ->> '$.outcome' = :outcome",
    "flag": _contains("flags", "flag"),
    "searched": """EXISTS (SELECT 1 FROM json_each(body, '$.searched')
        WHERE value IN (SELECT value FROM json_each(:searched)))""",
    "other_key": "body ->> '$.search_key' <> :other_key",
    "since": "entry.at >= :since",
    "until": "entry.at < :until",
    "record": f"sequence IN ({MAY_NAME_RECORD}) AND {_contains('record_ids', 'record')}",
    "after": "(at, sequence) < (SELECT at, sequence FROM entry WHERE sequence = :after)",
}


def search(
    path: Path, *, after: int | None = None, limit: int | None = None, **conditions: Unpack[Conditions]
) -> Iterator[FoundEntry]:
    """Entries that meet every given condition, newest first; `after` is the last sequence of a page.

    They are read in blocks, so that no long read keeps SQLite from truncating its WAL. Entries that are written
    meanwhile are newer than the first, and are not read.
    Raises: JournalBroken if there is no such file, or an entry in it cannot be read.
    """
    return read_in_blocks(partial(_read, path), conditions, after, limit)


def _read(path: Path, parameters: Mapping[str, Any], limit: int) -> list[FoundEntry]:
    with closing(open_read_only(path)) as connection:
        try:
            rows = connection.execute(select_entries(parameters), {**_plain(parameters), "limit": limit})
            return [FoundEntry(sequence, Entry.from_bytes(body)) for sequence, body in rows]
        except (sqlite3.DatabaseError, TypeError, ValueError, KeyError) as cause:
            raise JournalBroken(f"The journal {path} is damaged; verify it: {cause}.") from cause


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as SQLite takes them: a list as JSON."""
    return {
        name: orjson.dumps(value).decode() if isinstance(value, list) else value for name, value in parameters.items()
    }


def select_entries(parameters: Collection[str]) -> str:
    """SELECT statement for the conditions of these parameters.

    Every index returns entries in order of time, except the index of records: its few hits are sorted.
    """
    # A record has few entries and a user may have many, so the planner must use the index of records.
    table = "entry NOT INDEXED" if "record" in parameters else "entry"
    conditions = " AND ".join(CONDITIONS[name] for name in parameters) or "TRUE"
    return f"SELECT sequence, body FROM {table} WHERE {conditions} ORDER BY at DESC, sequence DESC LIMIT :limit"
