"""The journal as a source: inquiries, newest first, over a read-only connection of its own.

An inquiry is all entries with one id: its intent and its release, or the single entry of a refusal or a read.
A caller who may see only their own inquiries is bound to them in every statement, and their searches read the index of
their own entries alone: neither results nor timing depend on the inquiries of others.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import ColumnElement

from audit.decision_replay import DecisionReplayer
from policy.grants import Grant
from policy.record_classes import RecordClass
from resolvers.errors import NotGranted
from resolvers.fetch import BatchResult, Fetch
from resolvers.hits import Search, no_hits, page_of_hits
from resolvers.inquiries import COLUMNS, INDEXED, INDEXES, OTHERS, InquiriesByNumber, InquiriesByTerms
from resolvers.paging import COUNT_LIMIT
from resolvers.record import RecordKind
from resolvers.table import GrantedColumns
from sources.errors import SourceUnavailable
from sources.postgres.address import Address
from sources.request import Request
from sources.source import Source
from sources.sql.query import SelectQuery
from sources.sqlite.source import SqliteSource

SOURCE = "journal"
DEADLINE_S = 10.0
"""Longer than for record systems: an auditor's search may read years of entries and is not urgent."""
OWN_SEARCH_DEADLINE_S = 1.0
"""For all searches of an operation of a caller who sees only their own entries."""

INQUIRY = RecordKind(SOURCE, "id", re.compile("[0-9a-f]{32}"))

TERMS = (*INDEXED, *OTHERS)


@dataclass(frozen=True, slots=True)
class InquirySearch(Search):
    """Search terms for inquiries; all that are given must hold.

    Shapes: `record` is a record id, "persons/P0000001"; `seen` excludes inquiries that asked for it and were not
            shown it.
    Units:  `since` (included) and `until` (excluded) are timestamps as the journal writes them: UTC, microseconds.
    """

    user: str | None = None
    agency: str | None = None
    case_number: str | None = None
    record: str | None = None
    seen: bool | None = None
    outcome: str | None = None
    flag: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def index_keys(self) -> tuple[str | None, ...]:
        """None, for the journal as a whole, and each term that has an index."""
        return (None, *(value for name, value in self.terms.items() if name in INDEXES))

    @property
    def terms(self) -> dict[str, Any]:
        """The terms that were given, by name."""
        return {name: value for name in TERMS if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class ReplayKey:
    """The id of an inquiry to decide again."""

    id: str
    replayer: DecisionReplayer = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ShownInquiry:
    """The columns of an inquiry, in order of name."""

    columns: tuple[str, ...]

    def cells(self) -> list[ColumnElement[Any]]:
        return [COLUMNS[name] for name in self.columns]


def open_journal_file(file: Path, *, connections: int) -> Source:
    """The journal's file as a read-only source. Nothing is opened before its first use."""
    return SqliteSource(SOURCE, file, connections=connections, deadline_s=DEADLINE_S, may_change=True)


def open_journal_database(address: Address, *, connections: int) -> Source:
    """The journal's database as a read-only source. Nothing is opened before its first use."""
    from sources.postgres.source import PostgresSource

    return PostgresSource(
        SOURCE, address, connections=connections, deadline_s=DEADLINE_S, schema="journal", is_searched=True
    )


def search(search: InquirySearch, columns: GrantedColumns, grant: Grant) -> Request:
    """The inquiries of one page and one more: the number of hits, the position, then columns in order of name."""
    after = search.page.after
    parameters = _parameters(grant) | {name: getattr(search, name) or None for name in TERMS}
    parameters |= {"size": search.page.first + 1, "count_limit": COUNT_LIMIT}
    if after:
        parameters |= dict(zip(("after_at", "after_sequence"), after, strict=True))
    terms = tuple(name for name in INDEXED if parameters[name] is not None)
    frame = InquiriesByTerms(terms, grant.is_own_entries_only, after is not None)
    return Request(SelectQuery(frame, ShownInquiry(tuple(name for name, _ in columns))), parameters)


def inquiries(ids: Sequence[str], columns: Sequence[str], grant: Grant) -> Request:
    """Inquiries by id: the id, then columns."""
    parameters = _parameters(grant) | {"ids": orjson.dumps(list(ids)).decode()}
    query = SelectQuery(InquiriesByNumber(grant.is_own_entries_only), ShownInquiry(tuple(columns)))
    return Request(query, parameters, len(ids))


def _parameters(grant: Grant) -> dict[str, Any]:
    if not isinstance(grant, Grant) or grant.record_class is not RecordClass.AUDIT_TRAIL:
        raise NotGranted(SOURCE)
    return {"caller": grant.scope.user, "sees_all": not grant.is_own_entries_only}


async def _by_search(
    source: Source, grant: Grant, keys: Sequence[InquirySearch], columns: GrantedColumns
) -> BatchResult:
    found: dict[InquirySearch, Any] = {}
    names = [name for name, _ in columns]
    requests = [search(key, columns, grant) for key in keys]
    try:
        async with asyncio.timeout(OWN_SEARCH_DEADLINE_S if grant.is_own_entries_only else DEADLINE_S):
            for key, request in zip(keys, requests, strict=True):
                rows = await source.fetch(request)
                if total := rows[0][0]:
                    edges = [
                        {"node": dict(zip(names, cells, strict=True)), "position": (at, sequence)}
                        for _, at, sequence, *cells in rows
                        if at is not None
                    ]
                    found[key] = page_of_hits(edges, total=total, page=key.page)
    except TimeoutError:
        raise SourceUnavailable(source.name, "TIMEOUT") from None
    return BatchResult(found)


async def _by_id(source: Source, grant: Grant, keys: Sequence[str], columns: GrantedColumns) -> BatchResult:
    names = [name for name, _ in columns]
    rows = await source.fetch(inquiries(keys, names, grant))
    found = {id: dict(zip(names, cells, strict=True)) for id, *cells in rows}
    return BatchResult(found, [f"{SOURCE}/{id}" for id in found])


async def _replay(source: Source, grant: Grant, keys: Sequence[ReplayKey], _columns: GrantedColumns) -> BatchResult:
    rows = await source.fetch(inquiries([key.id for key in keys], ["entry"], grant))
    entries = {id: orjson.loads(entry) for id, entry in rows}
    replays = {key: orjson.dumps(key.replayer.replay(entries.get(key.id, {}))) for key in keys}
    found = {key: decided for key, replay in replays.items() if (decided := orjson.loads(replay))}
    return BatchResult(found, added_bytes=sum(map(len, replays.values())))


by_search = Fetch("journal.by_search", SOURCE, _by_search, no_hits, table="entry")
by_id = Fetch("journal.by_id", SOURCE, _by_id, record=INQUIRY, table="entry")
replay = Fetch("journal.replay", SOURCE, _replay, table="entry")
