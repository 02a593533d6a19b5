"""Records about the caller, a namesake or a colleague: what leaves the source, and what is flagged."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policy.grants import Grant
from resolvers.fetch import BatchResult, by_key
from resolvers.record import RecordKind
from resolvers.table import ColumnExpression, Table
from sources.source import Source
from sources.sqlite.source import SqliteSource
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[Source]:
    """Seven rows that differ only in their subject."""
    path = tmp_path / "things.db"
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE thing (id TEXT, value TEXT, subject_surname TEXT, subject_user TEXT, subject_ori TEXT)")
    file.executemany(
        "INSERT INTO thing VALUES (?, ?, ?, ?, ?)",
        [
            ("stranger", "v1", "OTHER", None, None),
            ("officer", "v2", "OTHER", "u-2", "CA0009999"),
            ("own", "v3", "NOBODY", "u-1", "CA0000000"),
            ("own elsewhere", "v4", "MARRIED", "u-1", None),
            ("namesake", "v5", "NOBODY", None, None),
            ("colleague", "v6", "OTHER", "u-3", "CA0000000"),
            ("colleague without account", "v7", "OTHER", None, "CA0000000"),
        ],
    )
    file.commit()
    file.close()
    source = SqliteSource("things", path, connections=1, deadline_s=30)
    yield source
    await source.close()


THING = Table(
    "thing",
    {"value": ColumnExpression("value", masked="'***' || substr(value, -1)")},
    record=RecordKind("things", "id", re.compile(".+")),
)
KEYS = [
    *("stranger", "officer", "own", "own elsewhere", "namesake", "colleague", "colleague without account", "none"),
]


async def read(source: Source, keys: list[str], grant: Grant) -> BatchResult:
    return await by_key("things", THING, "id", ("id",)).read(source, grant, keys, granted(THING.columns))


async def test_a_caller_who_has_stepped_up_sees_all_but_their_own_records(source: Source, grant: MakeGrant) -> None:
    batch = await read(source, KEYS, grant(is_stepped_up=True))

    assert set(batch.found) == set(KEYS) - {"own", "own elsewhere", "none"}
    assert batch.flags == {"OWN_RECORD", "SAME_SURNAME", "COLLEAGUE"}
    assert sorted(batch.records) == sorted(f"things/{key}" for key in batch.found)


@pytest.mark.parametrize(
    ("key", "flags"),
    [
        ("stranger", set()),
        ("own", {"OWN_RECORD"}),
        ("namesake", {"SAME_SURNAME"}),
        ("colleague", {"COLLEAGUE"}),
        ("none", set()),
    ],
)
async def test_the_relation_of_a_record_to_the_caller_is_flagged(
    source: Source, grant: MakeGrant, key: str, flags: set[str]
) -> None:
    batch = await read(source, [key], grant(is_stepped_up=True))

    assert batch.flags == flags


async def test_a_caller_who_has_not_stepped_up_sees_only_unrelated_records(source: Source, grant: MakeGrant) -> None:
    batch = await read(source, KEYS, grant(is_stepped_up=False))

    assert set(batch.found) == {"stranger", "officer"}


@pytest.mark.parametrize("key", ["own", "own elsewhere"])
@pytest.mark.parametrize("is_stepped_up", [False, True])
async def test_only_the_relation_of_the_callers_own_record_leaves_the_source(
    source: Source, grant: MakeGrant, key: str, is_stepped_up: bool
) -> None:
    given = grant(is_stepped_up=is_stepped_up)
    found = await source.fetch(THING.select(("id",), [key], granted(["value"]), given))

    assert found == [[None, None, 1]]


@pytest.mark.parametrize("key", ["namesake", "colleague", "none"])
async def test_a_hidden_record_looks_like_no_record(source: Source, grant: MakeGrant, key: str) -> None:
    given = grant(is_stepped_up=False)

    assert await source.fetch(THING.select(("id",), [key], granted(["value"]), given)) == []


async def test_a_mask_is_made_by_the_source(source: Source, grant: MakeGrant) -> None:
    given = grant(is_masked=True)

    found = await source.fetch(THING.select(("id",), ["stranger"], granted(["value"], is_masked=True), given))

    assert found == [["stranger", "stranger", 0, "***1"]]


def test_statements_of_one_shape_are_one_text(grant: MakeGrant) -> None:
    one, other = (THING.select(("id",), keys, granted(["value"]), grant()) for keys in (["a"], ["b", "c"]))

    assert one.text is other.text
