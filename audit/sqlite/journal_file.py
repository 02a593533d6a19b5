"""SQLite file of the journal: its definitions, as journal.sql declares them, and how it is opened."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from asyncio import sleep, to_thread
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

import aiosqlite

from audit.errors import JournalBroken, JournalUnreadable
from filesystem.private_file import create_private

# At DEBUG aiosqlite logs every statement and its parameters.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)

DDL = Path(__file__).with_name("journal.sql").read_text(encoding="utf-8")

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""Errors of reading a damaged file: a message of SQLite may repeat its bytes, and so be no text."""

# Names that begin with sqlite_ are reserved for SQLite itself.
DEFINITIONS = """
    SELECT printf('%s %s', type, name), sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite#_%' ESCAPE '#'
"""

# SQLITE_ERROR is a table that is missing.
DAMAGE_CODES = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
    sqlite3.SQLITE_IOERR_DATA,
}

# Triggers that only older formats have.
OBSOLETE = "SELECT 1 FROM sqlite_schema WHERE name IN ('entry_names_its_records', 'entry_follows_the_last')"


@asynccontextmanager
async def open_or_create(path: Path, timeout_s: float) -> AsyncIterator[aiosqlite.Connection]:
    """A connection to the journal's file, which is created with mode 600 if it does not exist.

    While it is open, no other process can be the last one and delete the WAL.
    Raises: JournalBroken if its definitions are not the declared ones; sqlite3.Error or OSError if it cannot be opened.
    """
    declared_definitions()
    await to_thread(_create_file, path)
    deadline = monotonic() + timeout_s
    while True:
        async with aiosqlite.connect(path, timeout=0, isolation_level=None) as connection:
            try:
                await _create_and_check(connection)
            except sqlite3.DatabaseError as cause:
                # SQLite's own timeout does not cover the first process to open a file and the last to close it.
                is_busy = cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # or one of its variants
                if not is_busy or monotonic() > deadline:
                    raise
            else:
                yield connection
                return
        await sleep(0.01)


def open_read_only(path: Path) -> sqlite3.Connection:
    """A read-only connection, which can read while the journal is written.

    Raises: JournalBroken if there is no such file; JournalUnreadable if SQLite cannot open it now. Damage is reported
            by its reader, with its place.
    """
    declared_definitions()
    if not path.is_file():
        raise JournalBroken(f"There is no journal at {path}.")
    with ExitStack() as on_error:
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            on_error.callback(connection.close)
            connection.execute(DEFINITIONS)
        except DAMAGE as cause:
            if not is_damage(cause):
                raise JournalUnreadable(
                    f"The journal {path} cannot be read: {cause}. It has to be in a folder that you may write to."
                ) from cause
        on_error.pop_all()
    return connection


def definition_differences(definitions: Iterable[Any]) -> Iterator[str]:
    """Differences between the file's DEFINITIONS and the declared ones, in words."""
    found, declared = dict(definitions), declared_definitions()
    for name in sorted(declared.keys() | found.keys()):
        ours, theirs = declared.get(name), found.get(name)
        if ours != theirs:
            verb = "is missing" if theirs is None else "does not belong there" if ours is None else "was changed"
            yield f"the {name} {verb}"


def is_damage(error: Exception) -> bool:
    """Whether an error, one of DAMAGE, is of the file's content, and not of memory, descriptors, locks or space."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code in DAMAGE_CODES or code & 0xFF in DAMAGE_CODES


@cache
def declared_definitions() -> dict[str, str]:
    """The SQL of each definition, by kind and name: "table entry". Raises: JournalBroken if this SQLite lacks FTS5."""
    with closing(sqlite3.connect(":memory:")) as empty:
        try:
            empty.executescript(DDL)
        except sqlite3.OperationalError as cause:
            raise JournalBroken(f"this Python's SQLite {sqlite3.sqlite_version} cannot be used: {cause}") from cause
        return dict(empty.execute(DEFINITIONS))


def _create_file(path: Path) -> None:
    if path.is_dir():  # aiosqlite's thread outlives a connection that cannot be opened
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    # O_EXCL: closing a second descriptor of a journal that is open would drop SQLite's locks on it.
    with suppress(FileExistsError):
        create_private(path)


async def _create_and_check(connection: aiosqlite.Connection) -> None:
    await connection.execute_fetchall("PRAGMA journal_mode = WAL")
    if not await connection.execute_fetchall(DEFINITIONS):
        try:
            await connection.executescript(f"BEGIN IMMEDIATE; {DDL} COMMIT;")
        except sqlite3.OperationalError as cause:
            await connection.rollback()
            if cause.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # that code: another process created the tables first
                raise
    if await connection.execute_fetchall(OBSOLETE):
        raise JournalBroken("it has an older format: move it and its checkpoints to another folder, and keep them")
    for difference in definition_differences(await connection.execute_fetchall(DEFINITIONS)):
        raise JournalBroken(difference)
