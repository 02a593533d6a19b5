"""Training: every fetch and every search reads demonstration rows alone, as if no other rows were in the source."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from policy.decide import decide
from policy.grants import Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from resolvers.catalogue import FETCHES, SPECS, open_sources
from resolvers.columns import DEMONSTRATION
from resolvers.fetch import BatchResult, Fetch
from resolvers.name_candidates import CandidateNames
from resolvers.source_tables import searches_of
from seed import demo
from sources.sql.dialects import POSTGRES, SQLITE, Dialect
from sources.sql.query import Frame
from tests.callers import make_caller
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant, SelectRows
from tests.resolvers.test_table import keys_of, table_of

ALL = dict.fromkeys(
    ("sees_convictions", "sees_arrests", "sees_supervision", "sees_sealed", "sees_juvenile", "sees_confidential"), True
)


@pytest.fixture(scope="session")
def demonstrations(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the seeded folder in which no table has a live row."""
    folder = tmp_path_factory.mktemp("demonstrations")
    for spec in SPECS:
        file = folder / f"{spec.name}.db"
        shutil.copyfile(seeded / file.name, file)
        with closing(sqlite3.connect(file)) as connection, connection:
            for table in spec.metadata.tables:
                connection.execute(f"DELETE FROM {table} WHERE {DEMONSTRATION} IS NOT 1")
    return folder


def training_frame(frame: Any) -> Frame:
    """The same frame for training."""
    return replace(frame, sees_live=False)


async def read(folder: Path, fetch: Fetch, keys: list[Any], grant: Grant) -> BatchResult:
    sources = open_sources(folder, connections=1, deadline_s=30)
    try:
        return await fetch.read(sources[fetch.source], grant, keys, granted(table_of(fetch).columns))
    finally:
        for source in sources.values():
            await source.close()


@pytest.mark.parametrize("fetch", FETCHES, ids=lambda fetch: fetch.name)
async def test_every_fetch_finds_what_it_finds_without_live_rows(
    seeded: Path, demonstrations: Path, rows: SelectRows, grant: MakeGrant, fetch: Fetch
) -> None:
    found = rows(fetch.source, keys_of(fetch))
    with closing(sqlite3.connect(demonstrations / f"{fetch.source}.db")) as file:
        marked = file.execute(keys_of(fetch)).fetchall()
    keys = {*marked, *Random(1).sample(found, min(200, len(found)))}
    asked = [key if len(key) > 1 else key[0] for key in sorted(keys, key=str)]
    training = await read(seeded, fetch, asked, grant(**ALL, sees_live=False))
    alone = await read(demonstrations, fetch, asked, grant(**ALL))
    live = await read(seeded, fetch, asked, grant(**ALL))

    assert (training.found, sorted(training.records)) == (alone.found, sorted(alone.records))
    assert (len(training.found) > 0, len(training.found) < len(live.found)) == (len(marked) > 0, True)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=["SQLite", "PostgreSQL"])
def test_every_search_reads_demonstration_rows_alone_for_training(dialect: Dialect) -> None:
    """The names that a search may mean are those of all people; the people who are found bear the mark."""
    marked = f"{DEMONSTRATION} = 1"
    frames = [query.frame for spec in SPECS for query in searches_of(spec.name)]
    without = {type(frame) for frame in frames if not hasattr(frame, "sees_live")}
    assert without == {CandidateNames}
    for frame in frames:
        if not isinstance(frame, CandidateNames):
            live, training = (str(each.select().compile(dialect=dialect)) for each in (frame, training_frame(frame)))
            assert DEMONSTRATION not in live
            assert marked in training


def test_the_rows_of_demonstration_people_are_marked_and_no_others(rows: SelectRows) -> None:
    expected: dict[str, int] = {}
    for person in demo.PEOPLE:
        for table, _ in person.rows:
            expected[table] = expected.get(table, 0) + 1
    marked = {
        table: rows(spec.name, f"SELECT count(*) FROM {table} WHERE {DEMONSTRATION} = 1")[0][0]
        for spec in SPECS
        for table in spec.metadata.tables
    }

    assert {table: count for table, count in marked.items() if count} == expected
    assert rows("persons", f"SELECT max(person) FROM name_key WHERE {DEMONSTRATION} = 1") == [(len(demo.PEOPLE),)]
    unmarked = f"SELECT count(*) FROM name_key WHERE person <= {len(demo.PEOPLE)} AND {DEMONSTRATION} IS NOT 1"
    assert rows("persons", unmarked) == [(0,)]


@pytest.mark.parametrize("reason", Reason, ids=lambda each: each.value)
def test_only_the_reason_training_leaves_live_rows_out(reason: Reason) -> None:
    inquiry = Inquiry(Purpose.C, reason, "26-1", None)
    verdicts = decide(Policy.load(), make_caller(role=Role.COURT), inquiry, RecordClass, today=date(2026, 3, 2))
    rules = {each.rule.name for each in verdicts.exclusions}

    assert verdicts.scope.sees_live is (reason not in {Reason.TRAINING, Reason.CCW_PERMIT})
    assert ("demonstration-people" in rules) is (reason is Reason.TRAINING)
