"""Search of the journal's entries, newest first. It does not check who may search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Unpack

from audit.entry import Entry, FoundEntry
from audit.errors import JournalBroken
from audit.postgres.connection import session
from audit.postgres.text import storable
from audit.search_conditions import Conditions, read_in_blocks
from sources.postgres.address import Address

# The condition of each search term, with its parameter.
CONDITIONS = {
    "number": "sequence = {}",
    "id": "id = {}",
    "trace_id": "journal.parsed(body) ->> 'trace_id' = {}",
    "id_start": "id >= {0} AND id < {0} || 'g'",
    "user": '"user" = {}',
    "agency": "agency = {}",
    "case_number": "case_number = {}",
    "kind": "kind = {}",
    "outcome": "journal.parsed(body) ->> 'outcome' = {}",
    "flag": "journal.parsed(body) -> 'flags' ? {}",
    "searched": "journal.parsed(body) -> 'searched' ?| {}::text[]",
    "other_key": "journal.parsed(body) ->> 'search_key' <> {}",
    "since": "at >= {}",
    "until": "at < {}",
    "record": "record_ids @> ARRAY[{}::text]",
    "after": "(at, sequence) < (SELECT at, sequence FROM journal.entry WHERE sequence = {})",
}


def search(
    address: Address, *, after: int | None = None, limit: int | None = None, **conditions: Unpack[Conditions]
) -> Iterator[FoundEntry]:
    """Entries that meet every given condition, newest first; `after` is the last sequence of a page.

    Raises: JournalBroken if there is no journal, or an entry in it cannot be read.
    """
    return read_in_blocks(partial(_read, address), conditions, after, limit)


def _read(address: Address, parameters: Mapping[str, Any], limit: int) -> list[FoundEntry]:
    with session(address) as journal:
        rows = journal.fetch(select_entries(parameters), *map(storable, parameters.values()), limit)
    try:
        return [FoundEntry(sequence, Entry.from_bytes(body)) for sequence, body in rows]
    except (TypeError, ValueError, KeyError) as cause:
        raise JournalBroken(f"The journal {address} is damaged; verify it: {cause}.") from cause


def select_entries(parameters: Mapping[str, Any]) -> str:
    """SELECT statement for the conditions of these parameters, in their order; the last parameter is the limit."""
    conditions = {name: CONDITIONS[name].format(f"${number}") for number, name in enumerate(parameters, 1)}
    others = " AND ".join(sql for name, sql in conditions.items() if name != "record") or "TRUE"
    # A record has few entries and a user may have many, so the planner must use the index of records.
    found = f"WITH found AS MATERIALIZED (SELECT * FROM journal.entry WHERE {conditions.get('record')}) "
    start, table = (found, "found") if "record" in conditions else ("", "journal.entry")
    limit = f"${len(parameters) + 1}"
    return f"{start}SELECT sequence, body FROM {table} WHERE {others} ORDER BY at DESC, sequence DESC LIMIT {limit}"
