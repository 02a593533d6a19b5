"""`needtoknow audit archive` and `needtoknow audit copy`."""

import asyncio
from pathlib import Path

import pytest

from audit.entry import Entry, Kind
from audit.journal import JournalStore
from audit.postgres.store import PostgresStore
from audit.sqlite.store import SqliteStore
from bench.postgres_server import PostgresServer
from tests.audit.postgres.databases import Database, new_journal
from tests.command_line import Run

ID = "ab" * 16


async def append(store: JournalStore, *entries: Entry) -> None:
    journal = await store.open(deadline_s=30)
    for entry in entries:
        await journal.append(entry)
    await journal.close()


def fill(store: JournalStore) -> None:
    """Twenty entries of August and as many of now."""
    old = [Entry(kind=Kind.INTENT, at=f"2025-08-{day:02}T08:00:00.000000+00:00", user="a") for day in range(1, 20)]
    shown = Entry(kind=Kind.RELEASE, id=ID, at="2025-08-20T08:00:00.000000+00:00", user="a", policy_version="x")
    new = [Entry(kind=Kind.INTENT, user="b") for _ in range(20)]
    asyncio.run(append(store, *old, shown, *new))


@pytest.fixture
def folder(data: Path, run: Run) -> Path:
    """A data folder with a journal and the key of its checkpoints."""
    assert run("ask", "--data", data, "--as", "patrol", "-", stdin=b"{ me { name } }").status == 0
    fill(SqliteStore(data / "journal.db"))
    return data


def test_a_month_is_archived_removed_verified_and_read(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "2025-08.db"
    archived = run("audit", "archive", file, "--before", "2025-09", "--remove", "--data", folder)
    alone = run("audit", "verify", "--data", folder)
    together = run("audit", "verify", "--data", folder, "--archive", file)
    search = run("audit", "search", "--data", folder, "--archive", file, "--user", "a", "--json")
    show = run("audit", "show", ID, "--data", folder, "--archive", file)
    report = run("audit", "report", "--data", folder, "--archive", file)

    assert (archived.status, archived.out) == (
        0, f"Entries 1 to 20 are in {file}.\nEntries removed from the journal: 20.\n"
    )  # fmt: skip
    assert alone.out.splitlines()[:2] == [
        "The journal is whole. Entries: 21",
        "Entries 1 to 20 are in archives that were not read; --archive verifies them too.",
    ]
    assert together.out.splitlines()[0] == "The journal is whole. Entries: 41"
    assert "Signed checkpoints cover entries 1 to 41 of 41." in together.out
    assert len(search.out.splitlines()) == 20
    assert (show.status, report.out.splitlines()[1][:31]) == (0, "Inquiries: 19. Officers: 1. Day")
    assert run("ask", "--data", folder, "--as", "patrol", "-", stdin=b"{ me { name } }").status == 0
    assert run("audit", "verify", "--data", folder, "--archive", file).status == 0


def test_the_proof_of_an_archive_has_both_of_its_ends(run: Run, folder: Path, tmp_path: Path) -> None:
    files = [tmp_path / "one.db", tmp_path / "two.db"]
    assert run("audit", "archive", files[0], "--before", "2025-09", "--remove", "--data", folder).status == 0
    assert run("audit", "archive", files[1], "--before", "2025-10", "--data", folder).err.endswith(
        "There is no entry to archive: none but the last is so old.\n"
    )
    proof = tmp_path / "one.db.checkpoints"
    assert len(proof.read_text().splitlines()) == 1  # nothing is before entry 1
    proof.write_text(proof.read_text().replace('"size":20', '"size":19'))
    result = run("audit", "verify", "--data", folder, "--archive", files[0])

    assert (result.status, "one.db.checkpoints is not signed by" in result.err) == (1, True)


def test_a_recorded_archive_is_removed_later(run: Run, folder: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "2025-08.db", tmp_path / "other"
    first = run("audit", "archive", file, "--before", "2025-09", "--data", folder)
    again = run("audit", "archive", file, "--before", "2025-09", "--data", folder)
    other.write_text("no archive")
    unknown = run("audit", "archive", other, "--remove", "--data", folder)
    removed = run("audit", "archive", file, "--remove", "--data", folder)

    assert first.out == f"Entries 1 to 20 are in {file}.\n"
    assert again.err == f"needtoknow: {file} exists. Only --remove takes an archive that was recorded.\n"
    assert unknown.err == f"needtoknow: The journal records no archive like {other}, so no entry is removed.\n"
    assert removed.out == "Entries removed from the journal: 20.\n"


@pytest.mark.parametrize(
    ("month", "status", "message"),
    [
        ("2999-01", 1, "2999-01 has not begun: only closed months are archived."),
        ("2025-13", 2, "--before is a month such as 2026-10."),
        ("August", 2, "--before is a month such as 2026-10."),
    ],
)
def test_only_closed_months_are_archived(run: Run, folder: Path, month: str, status: int, message: str) -> None:
    result = run("audit", "archive", folder / "x.db", "--before", month, "--data", folder)

    assert (result.status, message in result.err) == (status, True)
    assert not (folder / "x.db").exists()


@pytest.fixture
def database(postgres: PostgresServer) -> Database:
    database = asyncio.run(new_journal(postgres))
    fill(PostgresStore(database.as_server))
    return database


def test_a_database_is_archived_by_its_administrator(
    run: Run, folder: Path, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "checkpoints.jsonl").unlink()
    file = tmp_path / "2025-08.db"
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", database.as_administrator.url)
    archived = run("audit", "archive", file, "--before", "2025-09", "--remove", "--data", folder)
    together = run("audit", "verify", "--data", folder, "--archive", file)

    assert archived.out == f"Entries 1 to 20 are in {file}.\nEntries removed from the journal: 20.\n"
    assert together.out.splitlines()[0] == "The journal is whole. Entries: 41"


def test_a_journal_is_copied_with_its_policies(run: Run, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    result = run("audit", "copy", copy, "--data", folder)

    assert (result.status, result.out) == (0, f"The copy {copy / 'journal.db'} is whole. Entries: 40\n")
    names = [{each.name for each in (place / "policies").iterdir()} for place in (copy, folder)]
    assert names[0] == names[1] != set()
    assert run("audit", "copy", copy, "--data", folder).err == (
        f"needtoknow: {copy / 'journal.db'} exists; choose a new folder.\n"
    )


def test_a_journal_is_copied_from_and_into_a_database(
    run: Run,
    folder: Path,
    database: Database,
    postgres: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = asyncio.run(new_journal(postgres)).as_server
    into = run("audit", "copy", target.url, "--data", folder)
    monkeypatch.setenv("NEEDTOKNOW_JOURNAL", database.as_server.url)
    out = run("audit", "copy", tmp_path / "copy", "--data", folder)

    assert into.out == f"The copy {target} is whole. Entries: 40\n"
    assert out.out == f"The copy {tmp_path / 'copy' / 'journal.db'} is whole. Entries: 40\n"
