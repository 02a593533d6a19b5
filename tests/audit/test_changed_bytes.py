"""A change to any byte of a journal is named, also if an earlier entry does not hold either."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import checkpoints
from audit.checkpointer import Checkpointer
from audit.entry import Denial, Entry, Kind
from audit.errors import CheckpointError
from audit.faults import FaultKind, FaultLog
from audit.signed_note import Signer, new_key
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.search import search
from audit.sqlite.store import SqliteStore
from audit.sqlite.verification import verify
from audit.verification import Verification
from tests.audit.tampering import tamper

ENTRIES, FAULTY = 30, 2
SIGNER = Signer("needtoknow", new_key())
COLUMNS = ("previous", "hash", "id", "kind", "at", "user", "agency", "case_number", "body")
INDEX_TABLES = {"about_data": "id", "about_idx": "segid", "about_config": "k"}
# Each leaves at least one byte different. The first number chooses the place.
CHANGES: dict[str, Callable[[bytes, int, int], bytes | None]] = {
    "replaced": lambda old, at, by: old[: at % len(old)] + bytes([old[at % len(old)] ^ by]) + old[at % len(old) + 1 :],
    "inserted": lambda old, at, by: old[: at % (len(old) + 1)] + bytes([by]) + old[at % (len(old) + 1) :],
    "removed": lambda old, at, _: old[: at % len(old)] + old[at % len(old) + 1 :],
    "emptied": lambda _old, _at, _by: b"",
    "nothing": lambda _old, _at, _by: None,
}


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a journal of all kinds of entries, and with checkpoints."""
    folder = tmp_path_factory.mktemp("intact")
    path, file = folder / "journal.db", folder / "checkpoints.jsonl"

    async def write() -> None:
        checkpointer = Checkpointer(SqliteStore(path), file, SIGNER)
        journal = await SqliteJournal.open(path, deadline_s=30, checkpointer=checkpointer)
        for number in range(1, ENTRIES + 1):
            await journal.append(entry(number))
            if number % 5 == 0:
                checkpointer.sign()
        await journal.close()

    asyncio.run(write())
    return folder


def entry(number: int) -> Entry:
    known: dict[str, Any] = {
        "user": "demo-patrol",
        "agency": "CA9190000",
        "case_number": f"26-{number}" if number % 3 else None,
        "record_ids": ("persons/P0000001", f"warrants/W{number:09}", f"persons/Zoë{number}"),
        "denied": (Denial(field="Person.ssn", record_class="SSN", rule="federal-ssn"),),
        "attention": "\x00 Muñoz 😀",
    }
    kind = list(Kind)[number % 4]
    return Entry(kind=kind, outcome="UNAUTHENTICATED") if kind is Kind.REFUSAL else Entry(kind=kind, **known)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "journal.db"


def fresh(intact: Path, path: Path) -> None:
    """Copy the intact journal to `path`, with one column of an entry emptied, as an older version could leave it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
    shutil.copy(intact / "journal.db", path)
    tamper(path, f"UPDATE entry SET case_number = '' WHERE sequence = {FAULTY}")


def verified(path: Path) -> Verification:
    result = verify(path, faults=FaultLog(10_000))
    # The earlier fault is named in any case.
    assert FAULTY in {fault.sequence for fault in result.faults}
    return result


def check_row(intact: Path, path: Path, sequence: int, column: str, change: str, at: int, by: int) -> None:
    fresh(intact, path)
    with closing(sqlite3.connect(path)) as connection:
        (old,) = connection.execute(
            f"SELECT CAST({column} AS BLOB) FROM entry WHERE sequence = ?", (sequence,)
        ).fetchone()
    new = CHANGES[change](old or b"x", at, by)
    is_allowed = new is not None or column not in {"previous", "hash", "body"}
    if new == old or not is_allowed:
        return
    kind = "BLOB" if column in {"previous", "hash"} else "TEXT"
    value = "NULL" if new is None else f"CAST(x'{new.hex()}' AS {kind})"
    tamper(path, f"UPDATE entry SET {column} = {value} WHERE sequence = {sequence}")

    assert sequence in {fault.sequence for fault in verified(path).faults}


def any_row(max_examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    given_change = given(
        sequence=st.integers(FAULTY + 1, ENTRIES),
        column=st.sampled_from(COLUMNS),
        change=st.sampled_from(list(CHANGES)),
        at=st.integers(0, 1_000),
        by=st.integers(1, 255),
    )
    return lambda test: settings(max_examples=max_examples, deadline=None)(given_change(test))


@any_row(60)
def test_a_changed_byte_of_any_column_is_named_at_its_entry(intact: Path, scratch: Path, **change: Any) -> None:
    check_row(intact, scratch, **change)


@pytest.mark.system
@any_row(3_000)
def test_thousands_of_changed_bytes_are_named_at_their_entries(intact: Path, scratch: Path, **change: Any) -> None:
    check_row(intact, scratch, **change)


@settings(max_examples=20, deadline=None)
@given(sequence=st.integers(FAULTY + 1, ENTRIES), number=st.integers(-(2**63), 2**63 - 1))
def test_an_entry_with_another_number_is_named(intact: Path, scratch: Path, sequence: int, number: int) -> None:
    fresh(intact, scratch)
    tamper(scratch, f"UPDATE OR REPLACE entry SET sequence = {number} WHERE sequence = {sequence}")

    named = {fault.sequence for fault in verified(scratch).faults}
    assert number == sequence or named & {sequence, number, number + 1}


def found(path: Path, record: str) -> list[int]:
    return [each.sequence for each in search(path, subject=record)]


def check_index(intact: Path, path: Path, table: str, row: int, column: int, at: int, by: int) -> None:
    """The change is named, or no search for a record of the journal notices it."""
    fresh(intact, path)
    key = INDEX_TABLES[table]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()
        names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        values = list(rows[row % len(rows)])
        place = column % len(names)
        old = values[place]
        if isinstance(old, int):
            values[place] = old ^ by
        else:
            values[place] = CHANGES["replaced"](old.encode() if isinstance(old, str) else old or b"x", at, by)
        cells = " AND ".join(f"{name} IS ?" for name in names)
        connection.execute(
            f"UPDATE OR REPLACE {table} SET {names[place]} = ? WHERE {cells}", (values[place], *rows[row % len(rows)])
        )
        connection.commit()

    records = {record for number in range(1, ENTRIES + 1) for record in entry(number).record_ids}
    if verified(path).fault_counts.keys() == {FaultKind.EMPTY_COLUMN}:
        assert {record: found(path, record) for record in records} == {
            record: found(intact / "journal.db", record) for record in records
        }


def any_index_row(max_examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    given_change = given(
        table=st.sampled_from(list(INDEX_TABLES)),
        row=st.integers(0, 50),
        column=st.integers(0, 3),
        at=st.integers(0, 1_000),
        by=st.integers(1, 255),
    )
    return lambda test: settings(max_examples=max_examples, deadline=None)(given_change(test))


@any_index_row(30)
def test_a_changed_byte_of_the_index_is_named_or_changes_no_search(intact: Path, scratch: Path, **change: Any) -> None:
    check_index(intact, scratch, **change)


@pytest.mark.system
@any_index_row(2_000)
def test_thousands_of_changes_of_the_index_are_named(intact: Path, scratch: Path, **change: Any) -> None:
    check_index(intact, scratch, **change)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10_000), by=st.integers(1, 255))
def test_a_changed_byte_of_a_checkpoint_is_named_by_its_line(intact: Path, scratch: Path, at: int, by: int) -> None:
    text = (intact / "checkpoints.jsonl").read_bytes()
    at %= len(text) - 1  # without its last line end a line is unfinished, and covers nothing
    file = scratch.with_name("checkpoints.jsonl")
    file.write_bytes(CHANGES["replaced"](text, at, by) or b"")
    reports: list[CheckpointError] = []

    list(checkpoints.read(file, SIGNER.verifier, reports.append))

    assert f" in line {text[:at].count(bytes([10])) + 1} of " in str(reports[0])
