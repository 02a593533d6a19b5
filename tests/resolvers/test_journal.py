"""The journal as a source: its statements read an index, and are bound to a caller who may see only their own."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import orjson
import pytest

from audit.entry import Entry, Kind
from audit.sqlite.journal import SqliteJournal
from policy.record_classes import RecordClass
from resolvers.errors import NotGranted
from resolvers.inquiries import COLUMNS
from resolvers.journal import TERMS, InquirySearch, inquiries, search
from resolvers.paging import Cursors, Page
from tests.harness import sql_text
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant
from tests.resolvers.searching import query_plan

PAGE = Page.of(20, None, Cursors(bytes(32)))
NEXT = Page(20, ("2026-03-01T12:00:00.000000+00:00", 7), b"", Cursors(bytes(32)))
ALL_TERMS = [*chain.from_iterable(combinations(TERMS, size) for size in range(len(TERMS) + 1))]


@pytest.fixture
async def journal(tmp_path: Path) -> Any:
    journal = await SqliteJournal.open(tmp_path / "journal.db", deadline_s=30)
    yield journal
    await journal.close()


@pytest.fixture
def file(journal: SqliteJournal, tmp_path: Path) -> Any:
    connection = sqlite3.connect(tmp_path / "journal.db")
    yield connection
    connection.close()


def search_by(names: tuple[str, ...], page: Page = PAGE) -> InquirySearch:
    known: Any = dict.fromkeys(names, "x") | ({"record": "x"} if "seen" in names else {})
    return InquirySearch(page, **known)


@pytest.mark.slow
@pytest.mark.parametrize("one_in", [3, pytest.param(1, marks=pytest.mark.system)])
@pytest.mark.parametrize("is_own_entries_only", [True, False], ids=["own", "all"])
async def test_every_search_reads_an_index_if_one_fits(
    file: sqlite3.Connection, grant: MakeGrant, is_own_entries_only: bool, one_in: int
) -> None:
    given = replace(grant(RecordClass.AUDIT_TRAIL), is_own_entries_only=is_own_entries_only)
    columns = granted(COLUMNS)
    for names in ALL_TERMS[::one_in]:
        for page in (PAGE, NEXT):
            plan = query_plan(file, search(search_by(names, page), columns, given))
            scanned = [step for step in plan if step.startswith(("SCAN inquiry", "SCAN release", "SCAN entry"))]
            has_index = is_own_entries_only or {"user", "agency", "case_number", "record", "seen"} & set(names)
            assert not (has_index and scanned), (names, plan)
            assert all("USING INDEX entry_by_at" in step for step in scanned), (names, plan)


async def test_a_record_is_found_whether_its_entry_is_in_the_index_yet_or_not(
    file: sqlite3.Connection, journal: SqliteJournal, grant: MakeGrant
) -> None:
    given = replace(grant(RecordClass.AUDIT_TRAIL), is_own_entries_only=False)
    request = search(InquirySearch(PAGE, record="persons/P0"), granted(["id"]), given)
    matching: list[str] = []
    for number in range(40):
        entry = Entry(kind=Kind.INTENT, record_ids=("warrants/W1", f"persons/P{number % 3}"))
        await journal.append(entry)
        if number % 3 == 0:
            matching.insert(0, entry.id)
        ((rows,),) = file.execute(sql_text(request), request.parameters)
        assert [row[-1] for row in orjson.loads(rows)] == matching


async def test_inquiries_by_id_are_one_search_of_an_index(file: sqlite3.Connection, grant: MakeGrant) -> None:
    plan = query_plan(file, inquiries(["0" * 32, "1" * 32], list(COLUMNS), grant(RecordClass.AUDIT_TRAIL)))

    assert any(step.startswith("SEARCH inquiry USING INDEX entry_by_id (id=?)") for step in plan), plan


async def test_a_column_that_is_not_granted_is_not_read(grant: MakeGrant) -> None:
    given = grant(RecordClass.AUDIT_TRAIL)
    text = sql_text(search(search_by(()), granted(["user"]), given))

    assert "->> 'user'" in text
    # The conditions on an outcome and on a flag are in every search.
    assert {name for name in COLUMNS if f"'{name}'" in text} == {"user", "outcome", "flags"}


async def test_a_grant_of_another_class_is_refused(grant: MakeGrant) -> None:
    for given in (grant(RecordClass.IDENTITY), "a grant"):
        with pytest.raises(NotGranted):
            search(search_by(()), (), given)
        with pytest.raises(NotGranted):
            inquiries(["0" * 32], [], given)
