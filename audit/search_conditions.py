"""Conditions of a journal search, and its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from audit.entry import FoundEntry, stamp

BLOCK = 1_000  # entries in memory at a time, about 1.5 MB

PARAMETERS = {
    "subject": "record",
    "case": "case_number",
    "trace": "trace_id",
}  # conditions whose SQL parameter has another name


class Conditions(TypedDict, total=False):
    """Conditions of a search. `id` is an inquiry's, `trace` a trace's; `subject` is a record id, "persons/P0000001".

    number:    the sequence of one entry.
    id_start:  the first hex digits of an inquiry's id.
    searched:  keyed hashes of search terms, of which an entry has at least one.
    other_key: the id of a key, which is not the one that an entry's keyed hashes were made with.
    `since` (inclusive) and `until` (exclusive) have a time zone.
    """

    number: int | None
    id: str | None
    trace: str | None
    id_start: str | None
    user: str | None
    subject: str | None
    agency: str | None
    case: str | None
    kind: str | None
    outcome: str | None
    flag: str | None
    searched: Sequence[str] | None
    other_key: str | None
    since: datetime | None
    until: datetime | None


def _parameter(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return list(value) if isinstance(value, tuple) else value


def read_in_blocks(
    read: Callable[[Mapping[str, Any], int], list[FoundEntry]],
    conditions: Mapping[str, Any],
    after: int | None,
    limit: int | None,
) -> Iterator[FoundEntry]:
    """The entries that `read` finds for SQL parameters, a block at a time, so that no read takes long."""
    given = {PARAMETERS.get(name, name): value for name, value in conditions.items() if value is not None}
    parameters = {name: _parameter(value) for name, value in given.items()}
    while limit is None or limit > 0:
        if after is not None:
            parameters["after"] = after
        size = BLOCK if limit is None else min(limit, BLOCK)
        block = read(parameters, size)
        yield from block
        if len(block) < size:
            return
        after = block[-1].sequence
        limit = None if limit is None else limit - size
