"""Journal search: conditions, order, pages, and the indexes it uses."""

import sqlite3
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

from audit.entry import Entry, Kind, stamp
from audit.errors import JournalBroken
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.search import search, select_entries
from audit.sqlite.verification import verify

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after_noon(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
async def filled(path: Path) -> Path:
    """Ten entries, a minute apart; 1 and 2 are one inquiry's; the last two are of one moment."""
    entries: list[dict[str, Any]] = [
        {"id": "a" * 32, "user": "dana", "agency": "CA9190000", "trace_id": "c" * 32},
        {"id": "a" * 32, "user": "dana", "agency": "CA9190000", "record_ids": ("persons/P1", "warrants/W1")},
        {"user": "lee", "agency": "CA9190000", "record_ids": ("persons/P1",)},
        {"user": "lee", "agency": "CA9380000", "record_ids": ("persons/P2", "persons/P2"), "case_number": "26-1"},
        {
            "user": "dana",
            "agency": "CA9380000",
            "record_ids": ("persons/P2",),
            "search_key": "k1",
            "searched": ("name=b", "plate=c"),
        },
        {
            "address": "127.0.0.1",
            "outcome": "UNAUTHENTICATED",
            "flags": ("EXPIRED", "LATE"),
            "id": "ab" * 16,
            "trace_id": "c" * 32,
        },
        {"user": "dana", "agency": "CA9190000", "record_ids": ("persons/P1", "persons/P2")},
        {"user": "lee", "agency": "CA9190000", "record_ids": ("persons/P11",), "case_number": "26-1"},
        {"user": "lee", "agency": "CA9190000", "record_ids": ("persons/P1",)},
        {"user": "lee", "agency": "CA9190000", "record_ids": ("persons/P1",)},
    ]
    journal = await SqliteJournal.open(path)
    for minute, known in enumerate(entries, 1):
        await journal.append(Entry(kind=Kind.RELEASE, at=stamp(after_noon(min(minute, 9))), **known))
    await journal.close()
    return path


@pytest.mark.parametrize(
    ("conditions", "sequences"),
    [
        ({}, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ({"user": "dana"}, [7, 5, 2, 1]),
        ({"subject": "persons/P1"}, [10, 9, 7, 3, 2]),
        ({"subject": "persons/P2"}, [7, 5, 4]),
        ({"subject": "persons/P"}, []),
        ({"agency": "CA9380000"}, [5, 4]),
        ({"id": "a" * 32}, [2, 1]),
        ({"trace": "c" * 32}, [6, 1]),
        ({"trace": "c" * 32, "since": after_noon(3)}, [6]),
        ({"trace": "a" * 32}, []),
        ({"number": 3}, [3]),
        ({"number": 11}, []),
        ({"id_start": "a" * 6}, [2, 1]),
        ({"id_start": "a" * 32}, [2, 1]),
        ({"id_start": "ababab"}, [6]),
        ({"searched": ("plate=c", "plate=d")}, [5]),
        ({"searched": ("plate",)}, []),
        ({"searched": ("name=b",), "user": "lee"}, []),
        ({"other_key": "k2"}, [5]),
        ({"other_key": "k1"}, []),
        ({"case": "26-1"}, [8, 4]),
        ({"case": "26"}, []),
        ({"case": "26-1", "agency": "CA9380000"}, [4]),
        ({"outcome": "UNAUTHENTICATED"}, [6]),
        ({"flag": "LATE"}, [6]),
        ({"kind": "READ"}, []),
        ({"kind": "RELEASE", "user": "lee", "limit": 2}, [10, 9]),
        ({"user": "dana", "subject": "persons/P2"}, [7, 5]),
        ({"user": "dana", "agency": "CA9190000", "subject": "persons/P1"}, [7, 2]),
        ({"since": after_noon(7)}, [10, 9, 8, 7]),
        ({"until": after_noon(3)}, [2, 1]),
        ({"since": after_noon(3), "until": after_noon(5)}, [4, 3]),
        ({"subject": "persons/P1", "since": after_noon(3), "until": after_noon(9)}, [7, 3]),
        ({"user": "lee", "limit": 2}, [10, 9]),
        ({"user": "lee", "limit": 2, "after": 9}, [8, 4]),
        ({"subject": "persons/P1", "after": 10, "limit": 1}, [9]),
        ({"after": 1}, []),
        ({"limit": 0}, []),
        ({"user": "dana' OR 'a' = 'a"}, []),
    ],
    ids=str,
)
def test_a_search_returns_the_entries_that_meet_its_conditions(
    filled: Path, conditions: dict[str, Any], sequences: list[int]
) -> None:
    assert [found.sequence for found in search(filled, **conditions)] == sequences


async def test_a_subject_is_found_before_and_after_its_entry_is_indexed(path: Path) -> None:
    journal = await SqliteJournal.open(path, deadline_s=30)
    sequences: list[int] = []
    for sequence in range(1, 41):
        subject = f"persons/P{sequence % 3}"
        await journal.append(Entry(kind=Kind.INTENT, record_ids=("warrants/W1", subject)))
        if subject == "persons/P0":
            sequences.insert(0, sequence)
        assert [found.sequence for found in search(path, subject="persons/P0")] == sequences
    await journal.close()

    assert list(search(path, subject="persons/p0")) == []
    assert list(search(path, subject='P0" OR "warrants/W1')) == []


async def test_a_subject_with_any_characters_is_found(path: Path) -> None:
    printable = "".join(map(chr, range(0x20, 0x7F)))
    subjects = [f"things/{sign}{number}" for number, sign in enumerate((*printable, "\n", "é", "😀", "a b", 'a"b'))]
    journal = await SqliteJournal.open(path, deadline_s=30)
    for _ in range(16):
        await journal.append(Entry(kind=Kind.INTENT, record_ids=tuple(subjects)))
    await journal.close()

    assert verify(path).is_whole
    for subject in subjects:
        assert len(list(search(path, subject=subject))) == 16, subject


def test_all_pages_together_are_the_whole_search(filled: Path) -> None:
    pages, after = [], None
    while page := list(search(filled, limit=3, after=after)):
        pages += page
        after = page[-1].sequence

    assert pages == list(search(filled))


def test_a_search_returns_the_same_entries_for_any_block_size(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [found.sequence for found in search(filled)]
    for block in (1, 2, 3, 5, 10, 11):
        monkeypatch.setattr("audit.search_conditions.BLOCK", block)
        assert [found.sequence for found in search(filled)] == whole
        for limit in range(12):
            assert [found.sequence for found in search(filled, limit=limit)] == whole[:limit]
        assert [found.sequence for found in search(filled, user="lee", after=9)] == [8, 4, 3]


async def test_a_search_holds_the_wal_open_for_one_block_only(
    filled: Path, monkeypatch: pytest.MonkeyPatch, raw_connection: sqlite3.Connection
) -> None:
    monkeypatch.setattr("audit.search_conditions.BLOCK", 2)
    found = search(filled)
    assert next(found).sequence == 10

    # A reader that is still open would keep this from truncating the WAL.
    assert raw_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert [each.sequence for each in found] == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_a_search_returns_whole_entries(filled: Path) -> None:
    (found,) = search(filled, subject="warrants/W1")

    assert found.entry.record_ids == ("persons/P1", "warrants/W1")
    assert (found.entry.user, found.entry.at) == ("dana", "2026-03-01T12:02:00.000000+00:00")


def test_a_time_in_another_zone_is_the_same_time(filled: Path) -> None:
    pacific = datetime.fromisoformat("2026-03-01T04:09:00-08:00")

    assert [found.sequence for found in search(filled, since=pacific)] == [10, 9]


CONDITIONS = (
    "id",
    "trace_id",
    "user",
    "record",
    "agency",
    "case_number",
    "kind",
    "outcome",
    "flag",
    "since",
    "until",
    "after",
)
INDEXED = {"id", "user", "record", "agency", "case_number", "since", "until"}
COMBINATIONS = chain.from_iterable(combinations(CONDITIONS, size) for size in range(len(CONDITIONS) + 1))


def plan(connection: sqlite3.Connection, parameters: Collection[str]) -> str:
    values = dict.fromkeys([*parameters, "limit"], 1)
    return " / ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {select_entries(parameters)}", values))


def test_every_search_reads_an_index_and_sorts_only_hits_of_a_subject(
    filled: Path, raw_connection: sqlite3.Connection
) -> None:
    for conditions in COMBINATIONS:
        steps = plan(raw_connection, conditions)
        if "record" in conditions:
            assert steps.startswith("SEARCH entry USING INTEGER PRIMARY KEY (rowid=?)"), (conditions, steps)
            assert "SCAN about VIRTUAL TABLE INDEX 0:M1" in steps
            continue
        assert "TEMP B-TREE" not in steps, (conditions, steps)
        is_scan = "SCAN entry" in steps
        assert "SCAN entry USING INDEX entry_by_at" in steps or not is_scan, (conditions, steps)
        assert not is_scan or not INDEXED & set(conditions)


def test_the_start_of_an_id_is_looked_up_in_its_index(filled: Path, raw_connection: sqlite3.Connection) -> None:
    assert "SEARCH entry USING INDEX entry_by_id (id>? AND id<?)" in plan(raw_connection, ["id_start"])


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("id", "entry USING INDEX entry_by_id (id=?"),
        ("user", "entry USING INDEX entry_by_user (user=?"),
        ("agency", "entry USING INDEX entry_by_agency (agency=?"),
        ("case_number", "entry USING INDEX entry_by_case (case_number=?"),
    ],
)
def test_each_condition_uses_its_index_and_the_times_narrow_it(
    filled: Path, raw_connection: sqlite3.Connection, condition: str, index: str
) -> None:
    assert f"SEARCH {index})" in plan(raw_connection, [condition])
    assert f"SEARCH {index} AND at>? AND at<?)" in plan(raw_connection, [condition, "since", "until"])


async def test_a_search_can_read_while_the_journal_is_written(filled: Path, make_intent: Callable[..., Entry]) -> None:
    journal = await SqliteJournal.open(filled)
    found = search(filled, user="lee")
    assert next(found).sequence == 10

    await journal.append(make_intent(1, user="lee"))

    assert [each.sequence for each in found] == [9, 8, 4, 3]
    assert next(search(filled, user="lee")).sequence == 11
    await journal.close()


def test_a_search_without_a_journal_is_an_error(path: Path) -> None:
    with pytest.raises(JournalBroken, match="There is no journal at"):
        next(search(path))


def test_a_search_that_reads_a_damaged_entry_is_an_error(filled: Path, raw_connection: sqlite3.Connection) -> None:
    raw_connection.executescript(
        "DROP TRIGGER entry_stays_as_it_is; UPDATE entry SET body = json_remove(body, '$.kind')"
    )

    with pytest.raises(JournalBroken, match="is damaged; verify it"):
        next(search(filled))
