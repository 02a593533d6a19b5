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

from audit.decision_replay import DecisionReplayer
from audit.sqlite.inquiry_query import MAY_NAME_RECORD, entry_conditions, names_record
from policy.grants import Grant
from policy.record_classes import RecordClass
from resolvers.errors import NotGranted
from resolvers.fetch import BatchResult, Fetch
from resolvers.hits import Search, no_hits, page_of_hits
from resolvers.paging import COUNT_LIMIT
from resolvers.record import RecordKind
from resolvers.table import GrantedColumns
from sources.errors import SourceUnavailable
from sources.request import Request
from sources.source import Source
from sources.sql.query import SqliteQuery
from sources.sqlite.source import SqliteSource

SOURCE = "journal"
DEADLINE_S = 10.0
"""Longer than for record systems: an auditor's search may read years of entries and is not urgent."""
OWN_SEARCH_DEADLINE_S = 1.0
"""For all searches of an operation of a caller who sees only their own entries."""

INQUIRY = RecordKind(SOURCE, "id", re.compile("[0-9a-f]{32}"))

BODY = "coalesce(release.body, inquiry.body)"


def _list(name: str, body: str = BODY) -> str:
    return f"coalesce({body} ->> '$.{name}', '[]')"


TEXTS = """id parent_id user role agency certified_until assurance terminal address purpose reason case_number attention
    operation_name document_sha256 policy_version outcome"""

COLUMNS = {
    **{name: f"{BODY} ->> '$.{name}'" for name in TEXTS.split()},
    **{name: _list(name) for name in ("released", "masked", "denied", "exclusions", "sources", "filters")},
    "at": "inquiry.at",
    "kind": "coalesce(release.kind, inquiry.kind)",
    "asked": _list("record_ids", "inquiry.body"),
    "shown": _list("record_ids", "release.body"),
    # A flag may show that there was something which the caller must not know of, such as their own record.
    "flags": f"CASE WHEN :sees_all THEN {_list('flags')} END",
    "entry": BODY,
}

CONDITIONS = {
    **{name: sql for name, sql in entry_conditions("inquiry", BODY).items() if name not in {"id", "kind"}},
    "record": f"({names_record('inquiry.body')} OR {names_record('release.body')})",
    "seen": names_record("release.body"),
}
CONDITIONS["flag"] = f":sees_all AND {CONDITIONS['flag']}"

# In the order of choice: a record has few entries, a user may have many.
INDEXES = {
    "record": "entry_by_id",
    "case_number": "entry_by_case",
    "user": "entry_by_user",
    "agency": "entry_by_agency",
}


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
        return {name: value for name in CONDITIONS if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class ReplayKey:
    """The id of an inquiry to decide again."""

    id: str
    replayer: DecisionReplayer = field(compare=False, repr=False)


def open_journal(file: Path, *, connections: int) -> Source:
    """The journal's file as a read-only source. Nothing is opened before its first use."""
    return SqliteSource(SOURCE, file, connections=connections, deadline_s=DEADLINE_S, may_change=True)


def search(search: InquirySearch, columns: GrantedColumns, grant: Grant) -> Request:
    """The inquiries of one page and one more: the number of hits, the position, then columns in order of name."""
    terms = search.terms
    parameters = terms | _parameters(grant) | {"size": search.page.first + 1}
    conditions = [CONDITIONS[name] for name in terms]
    index = "entry_by_user"
    if not grant.is_own_entries_only:
        index = next((INDEXES[name] for name in INDEXES if name in terms), "entry_by_at")
        if "record" in terms:
            conditions.append(f"inquiry.id IN (SELECT id FROM entry WHERE sequence IN ({MAY_NAME_RECORD}))")
    inquiries = _from(grant, index, conditions)
    after = ""
    if search.page.after:
        after = "AND (inquiry.at, inquiry.sequence) < (:after_at, :after_sequence)"
        parameters |= dict(zip(("after_at", "after_sequence"), search.page.after, strict=True))
    cells = ["inquiry.at", "inquiry.sequence", *(COLUMNS[name] for name, _ in columns)]
    selected = ", ".join(f"{sql} AS h{number}" for number, sql in enumerate(cells))
    text = f"""
    WITH
      counted AS (SELECT count(*) AS total FROM (SELECT 1 {inquiries} LIMIT {COUNT_LIMIT})),
      page AS (SELECT {selected} {inquiries} {after} ORDER BY inquiry.at DESC, inquiry.sequence DESC LIMIT :size)
    SELECT total, page.* FROM counted LEFT JOIN page ORDER BY h0 DESC, h1 DESC"""
    return Request(SqliteQuery(text, 1 + len(cells)), parameters)


def inquiries(ids: Sequence[str], columns: Sequence[str], grant: Grant) -> Request:
    """Inquiries by id: the id, then columns."""
    parameters = _parameters(grant) | {"ids": orjson.dumps(list(ids)).decode()}
    cells = ", ".join(["inquiry.id", *(COLUMNS[name] for name in columns)])
    text = f"SELECT {cells} {_from(grant, 'entry_by_id', ['inquiry.id IN (SELECT value FROM json_each(:ids))'])}"
    return Request(SqliteQuery(text, 1 + len(columns)), parameters, len(ids))


def _from(grant: Grant, index: str, conditions: Sequence[str]) -> str:
    own = ["inquiry.user = :caller"] if grant.is_own_entries_only else []
    conditions = ["inquiry.kind <> 'RELEASE'", *own, *conditions]
    return (
        f"FROM entry AS inquiry INDEXED BY {index} LEFT JOIN entry AS release"
        " ON release.id = inquiry.id AND release.kind = 'RELEASE'"
        f" WHERE {' AND '.join(conditions)}"
    )


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
