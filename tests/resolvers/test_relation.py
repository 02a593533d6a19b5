"""Records about the caller, a namesake or a colleague: what leaves the source, and what is flagged."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, Text, literal

from policy.grants import Denied, Grant, Need
from policy.record_classes import RecordClass
from policy.rules import COLLEAGUE, SAME_SURNAME
from resolvers.columns import optional_text, record_table, subject
from resolvers.errors import RelatedSubject
from resolvers.fetch import BatchResult, by_key
from resolvers.record import RecordKind
from resolvers.subject_columns import SQL_FUNCTIONS
from resolvers.table import ColumnExpression, Table
from sources.source import Source
from sources.sql.dialects import SQLITE
from sources.sql.functions import Ending
from sources.sql.query import sql_of
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
    source = SqliteSource("things", path, connections=1, deadline_s=30, functions=SQL_FUNCTIONS)
    yield source
    await source.close()


STORED = record_table("thing", MetaData(), *optional_text("id value"), *subject())
THING = Table(
    STORED,
    {"value": ColumnExpression(STORED.c.value, masked=literal("***", Text) + Ending(STORED.c.value, 1))},
    record=RecordKind("things", "id", re.compile(".+")),
)
KEYS = [
    *("stranger", "officer", "own", "own elsewhere", "namesake", "colleague", "colleague without account", "none"),
]


async def read(source: Source, keys: list[str], grant: Grant) -> BatchResult:
    return await by_key("things", THING, "id", ("id",)).read(source, grant, keys, granted(THING.columns))


async def test_a_caller_sees_all_but_their_own_records(source: Source, grant: MakeGrant) -> None:
    batch = await read(source, KEYS, grant())

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
    batch = await read(source, [key], grant())

    assert batch.flags == flags


UNFOLDED: dict[str, tuple[tuple[Any, ...], set[str]]] = {
    "capitalised": (("Nobody", None, None), {"SAME_SURNAME"}),
    "spaced": ((" nobody ", None, None), {"SAME_SURNAME"}),
    "hyphen": (("NO-BODY", None, None), {"SAME_SURNAME"}),
    "marked": (("Nóbödy", None, None), {"SAME_SURNAME"}),
    "no UTF-8": (("Nóbödy".encode("latin-1"), None, None), {"SAME_SURNAME"}),
    "BLOB": ((b"NOBODY", None, None), {"SAME_SURNAME"}),
    "stroke": (("N\u00f8b\u00f8dy", None, None), {"SAME_SURNAME"}),
    "another": (("Nobodyson", None, None), set()),
    "agency": (("OTHER", None, " ca0000000"), {"COLLEAGUE"}),
    "agency with separators": (("OTHER", None, "CA-000 0000\r\n"), {"COLLEAGUE"}),
    "agency as BLOB": (("OTHER", None, b"CA0000000"), {"COLLEAGUE"}),
    "user": (("OTHER", "U-1 ", None), {"OWN_RECORD"}),
    "user with line end": (("OTHER", "\u00a0u-1\t\r\n", None), {"OWN_RECORD"}),
    "user as BLOB": (("OTHER", b"u-1", None), {"OWN_RECORD"}),
    "another user": (("OTHER", "u-11", None), set()),
    "user in two words": (("OTHER", "u -1", None), set()),
}


@pytest.mark.parametrize(("subject", "flags"), UNFOLDED.values(), ids=UNFOLDED)
async def test_a_rule_applies_in_whatever_form_a_source_holds_the_subject(
    tmp_path: Path, grant: MakeGrant, subject: tuple[Any, ...], flags: set[str]
) -> None:
    path = tmp_path / "unfolded.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE thing (id, value, subject_surname, subject_user, subject_ori)")
        file.execute("INSERT INTO thing VALUES ('one', 'v1', ?, ?, ?)", subject)
        file.commit()
    source = SqliteSource("things", path, connections=1, deadline_s=30, functions=SQL_FUNCTIONS)
    batch = await read(source, ["one"], grant())
    withheld = await read(source, ["one"], grant(**WITHHELD))
    await source.close()

    assert batch.flags == flags
    assert ("one" in batch.found) is ("OWN_RECORD" not in flags)
    assert isinstance(withheld.found.get("one"), RelatedSubject) is bool(flags - {"OWN_RECORD"})


NEEDS = (Need.CASE_NUMBER, Need.AAL2)
WITHHELD: dict[str, Any] = {"sees_related": False, "related_needs": NEEDS}


async def test_a_withheld_record_is_an_error_in_its_place(source: Source, grant: MakeGrant) -> None:
    batch = await read(source, KEYS, grant(**WITHHELD))
    withheld = {key: each.denied for key, each in batch.found.items() if isinstance(each, RelatedSubject)}

    assert batch.found.keys() - withheld.keys() == {"stranger", "officer"}
    assert withheld == {
        "namesake": Denied(RecordClass.IDENTITY, SAME_SURNAME, NEEDS),
        "colleague": Denied(RecordClass.IDENTITY, COLLEAGUE, NEEDS),
        "colleague without account": Denied(RecordClass.IDENTITY, COLLEAGUE, NEEDS),
    }
    assert batch.denied == set(withheld.values())
    assert sorted(batch.records) == ["things/officer", "things/stranger"]
    assert batch.flags == {"OWN_RECORD"}


async def test_a_list_with_a_withheld_record_is_the_error(source: Source, grant: MakeGrant) -> None:
    """A list without it would be taken for the whole list."""
    fetch = by_key("things", THING, "value", ("subject_surname",), many=True)
    batch = await fetch.read(source, grant(**WITHHELD), ["OTHER", "MARRIED"], granted(THING.columns))

    assert {key: type(each) for key, each in batch.found.items()} == {"OTHER": RelatedSubject}


@pytest.mark.parametrize("key", ["own", "own elsewhere"])
@pytest.mark.parametrize("sees_related", [False, True])
async def test_only_the_relation_of_the_callers_own_record_leaves_the_source(
    source: Source, grant: MakeGrant, key: str, sees_related: bool
) -> None:
    given = grant(sees_related=sees_related)
    found = await source.fetch(THING.request(("id",), [key], granted(["value"]), given))

    assert found == [[None, None, 1]]


@pytest.mark.parametrize(("key", "relation"), [("namesake", 2 + 8), ("colleague", 4 + 8)])
async def test_no_value_of_a_withheld_record_leaves_the_source(
    source: Source, grant: MakeGrant, key: str, relation: int
) -> None:
    request = THING.request(("id",), [key], granted(["value"]), grant(**WITHHELD))

    assert await source.fetch(request) == [[key, None, relation]]


async def test_a_mask_is_made_by_the_source(source: Source, grant: MakeGrant) -> None:
    given = grant(is_masked=True)

    found = await source.fetch(THING.request(("id",), ["stranger"], granted(["value"], is_masked=True), given))

    assert found == [["stranger", "stranger", 0, "***1"]]


def test_statements_of_one_shape_are_one_text(grant: MakeGrant) -> None:
    one, other = (THING.request(("id",), keys, granted(["value"]), grant()) for keys in (["a"], ["b", "c"]))

    assert sql_of(one.query, SQLITE) is sql_of(other.query, SQLITE)
