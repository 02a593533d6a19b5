"""A process that is killed, or whose disk fills, while it writes: every entry with a receipt is in the journal."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from audit.checkpoints import read
from audit.entry import Entry
from audit.signed_note import Signer, new_key
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.verification import verify

WRITER = Path(__file__).with_name("busy_writer.py")
ENTRIES = "SELECT sequence, lower(hex(hash)), id FROM entry ORDER BY sequence"


def start(path: Path, *limits: int) -> "subprocess.Popen[str]":
    command = [sys.executable, str(WRITER), str(path), *map(str, limits)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def receipts(lines: list[str]) -> list[tuple[int, str, str]]:
    """The receipts that the process printed, without a last line that it could not finish."""
    printed = [line.split() for line in lines if line.endswith("\n") and not line.startswith("refused")]
    return [(int(sequence), hash, id) for sequence, hash, id in printed]


async def test_a_process_killed_under_load_loses_no_entry_with_a_receipt(
    path: Path, raw_connection: sqlite3.Connection, make_intent: Callable[..., Entry]
) -> None:
    received = []
    for _ in range(3):
        with start(path) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(500)]
            process.kill()
            lines += process.stdout.readlines()
        assert process.returncode == -9
        received += receipts(lines)

    verified = verify(path)
    assert verified.is_whole
    assert verified.count >= len(received) >= 1_500
    assert set(received) <= set(raw_connection.execute(ENTRIES))

    journal = await SqliteJournal.open(path)
    assert (await journal.append(make_intent(1))).sequence == verified.count + 1
    await journal.close()


def test_a_killed_process_loses_no_entry_of_either_of_two_writers(
    path: Path, raw_connection: sqlite3.Connection
) -> None:
    key = path.with_name("checkpoint.key")
    key.write_bytes(new_key())
    received = []
    with start(path) as survivor:
        assert survivor.stdout is not None
        for _ in range(3):
            with start(path) as victim:
                assert victim.stdout is not None
                lines = [victim.stdout.readline() for _ in range(300)]
                lines += [survivor.stdout.readline() for _ in range(300)]
                victim.kill()
                lines += victim.stdout.readlines()
            assert victim.returncode == -9
            received += receipts(lines)
        survivor.kill()
        received += receipts(survivor.stdout.readlines())

    signed = read(path.with_name("checkpoints.jsonl"), Signer("needtoknow", key.read_bytes()).verifier)
    verified = verify(path, anchors=signed)
    assert verified.is_whole
    assert verified.count >= len(received) >= 1_800
    assert verified.covered >= 1_000
    assert set(received) <= set(raw_connection.execute(ENTRIES))


async def test_a_process_whose_file_cannot_grow_is_refused_and_loses_nothing(
    path: Path, raw_connection: sqlite3.Connection, make_intent: Callable[..., Entry]
) -> None:
    with start(path, 600_000) as process:
        out, err = process.communicate(timeout=60)

    lines = out.splitlines(keepends=True)
    assert lines[-1] == "refused The journal could not be written, so nothing is released.\n"
    assert "entries are not in the journal" in err
    received = receipts(lines)
    verified = verify(path)
    assert verified.is_whole
    assert len(received) > 100
    assert set(received) <= set(raw_connection.execute(ENTRIES))

    journal = await SqliteJournal.open(path)
    assert (await journal.append(make_intent(1))).sequence == verified.count + 1
    await journal.close()
