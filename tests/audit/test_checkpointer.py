"""The notary signs in time, notices a journal that is not the one it signed, and holds up nobody."""

import fcntl
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from audit import checkpoints
from audit.chain import Verified, verify
from audit.checkpointer import Checkpointer
from audit.entry import Entry
from audit.errors import CheckpointError, JournalBroken, JournalUnavailable
from audit.journal import Journal, append_once
from audit.signed_note import Signer, new_key

Intent = Callable[..., Entry]
LONG_S = 3_600
SIGNER = Signer("needtoknow", new_key())


class Watched(Checkpointer):
    """A notary that can be waited for."""

    def __init__(self, *where: Path, every_entries: int, every_s: float) -> None:
        super().__init__(*where, SIGNER, every_entries=every_entries, every_s=every_s)
        self._looked = threading.Semaphore(0)

    def sign(self) -> None:
        try:
            super().sign()
        finally:
            self._looked.release()

    def wait(self) -> None:
        """Until it has looked once more than was waited for."""
        assert self._looked.acquire(timeout=30)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere.jsonl"


@pytest.fixture
def notary(path: Path, place: Path) -> Watched:
    return Watched(path, place, every_entries=5, every_s=LONG_S)


@pytest.fixture
async def signed(path: Path, notary: Watched) -> AsyncIterator[Journal]:
    journal = await Journal.open(path, deadline_s=30, checkpointer=notary)
    notary.wait()
    yield journal
    await journal.close()


def sizes(place: Path) -> list[int]:
    return [anchor.receipt.sequence for anchor in checkpoints.read(place, SIGNER.verifier)]


async def test_after_so_many_entries_there_is_a_checkpoint(
    signed: Journal, notary: Watched, place: Path, intent: Intent
) -> None:
    for number in range(1, 5):
        await signed.append(intent(number))
    assert sizes(place) == []

    await signed.append(intent(5))
    notary.wait()

    assert sizes(place) == [5]


async def test_after_so_many_seconds_there_is_a_checkpoint_of_what_anyone_wrote(
    path: Path, place: Path, intent: Intent
) -> None:
    notary = Watched(path, place, every_entries=LONG_S, every_s=0.001)
    journal = await Journal.open(path, checkpointer=notary)
    await append_once(path, intent())
    while sizes(place) != [1]:
        notary.wait()
    await journal.close()


async def test_a_journal_is_signed_to_its_end_when_it_is_closed_and_when_it_is_opened(
    path: Path, place: Path, intent: Intent
) -> None:
    for number in (1, 2):
        journal = await Journal.open(path, checkpointer=Checkpointer(path, place, SIGNER))
        await journal.append(intent(number))
        await journal.close()
    assert sizes(place) == [1, 2]

    await append_once(path, intent(3))
    journal = await Journal.open(path, checkpointer=Checkpointer(path, place, SIGNER))
    assert sizes(place) == [1, 2, 3]
    await journal.close()
    assert verify(path, anchors=checkpoints.read(place, SIGNER.verifier)) == Verified(3, journal.last.hash, covered=3)


async def test_a_clock_that_was_set_back_changes_nothing_but_what_is_told(
    signed: Journal, notary: Watched, path: Path, place: Path, intent: Intent, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, at in enumerate(("2030-01-01", "2020-01-01", "2010-01-01"), 1):
        monkeypatch.setattr(checkpoints, "now", lambda at=at: f"{at}T00:00:00.000000+00:00")
        receipt = await signed.append(
            intent(number, at=f"{at}T00:00:00.000000+00:00", record_ids=("persons/P0000001",))
        )
        notary.sign()

        assert receipt.sequence == number
    assert verify(path, anchors=checkpoints.read(place, SIGNER.verifier)) == Verified(3, receipt.hash, covered=3)


def cut(path: Path, sequence: int) -> None:
    """Take away the end of the journal, guards and all, while it is in use."""
    file = sqlite3.connect(path, isolation_level=None)
    (guards,) = file.execute("SELECT group_concat(sql, ';') FROM sqlite_schema WHERE type = 'trigger'").fetchone()
    names = [name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    for name in names:
        file.execute(f"DROP TRIGGER {name}")
    file.execute("DELETE FROM entry WHERE sequence > ?", (sequence,))
    file.executescript(guards)
    file.close()


async def test_a_journal_that_was_cut_under_another_writer_is_written_no_further(
    signed: Journal, notary: Watched, path: Path, place: Path, intent: Intent, caplog: pytest.LogCaptureFixture
) -> None:
    await signed.append(intent(1))
    for number in range(2, 7):
        await append_once(path, intent(number))
    notary.sign()
    notary.wait()
    cut(path, 1)  # entry 1 is the last that this writer knows of, so by itself it would go on
    for _ in range(2):
        notary.count(5)
        notary.wait()

    with pytest.raises(JournalUnavailable) as refused:
        await signed.append(intent(7))

    assert str(refused.value.__cause__) == (
        f"entry 6 is missing, which the checkpoint in the last line of {place} was made for"
    )
    assert not await signed.ready()
    assert {record.levelno for record in caplog.records if record.name == "audit.checkpointer"} == {logging.CRITICAL}


@pytest.mark.parametrize("change", ["cut", "another"])
async def test_a_journal_that_is_not_the_one_that_was_signed_is_not_opened(
    path: Path, place: Path, intent: Intent, change: str
) -> None:
    for number in range(1, 4):
        await append_once(path, intent(number))
    Checkpointer(path, place, SIGNER).sign()
    if change == "cut":
        cut(path, 2)
    else:
        path.unlink()
        for number in range(1, 4):
            await append_once(path, intent(number))

    with pytest.raises(JournalBroken) as said:
        await Journal.open(path, checkpointer=Checkpointer(path, place, SIGNER))

    how = "is missing, which" if change == "cut" else "is not the one that"
    assert str(said.value) == (
        f"The journal {path} cannot be written: entry 3 {how} the checkpoint in the last line of {place} was made for."
    )


async def test_a_second_place_that_fails_stops_the_start(path: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be used: Is a directory"):
        await Journal.open(path, checkpointer=Checkpointer(path, tmp_path, SIGNER))


async def test_a_second_place_that_fails_later_is_logged_and_stops_nobody(
    signed: Journal,
    notary: Watched,
    path: Path,
    place: Path,
    intent: Intent,
    caplog: pytest.LogCaptureFixture,
) -> None:
    place.unlink()
    place.symlink_to("/dev/full")
    for number in range(1, 6):
        await signed.append(intent(number))
    notary.wait()
    assert await signed.ready()
    place.unlink()
    for number in range(6, 11):
        await signed.append(intent(number))
    notary.wait()

    assert caplog.messages == [
        f"No checkpoint could be written. The checkpoints {place} cannot be used: No space left on device."
    ]
    assert sizes(place) == [10]


async def test_a_second_place_that_hangs_holds_up_neither_entries_nor_the_end(
    path: Path, place: Path, intent: Intent
) -> None:
    notary = Watched(path, place, every_entries=1, every_s=LONG_S)
    journal = await Journal.open(path, deadline_s=1, checkpointer=notary)
    with place.open("rb") as hanging:
        fcntl.flock(hanging, fcntl.LOCK_EX)
        for number in range(1, 4):
            await journal.append(intent(number))

        await journal.close()

        assert notary._thread.is_alive()
    notary._thread.join()
    assert sizes(place)[-1] == 3
