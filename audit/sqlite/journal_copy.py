"""Copies of a journal as a file: entry by entry from any first one on, or page by page while it is written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from audit.chain import LinkedEntry, Receipt, chain_hash, columns_of
from audit.errors import JournalBroken
from audit.sqlite.entry_rows import INSERT, MAX_ROWS, ROW
from audit.sqlite.journal_file import DDL, declared_definitions, open_read_only
from filesystem.private_file import create_private

PAGES = 2_000  # of the backup at a time, 8 MB
IS_THE_NEXT = "entry_is_the_next"
"""The trigger that lets a journal begin with entry 1 only."""


def write_entries(
    path: Path, entries: Iterable[LinkedEntry], progress: Callable[[int], None] = lambda _: None
) -> tuple[Receipt, Receipt]:
    """Write a journal of these entries, and return the receipts of the entry before the first, and of the last.

    `progress` is called with the last sequence after every few hundred entries.
    Raises: FileExistsError; JournalBroken if there is no entry, or one does not follow from the one before it.
    """
    with _new_file(path) as unfinished, closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        # A file that nobody reads before it is renamed needs no log, and is flushed as a whole.
        connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {DDL}")
        connection.execute(f"DROP TRIGGER {IS_THE_NEXT}")
        connection.execute("BEGIN")
        before = last = None
        linked = iter(entries)
        while batch := list(islice(linked, MAX_ROWS)):
            cells: list[object] = []
            for each in batch:
                if last is None:
                    before = last = Receipt(each.sequence - 1, each.previous)
                _require_next(each, last)
                last = Receipt(each.sequence, each.hash)
                cells.extend((each.sequence, each.previous, each.hash, *columns_of(each.body), each.body.decode()))
            connection.execute(INSERT + ", ".join([ROW] * len(batch)), cells)
            progress(batch[-1].sequence)
        if before is None or last is None:
            raise JournalBroken("there is no entry to copy")
        connection.execute(declared_definitions()[f"trigger {IS_THE_NEXT}"])
        connection.execute("COMMIT")
    return before, last


def back_up(source: Path, target: Path, progress: Callable[[int, int], None] = lambda *_: None) -> None:
    """Copy a journal's file as it is now, page by page; it may be written meanwhile.

    `progress` is called with (pages done, all pages).
    Raises: FileExistsError; JournalBroken if there is no such journal, or it cannot be copied.
    """
    try:
        with _new_file(target) as unfinished, closing(open_read_only(source)) as journal:
            # A snapshot: without one, the copy would begin anew after each commit of another process.
            journal.execute("BEGIN")
            journal.execute("SELECT max(sequence) FROM entry").fetchone()
            with closing(sqlite3.connect(unfinished)) as copy:
                copy.execute("PRAGMA synchronous = OFF")
                journal.backup(
                    copy, pages=PAGES, progress=lambda _, left, count: progress(count - left, count), sleep=0
                )
                copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as cause:
        raise JournalBroken(f"The journal {source} cannot be copied: {cause}.") from cause


def _require_next(entry: LinkedEntry, last: Receipt) -> None:
    is_linked = (entry.sequence, entry.previous) == (last.sequence + 1, last.hash)
    if not is_linked or entry.hash != chain_hash(entry.previous, entry.sequence, entry.body):
        raise JournalBroken(f"entry {entry.sequence} does not follow from the entry before it; verify the journal")


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """A new file, which has the name `path` and is on the disk when it is finished. Raises: FileExistsError."""
    if path.exists():
        raise FileExistsError(f"{path} exists")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    create_private(unfinished)
    try:
        yield unfinished
        for each in (unfinished, path.absolute().parent):
            descriptor = os.open(each, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        os.link(unfinished, path)  # unlike a rename, it replaces no file that was made meanwhile
    finally:
        unfinished.unlink()
