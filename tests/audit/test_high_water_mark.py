"""The last entry of a journal is noted beside it: a loss while no process has the journal open is noticed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.entry import Entry
from audit.errors import JournalBroken
from audit.sqlite.journal import SqliteJournal, append_once
from audit.sqlite.verification import verify
from tests.file_damage import Damage, cut_in_half, deleted, emptied, filled_with_zeros, write_in_place

MakeIntent = Callable[..., Entry]

WRITER = Path(__file__).with_name("busy_writer.py")


def killed_writer(path: Path) -> None:
    """Let a process write entries, and kill it while the log holds them."""
    with subprocess.Popen([sys.executable, str(WRITER), str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(50):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(
    "damage", [deleted, emptied, cut_in_half, filled_with_zeros], ids=lambda damage: damage.__name__
)
async def test_a_journal_that_lost_its_log_is_not_opened(path: Path, damage: Damage) -> None:
    killed_writer(path)
    damage(path.with_name("journal.db-wal"))

    for _ in range(2):
        with pytest.raises(JournalBroken, match="the last by its lock file, is missing: restore its files"):
            await SqliteJournal.open(path)


async def test_a_journal_whose_log_is_restored_is_opened(path: Path) -> None:
    killed_writer(path)
    log, moved = path.with_name("journal.db-wal"), path.with_name("moved")
    content = log.read_bytes()
    log.rename(moved)
    with pytest.raises(JournalBroken):
        await SqliteJournal.open(path)
    log.write_bytes(content)
    path.with_name("journal.db-shm").unlink(missing_ok=True)

    await (await SqliteJournal.open(path)).close()

    assert verify(path).count >= 50


async def test_a_deleted_journal_is_not_begun_anew(path: Path, make_intent: MakeIntent) -> None:
    await append_once(path, make_intent(1))
    path.unlink()

    with pytest.raises(JournalBroken):
        await SqliteJournal.open(path)
    for file in path.parent.glob("journal.db*"):
        file.unlink()
    assert (await append_once(path, make_intent(1))).sequence == 1


async def test_a_damaged_mark_is_refused_in_one_sentence(path: Path, make_intent: MakeIntent) -> None:
    await append_once(path, make_intent(1))
    write_in_place(path.with_name("journal.db-lock"), b"\xff" * 40, 16)

    with pytest.raises(JournalBroken, match="entry -1, the last by its lock file, is missing"):
        await SqliteJournal.open(path)


async def test_a_journal_without_a_mark_is_opened(path: Path, make_intent: MakeIntent) -> None:
    """A lock file of an older version ends after the times of the files."""
    await append_once(path, make_intent(1))
    os.truncate(path.with_name("journal.db-lock"), 16)

    assert (await append_once(path, make_intent(2))).sequence == 2
