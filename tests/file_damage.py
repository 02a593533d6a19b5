"""Damage to a file by another program, done in place or by its path, and what a new process would find in a journal."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MIDDLE_BYTES = 8_192


def write_in_place(file: Path, content: bytes, at: int = 0) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(content)


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def cut_in_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def overwritten(file: Path) -> None:
    write_in_place(file, os.urandom(file.stat().st_size))


def overwritten_in_the_middle(file: Path) -> None:
    size = file.stat().st_size
    changed = min(MIDDLE_BYTES, max(1, size // 3))
    write_in_place(file, os.urandom(changed), (size - changed) // 2)


def filled_with_zeros(file: Path) -> None:
    write_in_place(file, bytes(file.stat().st_size))


def changed_at_the_end(file: Path) -> None:
    content = file.read_bytes()
    if content:
        write_in_place(file, bytes([content[-1] ^ 0xFF]), len(content) - 1)


def deleted(file: Path) -> None:
    file.unlink()


def moved_away(file: Path) -> None:
    file.rename(file.with_name(f"{file.name}.away"))


def replaced_by_a_copy(file: Path) -> None:
    copy = file.with_name(f"{file.name}.copy")
    shutil.copy2(file, copy)
    copy.rename(file)


def replaced_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def replaced_by_an_endless_file(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def closed_to_its_owner(file: Path) -> None:
    """Without an effect on root."""
    file.chmod(0)


Damage = Callable[[Path], None]

IN_PLACE: tuple[Damage, ...] = (
    emptied,
    cut_in_half,
    overwritten,
    overwritten_in_the_middle,
    filled_with_zeros,
    changed_at_the_end,
)
BY_PATH: tuple[Damage, ...] = (
    deleted,
    moved_away,
    replaced_by_a_copy,
    replaced_by_a_folder,
    replaced_by_an_endless_file,
)


@contextmanager
def undone(file: Path) -> Iterator[None]:
    """Undo at the end any damage that is done to the file: it has its place, content, mode and time again."""
    content, before = file.read_bytes(), file.stat()
    other_name = file.with_name(f"{file.name}.undamaged")
    other_name.hardlink_to(file)
    try:
        yield
    finally:
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        file.with_name(f"{file.name}.away").unlink(missing_ok=True)
        other_name.chmod(before.st_mode)
        if other_name.read_bytes() != content:
            other_name.write_bytes(content)
        os.utime(other_name, ns=(before.st_atime_ns, before.st_mtime_ns))
        file.unlink(missing_ok=True)  # `rename` does nothing between two names of one file
        other_name.rename(file)


def found_by_a_new_process(journal: Path) -> dict[int, str]:
    """The entries that a new process finds, as after a power cut: {sequence: body}. Empty if it finds no journal.

    It has only the database and the log; their common memory, the log's index, ended with the processes that had it.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "journal.db"
        for suffix in ("", "-wal"):
            file = journal.with_name(journal.name + suffix)
            if file.is_file():
                shutil.copyfile(file, copy.with_name(copy.name + suffix))
        with closing(sqlite3.connect(copy)) as connection:
            try:
                return dict(connection.execute("SELECT sequence, body FROM entry"))
            except sqlite3.DatabaseError:
                return {}
