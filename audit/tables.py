"""The journal's file: its tables as journal.sql declares them, and whether a file still has exactly those.

It knows nothing of what an entry says, or of the chain.
"""

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

# Names that begin with sqlite_ are the library's own: nobody else may make one.
DEFINITIONS = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite#_%' ESCAPE '#'"

# Only older forms have them.
BEFORE = "SELECT 1 FROM sqlite_schema WHERE name IN ('entry_names_its_records', 'entry_follows_the_last')"


def open_whole(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection to the journal's file, made with its tables, for this user's eyes only, where there is none.

    Any thread may use and close it; while it is open, no other process is the last to leave and clears away.
    Raises: JournalBroken where the tables are not as declared; sqlite3.Error or OSError where there can be none.
    """
    declared()
    # Exclusive: to close a second descriptor of a journal that is open would drop SQLite's locks on it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    late = monotonic() + timeout_s
    while True:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            _make_whole(connection)
        except BaseException as cause:
            connection.close()
            # All the waiting is here: SQLite's own does not cover the first to come and the last to leave.
            is_busy = getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY  # of any kind
            if not is_busy or monotonic() > late:
                raise
            sleep(0.01)
        else:
            return connection


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that can read the journal while it is written, and can do nothing else.

    Raises: JournalBroken where there is no such file, or SQLite has no room beside it for what readers share.
    """
    declared()
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
        pass  # for whoever reads on to name
    return connection


def difference(connection: sqlite3.Connection) -> str | None:
    """What the file's definitions have lost, gained or changed, in words; None where they are as declared."""
    found = _by_name(connection.execute(DEFINITIONS))
    for kind, name in sorted(declared().keys() | found.keys()):
        ours, now = declared().get((kind, name)), found.get((kind, name))
        if ours != now:
            verb = "is missing" if now is None else "is not ours" if ours is None else "was changed"
            return f"the {kind} {name} {verb}"
    return None


@cache
def declared() -> dict[tuple[str, str], str]:
    """Every definition, by kind and name. Raises: JournalBroken where this SQLite cannot keep an index of words."""
    with closing(sqlite3.connect(":memory:")) as empty:
        try:
            empty.executescript(DDL)
        except sqlite3.OperationalError as cause:
            raise JournalBroken(f"the SQLite of this Python, {sqlite3.sqlite_version}, will not do: {cause}") from cause
        return _by_name(empty.execute(DEFINITIONS))


def _make_whole(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    if not connection.execute(DEFINITIONS).fetchall():
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {DDL} COMMIT;")
        except sqlite3.OperationalError as cause:
            connection.rollback()
            if cause.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # that one says: another process was first
                raise
    if connection.execute(BEFORE).fetchall():
        raise JournalBroken("it is of an older form: move it and its checkpoints to another folder, and keep them")
    if (found := difference(connection)) is not None:
        raise JournalBroken(found)


def _by_name(definitions: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    return {(kind, name): sql for kind, name, sql in definitions}
