"""Conditions of a journal search, and its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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

    `since` (inclusive) and `until` (exclusive) have a time zone.
    """

    id: str | None
    trace: str | None
    user: str | None
    subject: str | None
    agency: str | None
    case: str | None
    kind: str | None
    outcome: str | None
    flag: str | None
    since: datetime | None
    until: datetime | None


def read_in_blocks(
    read: Callable[[Mapping[str, Any], int], list[FoundEntry]],
    conditions: Mapping[str, Any],
    after: int | None,
    limit: int | None,
) -> Iterator[FoundEntry]:
    """The entries that `read` finds for SQL parameters, a block at a time, so that no read takes long."""
    given = {PARAMETERS.get(name, name): value for name, value in conditions.items() if value is not None}
    parameters = {name: stamp(value) if isinstance(value, datetime) else value for name, value in given.items()}
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
