"""The journal as a source: inquiries, newest first, by a connection of its own that can do nothing but read.

An inquiry is all that stands under one id: its intent and its release, or the one entry of a refusal or of a read.
Whoever may know only of their own is bound to them in every statement, and a search then goes by their own entries
alone: what others asked can be told neither from the answer nor from the time that it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from audit.decision_replay import DecisionReplayer
from audit.inquiry_query import MAY_NAME_RECORD, entry_conditions, names_record
from policy.grants import Grant
from policy.record_classes import RecordClass
from resolvers.errors import NotGranted
from resolvers.fetch import BatchResult, Fetch
from resolvers.hits import none, page_of_hits
from resolvers.paging import Page
from resolvers.record import RecordKind
from resolvers.table import Columns
from sources.source import Source, Statement
from sources.sqlite.source import SqliteSource

SOURCE = "journal"
DEADLINE_S = 10.0
"""No officer waits at the roadside for an auditor, who may have to read years."""

COUNTED = 1_000
"""Inquiries are counted up to here."""

INQUIRY = RecordKind(SOURCE, "id", "[0-9a-f]{32}")

ALL = "coalesce(release.body, inquiry.body)"


def _word(name: str) -> str:
    return f"{ALL} ->> '$.{name}'"


def _list(name: str, entry: str = ALL) -> str:
    return f"coalesce({entry} ->> '$.{name}', '[]')"


COLUMNS = {
    **{
        name: _word(name)
        for name in (
            *("id", "parent_id", "user", "role", "agency", "certified_until", "assurance", "terminal", "address"),
            *("purpose", "reason", "case_number", "attention", "operation_name", "document_sha256", "policy_version"),
            "outcome",
        )
    },
    **{name: _list(name) for name in ("released", "masked", "denied", "exclusions", "sources", "filters")},
    "at": "inquiry.at",
    "kind": "coalesce(release.kind, inquiry.kind)",
    "asked": _list("record_ids", "inquiry.body"),
    "shown": _list("record_ids", "release.body"),
    # A flag may say that there was something which the caller could not be told of, such as their own record.
    "flags": f"CASE WHEN :sees_all THEN {_list('flags')} END",
    "entry": ALL,
}


CONDITIONS = {
    **{name: sql for name, sql in entry_conditions("inquiry", ALL).items() if name not in {"id", "kind"}},
    "record": f"({names_record('inquiry.body')} OR {names_record('release.body')})",
    "seen": names_record("release.body"),
}
CONDITIONS["flag"] = f":sees_all AND {CONDITIONS['flag']}"

OF_RECORD = f"inquiry.id IN (SELECT id FROM entry WHERE sequence IN ({MAY_NAME_RECORD}))"

# The first that is asked for finds the entries. A record has few, a user may have many.
INDEXES = {
    "record": "entry_by_id",
    "case_number": "entry_by_case",
    "user": "entry_by_user",
    "agency": "entry_by_agency",
}


@dataclass(frozen=True, slots=True)
class InquirySearch:
    """What was asked.

    Shapes: `record` is a record id, "persons/P0000001"; `seen` leaves out who asked for it and was not shown it.
    Units:  `since` (included) and `until` (not) as the journal writes a moment: UTC, six places.
    """

    page: Page
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
    def asked(self) -> dict[str, Any]:
        """What was given, by name."""
        return {name: value for name in CONDITIONS if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class ReplayKey:
    """An inquiry whose decision is to be made again."""

    id: str
    replays: DecisionReplayer = field(compare=False, repr=False)


def open_journal(file: Path, *, connections: int) -> Source:
    """The journal's file, to read. Nothing is opened before it is asked."""
    return SqliteSource(SOURCE, file, connections=connections, deadline_s=DEADLINE_S)


def search(search: InquirySearch, columns: Columns, grant: Grant) -> Statement:
    """The inquiries of one page and one more: how many there are, then position, then columns in order of name."""
    asked = search.asked
    given = asked | _parameters(grant)
    given["size"] = search.page.first + 1
    matches = [CONDITIONS[name] for name in asked]
    index = "entry_by_user"
    if not grant.is_own_only:
        index = next((INDEXES[name] for name in INDEXES if name in asked), "entry_by_at")
        matches += [OF_RECORD] * ("record" in asked)
    seen = _from(grant, index, matches)
    after = ""
    if search.page.after:
        after = "AND (inquiry.at, inquiry.sequence) < (:after_at, :after_sequence)"
        given |= dict(zip(("after_at", "after_sequence"), search.page.after, strict=True))
    cells = ["inquiry.at", "inquiry.sequence", *(COLUMNS[name] for name, _ in columns)]
    found = ", ".join(f"{sql} AS h{place}" for place, sql in enumerate(cells))
    text = f"""
    WITH
      counted AS (SELECT count(*) AS total FROM (SELECT 1 {seen} LIMIT {COUNTED})),
      page AS (SELECT {found} {seen} {after} ORDER BY inquiry.at DESC, inquiry.sequence DESC LIMIT :size)
    SELECT total, page.* FROM counted LEFT JOIN page ORDER BY h0 DESC, h1 DESC"""
    return Statement.of_rows(text, given, 1 + len(cells))


def inquiries(ids: Sequence[str], columns: Sequence[str], grant: Grant) -> Statement:
    """Inquiries by id: the id, then columns."""
    given = _parameters(grant) | {"ids": orjson.dumps(list(ids)).decode()}
    cells = ", ".join(["inquiry.id", *(COLUMNS[name] for name in columns)])
    text = f"SELECT {cells} {_from(grant, 'entry_by_id', ['inquiry.id IN (SELECT value FROM json_each(:ids))'])}"
    return Statement.of_rows(text, given, 1 + len(columns), len(ids))


def _from(grant: Grant, index: str, matches: Sequence[str]) -> str:
    met = ["inquiry.kind <> 'RELEASE'", *(["inquiry.user = :caller"] if grant.is_own_only else []), *matches]
    return (
        f"FROM entry AS inquiry INDEXED BY {index} LEFT JOIN entry AS release"
        f" ON release.id = inquiry.id AND release.kind = 'RELEASE' WHERE {' AND '.join(met)}"
    )


def _parameters(grant: Grant) -> dict[str, Any]:
    if not isinstance(grant, Grant) or grant.record_class is not RecordClass.AUDIT_TRAIL:
        raise NotGranted(SOURCE)
    return {"caller": grant.scope.user, "sees_all": not grant.is_own_only}


async def _by_search(source: Source, grant: Grant, keys: Sequence[InquirySearch], columns: Columns) -> BatchResult:
    found: dict[InquirySearch, Any] = {}
    for key in keys:
        rows = await source.fetch(search(key, columns, grant))
        if total := rows[0][0]:
            names = [name for name, _ in columns]
            edges = [
                {"node": dict(zip(names, cells, strict=True)), "position": (at, sequence)}
                for _, at, sequence, *cells in rows
                if at is not None
            ]
            found[key] = page_of_hits(edges, total=total, page=key.page)
    return BatchResult(found)


async def _by_id(source: Source, grant: Grant, keys: Sequence[str], columns: Columns) -> BatchResult:
    names = [name for name, _ in columns]
    rows = await source.fetch(inquiries(keys, names, grant))
    found = {id: dict(zip(names, cells, strict=True)) for id, *cells in rows}
    return BatchResult(found, [f"{SOURCE}/{id}" for id in found])


async def _replay(source: Source, grant: Grant, keys: Sequence[ReplayKey], _columns: Columns) -> BatchResult:
    rows = await source.fetch(inquiries([key.id for key in keys], ["entry"], grant))
    entries = {id: orjson.loads(entry) for id, entry in rows}
    found = {}
    for key in keys:
        if again := key.replays.of(entries.get(key.id, {})):
            found[key] = orjson.loads(orjson.dumps(again))
    return BatchResult(found)


by_search = Fetch("journal.by_search", SOURCE, _by_search, none)
by_id = Fetch("journal.by_id", SOURCE, _by_id, record=INQUIRY)
replay = Fetch("journal.replay", SOURCE, _replay)
