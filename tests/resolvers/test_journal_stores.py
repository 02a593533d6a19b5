"""Inquiries are the same from the journal's file and from its database: every search, page and column."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from audit.entry import Entry, Kind
from audit.postgres.store import PostgresStore
from audit.sqlite.store import SqliteStore
from bench.postgres_server import PostgresServer
from policy.grants import Grant
from policy.record_classes import RecordClass
from resolvers.inquiries import COLUMNS
from resolvers.journal import TERMS, InquirySearch, by_id, by_search, open_journal_database, open_journal_file
from resolvers.paging import Cursors, Page
from sources.source import Source
from tests.audit.postgres.databases import new_journal
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant

COUNT = 60
KNOWN: dict[str, Any] = {
    "user": "u-1", "agency": "CA1", "case_number": "26-1", "record": "persons/P1", "seen": True,
    "outcome": "ANSWERED", "flag": "OWN_RECORD", "since": "2026-03-01T12:00:10", "until": "2026-03-01T12:00:50",
}  # fmt: skip
SEARCHES = [*chain.from_iterable(combinations(TERMS, size) for size in (0, 1, 2, 3))]


def entries(random: Random) -> list[Entry]:
    """Intents with their releases, refusals, and reads of the journal, with the values of KNOWN among others."""
    found: list[Entry] = []
    for number in range(COUNT):
        kind = random.choice([Kind.INTENT, Kind.INTENT, Kind.INTENT, Kind.REFUSAL, Kind.READ])
        entry = Entry(
            kind=kind,
            id=f"{number:032x}",
            at=f"2026-03-01T12:00:{number // 2:02}.000000+00:00",
            user=random.choice(["u-1", "u-2", "Zoë \x1f 😀", "nul\0 after"]),
            agency=random.choice(["CA1", "CA2", None]),
            case_number=random.choice(["26-1", None, "x\x1f"]),
            attention='odd "text" \x1f \u2028 \0\0 \\u0000 \\\0 after',
            record_ids=tuple(random.sample(["persons/P1", "persons/P2", "warrants/W1", "odd/😀"], 2)),
            outcome=random.choice(["REFUSED", None]),
        )
        found.append(entry)
        if kind is Kind.INTENT and random.random() < 0.8:
            flags = random.choice([(), ("OWN_RECORD",), ("OWN_RECORD", "COLLEAGUE")])
            shown = entry.record_ids[: random.randrange(3)]
            outcome = random.choice(["ANSWERED", "PARTIAL"])
            release = replace(entry, kind=Kind.RELEASE, record_ids=shown, flags=flags, outcome=outcome)
            found.append(release)
    return found


@pytest.fixture
async def both(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[tuple[Source, Source]]:
    """The same entries in a journal of each kind."""
    database = (await new_journal(postgres)).as_server
    for store in (SqliteStore(tmp_path / "journal.db"), PostgresStore(database)):
        journal = await store.open(deadline_s=30)
        for entry in entries(Random(1)):
            await journal.append(entry)
        await journal.close()
    sources = (
        open_journal_file(tmp_path / "journal.db", connections=1),
        open_journal_database(database, connections=1),
    )
    yield sources
    for source in sources:
        await source.close()


def grants(grant: MakeGrant) -> list[Grant]:
    given = grant(RecordClass.AUDIT_TRAIL)
    return [replace(given, is_own_entries_only=is_own) for is_own in (True, False)]


def comparable(value: Any) -> Any:
    """Texts that are equal for a client: PostgreSQL writes lists with blanks."""
    if isinstance(value, dict):
        return {name: comparable(each) for name, each in value.items() if name != "page"}
    if isinstance(value, (list, tuple)):
        return [comparable(each) for each in value]
    if not isinstance(value, str):
        return value
    return value.replace(", ", ",").replace(": ", ":")


@pytest.mark.slow
async def test_every_search_finds_the_same_in_both_stores(both: tuple[Source, Source], grant: MakeGrant) -> None:
    columns, hits = granted(COLUMNS), 0
    for given in grants(grant):
        for names in SEARCHES:
            if "seen" in names and "record" not in names:
                continue
            after: Any = None
            for _ in range(2):
                page = Page(7, after, b"", Cursors(bytes(32)))
                search = InquirySearch(page, **{name: KNOWN[name] for name in names})
                file, database = [(await by_search.read(each, given, [search], columns)).found for each in both]
                assert comparable(list(database.values())) == comparable(list(file.values())), names
                edges = file[search]["edges"] if file else []
                hits += len(edges)
                if not edges:
                    break
                after = edges[-1]["position"]
    assert hits > 1_000


async def test_inquiries_by_id_are_the_same_in_both_stores(both: tuple[Source, Source], grant: MakeGrant) -> None:
    ids = [f"{number:032x}" for number in range(0, COUNT + 3, 3)] + ["odd\x00"]
    counts, attentions = [], set[str]()
    for given in grants(grant):
        file, database = [await by_id.read(each, given, ids, granted(COLUMNS)) for each in both]
        assert comparable(database.found) == comparable(file.found)
        assert sorted(database.records) == sorted(file.records)
        counts.append(len(file.found))
        attentions |= {found["attention"] for found in file.found.values()}
    assert attentions == {'odd "text" \x1f \u2028 \ufffd\ufffd \\u0000 \\\ufffd after'}
    assert 0 < counts[0] < counts[1] == COUNT // 3
