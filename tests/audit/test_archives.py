"""Archives: the oldest entries leave a journal in a recorded way, and archive and rest are one chain."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import pytest

from audit.archive_record import ArchiveRecord
from audit.archives import record_of, verify, write_archive
from audit.chain import Anchor, Receipt
from audit.entry import Entry
from audit.errors import JournalBroken
from audit.journal import JournalStore
from audit.postgres.store import PostgresStore
from audit.sqlite.store import SqliteStore
from tests.audit.postgres.databases import Database, new_journal
from tests.audit.tampering import tamper

MakeIntent = Callable[..., Entry]
COUNT = 60
OCTOBER, NOVEMBER = (f"2026-{month}-01T00:00:00.000000+00:00" for month in ("10", "11"))


@dataclass
class Place:
    """A journal, as its servers use it; `database` is where it is, if that is one."""

    store: JournalStore
    database: Database | None = None

    @property
    def as_administrator(self) -> JournalStore:
        return self.store if self.database is None else PostgresStore(self.database.as_administrator)

    async def archive(self, before: str, file: Path) -> ArchiveRecord:
        record = await asyncio.to_thread(write_archive, self.store, before, file)
        await self.record(record)
        return record

    async def record(self, record: ArchiveRecord) -> None:
        await self.as_administrator.record_archive(record, "root")

    async def remove(self, record: ArchiveRecord) -> int:
        return await self.as_administrator.remove_archived(record)

    async def faults(self, *archives: Path, anchors: tuple[Anchor, ...] = ()) -> list[str]:
        result = await asyncio.to_thread(lambda: verify(self.store, archives, anchors=anchors))
        return [str(fault) for fault in result.faults]

    async def sequences(self) -> list[int]:
        return await asyncio.to_thread(lambda: [found.sequence for found in self.store.search()][::-1])


@pytest.fixture(params=["sqlite", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, make_intent: MakeIntent) -> Place:
    """A journal with twenty entries of each month from September to November, by three users."""
    if request.param == "sqlite":
        place = Place(SqliteStore(tmp_path / "journal.db"))
    else:
        database = await new_journal(request.getfixturevalue("postgres"))
        place = Place(PostgresStore(database.as_server), database)
    journal = await place.store.open(deadline_s=30)
    for number in range(1, COUNT + 1):
        at = f"2026-{9 + (number - 1) // 20:02}-10T00:00:{number:02}.000000+00:00"
        await journal.append(make_intent(number, at=at, user=f"u-{number % 3}", record_ids=(f"persons/P{number}",)))
    await journal.close()
    return place


def anchors_of(store: JournalStore, *sequences: int) -> tuple[Anchor, ...]:
    with store.read_chain() as chain:
        return tuple(Anchor(Receipt(sequence, chain.hash_of(sequence) or b"")) for sequence in sequences)


async def append(store: JournalStore, *entries: Entry) -> None:
    journal = await store.open(deadline_s=30)
    for entry in entries:
        await journal.append(entry)
    await journal.close()


async def archived(place: Place, folder: Path) -> tuple[Path, Path]:
    """The archives of September and October, whose entries were removed from the journal."""
    files = folder / "2026-09.db", folder / "2026-10.db"
    for before, file in zip((OCTOBER, NOVEMBER), files, strict=True):
        await place.remove(await place.archive(before, file))
    return files


async def test_no_entry_of_a_later_archive_is_removed(place: Place, tmp_path: Path) -> None:
    september = await place.archive(OCTOBER, tmp_path / "2026-09.db")
    await place.archive(NOVEMBER, tmp_path / "2026-10.db")

    assert await place.remove(september) == 20
    assert (await place.sequences())[0] == 21


async def test_archives_and_the_rest_are_one_chain(place: Place, tmp_path: Path, make_intent: MakeIntent) -> None:
    anchors = await asyncio.to_thread(anchors_of, place.store, 7, 20, 21, 40, 55)
    files = await archived(place, tmp_path)
    receipt = await place.store.append_once(make_intent(99))

    assert await place.sequences() == list(range(41, 64))
    assert receipt.sequence == 63
    assert await place.faults(*files, anchors=anchors) == []
    assert await place.faults(*reversed(files)) == []
    result = await asyncio.to_thread(lambda: verify(place.store, files, anchors=anchors))
    assert (result.count, result.covered, result.archived, result.last) == (63, 55, 0, 63)


async def test_a_journal_says_which_entries_are_archived(place: Place, tmp_path: Path) -> None:
    await archived(place, tmp_path)
    result = await asyncio.to_thread(place.store.verify)

    assert (result.is_whole, result.archived, result.count, result.last) == (True, 40, 22, 62)


async def test_a_search_and_a_report_read_an_archive(place: Place, tmp_path: Path) -> None:
    september, _ = await archived(place, tmp_path)
    archive = SqliteStore(september)

    assert [found.sequence for found in archive.search(subject="persons/P17")] == [17]
    assert [found.sequence for found in archive.search(user="u-1", limit=2)] == [19, 16]
    with archive.entries_for_reports("", "~") as tables:
        assert tables.execute("SELECT count(*) FROM entry").fetchone() == (20,)


async def test_entries_stay_until_they_are_removed(place: Place, tmp_path: Path) -> None:
    """The archive then repeats what the journal still has."""
    file = tmp_path / "2026-09.db"
    record = await place.archive(OCTOBER, file)

    assert await place.sequences() == list(range(1, 62))
    assert (await place.faults(), await place.faults(file)) == ([], [])
    assert await asyncio.to_thread(record_of, place.store, file) == record
    assert await place.remove(record) == 20
    assert await place.remove(record) == 0
    assert await place.faults(file) == []


async def test_the_last_entry_stays_in_the_journal(place: Place, tmp_path: Path) -> None:
    record = await place.archive("2027-01-01T00:00:00.000000+00:00", tmp_path / "all.db")

    assert record.last.sequence == COUNT - 1
    assert await place.remove(record) == COUNT - 1
    assert await place.faults(tmp_path / "all.db") == []


async def test_a_missing_archive_is_named(place: Place, tmp_path: Path) -> None:
    september, october = await archived(place, tmp_path)

    assert await place.faults(october) == ["Entry 61: the archive of entries 1 to 20, which it records, was not given."]
    assert (await place.faults(september))[-2:] == [
        "Entry 21: it is missing; the next entry is 41.",
        "Entry 62: the archive of entries 21 to 40, which it records, was not given.",
    ]


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("UPDATE entry SET body = replace(body, 'u-1', 'u-2') WHERE sequence = 7", "Entry 7: its text does not match"),
        ("DELETE FROM entry WHERE sequence = 7", "Entry 7: it is missing; the next entry is 8."),
        ("DELETE FROM entry WHERE sequence = 20", "Entry 20: it is missing; the next entry is 21."),
        ("DELETE FROM entry WHERE sequence = 1", "Entry 1: it is missing; the next entry is 2."),
        ("UPDATE entry SET user = 'x' WHERE sequence = 9", "Entry 9: its searchable columns differ"),
    ],
)
async def test_a_tampered_archive_is_named(place: Place, tmp_path: Path, script: str, fault: str) -> None:
    september, october = await archived(place, tmp_path)
    tamper(september, script)
    found = await place.faults(september, october)

    assert any(each.startswith(fault) for each in found), found
    assert f"The journal records no archive like {september}." in found
    assert "Entry 61: the archive of entries 1 to 20, which it records, was not given." in found


async def test_a_changed_byte_of_an_archive_is_named(place: Place, tmp_path: Path) -> None:
    september, october = await archived(place, tmp_path)
    content = bytearray(september.read_bytes())
    content[70] ^= 1  # of the header, which SQLite does not use
    september.write_bytes(content)

    assert f"The journal records no archive like {september}." in await place.faults(september, october)


async def test_a_swapped_archive_is_named(place: Place, tmp_path: Path) -> None:
    september, october = await archived(place, tmp_path)
    october.write_bytes(september.read_bytes())
    found = await place.faults(september, october)

    assert "Entry 21: it is missing; the next entry is 41." in found
    assert "Entry 62: the archive of entries 21 to 40, which it records, was not given." in found


async def test_what_is_no_archive_is_named(place: Place, tmp_path: Path) -> None:
    september, october = await archived(place, tmp_path)
    september.write_text("no database")

    assert any(
        each.startswith(f"The archive {september} cannot be read") for each in await place.faults(september, october)
    )
    with pytest.raises(JournalBroken, match="cannot be read"):
        await place.faults(tmp_path / "none.db")


async def test_a_damaged_journal_is_not_archived(tmp_path: Path, make_intent: MakeIntent) -> None:
    store = SqliteStore(tmp_path / "journal.db")
    await append(store, *(make_intent(number, at=f"2026-09-0{number}T00:00:00.000000+00:00") for number in (1, 2, 3)))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.executescript("DROP TRIGGER entry_stays_as_it_is; UPDATE entry SET body = '{}' WHERE sequence = 2")

    with pytest.raises(JournalBroken, match="entry 2 does not follow from the entry before it; verify the journal"):
        write_archive(store, OCTOBER, tmp_path / "2026-09.db")
    assert not (tmp_path / "2026-09.db").exists()


async def test_a_file_in_use_keeps_its_entries(tmp_path: Path, make_intent: MakeIntent) -> None:
    place = Place(SqliteStore(tmp_path / "journal.db"))
    await append(place.store, *(make_intent(number, at="2026-09-01T00:00:00.000000+00:00") for number in (1, 2)))
    record = await place.archive(OCTOBER, tmp_path / "2026-09.db")
    journal = await place.store.open()
    with pytest.raises(JournalBroken, match="is in use; stop its servers first"):
        await place.remove(record)
    await journal.append(make_intent(3))
    await journal.close()

    assert await place.remove(record) == 1
    assert await place.sequences() == [2, 3, 4]


@pytest.fixture
async def database(postgres: object) -> Database:
    return await new_journal(postgres)  # type: ignore[arg-type]


async def test_only_recorded_entries_can_be_removed(
    database: Database, tmp_path: Path, make_intent: MakeIntent
) -> None:
    place = Place(PostgresStore(database.as_server), database)
    await append(
        place.store, *(make_intent(number, at=f"2026-09-0{number}T00:00:00.000000+00:00") for number in (1, 2, 3))
    )

    record = await asyncio.to_thread(write_archive, place.store, "2026-09-02T00:00:00.000000+00:00", tmp_path / "a.db")
    assert await place.remove(record) == 0
    forged = replace(record, last=record.last._replace(sequence=2))
    with pytest.raises(JournalBroken, match="the archive does not end with an entry of this journal"):
        await place.record(forged)
    with pytest.raises(JournalBroken, match="permission denied for function record_archive"):
        await place.store.record_archive(record, "root")
    with pytest.raises(JournalBroken, match="permission denied for function remove_archived"):
        await place.store.remove_archived(record)
    await place.record(record)
    async with database.owner() as owner:
        with pytest.raises(asyncpg.RaiseError, match="an entry is never changed or removed"):
            await owner.execute("DELETE FROM journal.entry WHERE sequence = 2")
    assert await place.remove(record) == 1
    assert await place.sequences() == [2, 3, 4]


async def test_a_removal_that_was_interrupted_leaves_one_chain(
    database: Database, tmp_path: Path, make_intent: MakeIntent
) -> None:
    place = Place(PostgresStore(database.as_server), database)
    await append(place.store, *(make_intent(number, at="2026-09-01T00:00:00.000000+00:00") for number in range(1, 6)))
    record = await place.archive(OCTOBER, tmp_path / "a.db")
    async with database.owner() as owner:
        await owner.fetch("SELECT journal.remove_archived(2, 5)")

    assert await place.sequences() == [3, 4, 5, 6]
    assert (await place.faults(), await place.faults(tmp_path / "a.db")) == ([], [])
    assert await place.remove(record) == 2


async def test_an_entry_cut_from_the_start_is_missing(place: Place, tmp_path: Path) -> None:
    """Although an archive of others is recorded."""
    await archived(place, tmp_path)
    cut = "DELETE FROM {} WHERE sequence <= 50"
    if place.database is None:
        assert isinstance(place.store, SqliteStore)
        with closing(sqlite3.connect(place.store.path, isolation_level=None)) as connection:
            (sql,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'entry_stays'").fetchone()
            connection.executescript(f"DROP TRIGGER entry_stays; {cut.format('entry')}; {sql}")
    else:
        async with place.database.owner() as owner:
            await owner.execute(f"""
                ALTER TABLE journal.entry DISABLE TRIGGER entry_is_archived; {cut.format("journal.entry")};
                ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER entry_is_archived""")

    assert "Entry 1: it is missing; the next entry is 51." in await place.faults()
