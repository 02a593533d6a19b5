"""Verification of a journal's file: its chain, its index of records, its definitions, and SQLite's own check."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from audit.chain import COLUMNS, GENESIS, Anchor
from audit.faults import FaultKind, FaultLog
from audit.sqlite import journal_file, record_index
from audit.sqlite.chain_reader import SqliteChainReader
from audit.sqlite.entry_reader import UnreadableEntries, read_entries
from audit.sqlite.journal_file import DAMAGE
from audit.verification import PROGRESS_INTERVAL, AnchorCheck, ChainWalk, Progress, Verification

INTEGRITY_LIMIT = 1_000  # messages of SQLite's own check
FIRST = "SELECT sequence, previous FROM entry ORDER BY sequence LIMIT 1"
ENTRY = f"previous, CAST(body AS BLOB), hash, {', '.join(COLUMNS)}"


def verify(
    path: Path, *, anchors: Iterable[Anchor] = (), progress: Progress | None = None, faults: FaultLog | None = None
) -> Verification:
    """Verification of the whole journal, in one snapshot; it may be written meanwhile.

    Memory use does not grow with the journal: `anchors` come in order of sequence, and are read as they are reached.
    `progress` is called with (entries done, last entry) after every thousand entries.
    `faults` may hold faults that were found elsewhere, or meanwhile, such as those of the file of the anchors.
    Raises: JournalBroken if there is no such file.
    """
    log = FaultLog() if faults is None else faults
    walk = ChainWalk(log, AnchorCheck(anchors, log))
    walk_file(path, walk, progress)
    walk.end()
    return walk.verification()


def walk_file(path: Path, walk: ChainWalk, progress: Progress | None) -> None:
    """Check everything in one file, as the next part of a walk. Raises: JournalBroken if there is no such file."""
    log = walk.faults
    with closing(journal_file.open_read_only(path)) as connection:
        # A text that is not UTF-8 must differ from every text; it must not end the verification.
        connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        try:
            connection.execute("BEGIN")
            definitions = connection.execute(journal_file.DEFINITIONS).fetchall()
        except DAMAGE as cause:
            log.add(FaultKind.FILE, None, f"the file cannot be read: {cause}")
        else:
            record_index.prepare(connection)
            _read_all(connection, walk, progress)
            record_index.check(connection, walk.last, log)
            for difference in journal_file.definition_differences(definitions):
                log.add(FaultKind.FILE, None, difference)
            _check_integrity(connection, log)


def _read_all(connection: sqlite3.Connection, walk: ChainWalk, progress: Progress | None) -> None:
    newest = _newest(connection)
    with suppress(*DAMAGE):  # reading the entries names it
        walk.begin(*connection.execute(FIRST).fetchone() or (1, GENESIS))
    for row in read_entries(connection, ENTRY):
        if isinstance(row, UnreadableEntries):
            walk.pass_over(*row, newest)
            continue
        walk.check(*row)
        if progress is not None and walk.count % PROGRESS_INTERVAL == 0:
            progress(walk.count, newest)
    with suppress(*DAMAGE):
        walk.check_start(SqliteChainReader(connection).hash_of)


def _newest(connection: sqlite3.Connection) -> int:
    """The last sequence by another index, which can be read if the last pages of the table cannot; 0 if unknown."""
    try:
        (newest,) = connection.execute("SELECT max(sequence) FROM entry INDEXED BY entry_by_at").fetchone()
    except DAMAGE:
        return 0
    return newest or 0


def _check_integrity(connection: sqlite3.Connection, faults: FaultLog) -> None:
    """SQLite's own check of the file. If a damaged page ends it, each table is checked by itself."""
    try:
        _add_messages(connection, f"{INTEGRITY_LIMIT}", faults)
    except DAMAGE as cause:
        faults.add(FaultKind.FILE, None, f"the file cannot be read: {cause}")
        for (table,) in _tables(connection):
            try:
                _add_messages(connection, "'{}'".format(table.replace("'", "''")), faults)
            except DAMAGE as damage:
                faults.add(FaultKind.FILE, None, f"the table {table} cannot be read: {damage}")


def _add_messages(connection: sqlite3.Connection, argument: str, faults: FaultLog) -> None:
    for (messages,) in connection.execute(f"PRAGMA integrity_check({argument})"):
        for message in messages.splitlines():
            if message != "ok" and not message.startswith("***"):  # a heading
                faults.add(FaultKind.FILE, None, message)


def _tables(connection: sqlite3.Connection) -> list[Any]:
    try:
        return connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").fetchall()
    except DAMAGE:
        return []
