"""SQLite file of the journal: its definitions, as journal.sql declares them, and how it is opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from time import monotonic, sleep

from audit.errors import JournalBroken

DDL = Path(__file__).with_name("journal.sql").read_text(encoding="utf-8")

# Names that begin with sqlite_ are reserved for SQLite itself.
DEFINITIONS = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite#_%' ESCAPE '#'"

# Triggers that only older formats have.
OBSOLETE = "SELECT 1 FROM sqlite_schema WHERE name IN ('entry_names_its_records', 'entry_follows_the_last')"


def open_or_create(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection to the journal's file, which is created with mode 600 if it does not exist.

    Any thread may use and close it. While it is open, no other process can be the last one and delete the WAL.
    Raises: JournalBroken if its definitions are not the declared ones; sqlite3.Error or OSError if it cannot be opened.
    """
    declared_definitions()
    # O_EXCL: closing a second descriptor of a journal that is open would drop SQLite's locks on it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    deadline = monotonic() + timeout_s
    while True:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            _create_and_check(connection)
        except BaseException as cause:
            connection.close()
            # SQLite's own timeout does not cover the first process to open a file and the last to close it.
            is_busy = getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY  # or one of its variants
            if not is_busy or monotonic() > deadline:
                raise
            sleep(0.01)
        else:
            return connection


def open_read_only(path: Path) -> sqlite3.Connection:
    """A read-only connection, which can read while the journal is written.

    Raises: JournalBroken if there is no such file, or SQLite cannot create the files that readers share beside it.
    """
    declared_definitions()
    if not path.is_file():
        raise JournalBroken(f"There is no journal at {path}.")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute(DEFINITIONS)
    except sqlite3.OperationalError as cause:
        connection.close()
        raise JournalBroken(
            f"The journal {path} cannot be read: {cause}. It has to be in a folder that you may write to."
        ) from cause
    except sqlite3.DatabaseError:
        pass  # damage is reported by the reader, with its place
    return connection


def definition_difference(connection: sqlite3.Connection) -> str | None:
    """The first difference between the file's definitions and the declared ones, in words; None if there is none."""
    found = _by_name(connection.execute(DEFINITIONS))
    declared = declared_definitions()
    for kind, name in sorted(declared.keys() | found.keys()):
        ours, theirs = declared.get((kind, name)), found.get((kind, name))
        if ours != theirs:
            verb = "is missing" if theirs is None else "does not belong there" if ours is None else "was changed"
            return f"the {kind} {name} {verb}"
    return None


@cache
def declared_definitions() -> dict[tuple[str, str], str]:
    """The SQL of each definition, by kind and name. Raises: JournalBroken if this SQLite lacks FTS5."""
    with closing(sqlite3.connect(":memory:")) as empty:
        try:
            empty.executescript(DDL)
        except sqlite3.OperationalError as cause:
            raise JournalBroken(f"this Python's SQLite {sqlite3.sqlite_version} cannot be used: {cause}") from cause
        return _by_name(empty.execute(DEFINITIONS))


def _create_and_check(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    if not connection.execute(DEFINITIONS).fetchall():
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {DDL} COMMIT;")
        except sqlite3.OperationalError as cause:
            connection.rollback()
            if cause.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # that code: another process created the tables first
                raise
    if connection.execute(OBSOLETE).fetchall():
        raise JournalBroken("it has an older format: move it and its checkpoints to another folder, and keep them")
    if (difference := definition_difference(connection)) is not None:
        raise JournalBroken(difference)


def _by_name(definitions: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    return {(kind, name): sql for kind, name, sql in definitions}
