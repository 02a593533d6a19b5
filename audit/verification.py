"""Verification of a journal: everything in it that does not hold.

After a fault the walk goes on from the hash that is stored, so one edit is one fault and hides no other. An entry has
one fault at most of those in its row: the first of LINK, TEXT, COLUMNS and EMPTY_COLUMN.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit import journal_file, record_index
from audit.chain import COLUMNS, GENESIS, Anchor, chain_hash, columns_of
from audit.entry_reader import UnreadableEntries, read_entries
from audit.faults import FaultKind, FaultLog, JournalFault
from audit.journal_file import DAMAGE

PROGRESS_INTERVAL = 1_000  # entries
INTEGRITY_LIMIT = 1_000  # messages of SQLite's own check
ENTRY = f"previous, CAST(body AS BLOB), hash, {', '.join(COLUMNS)}"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of a verification.

    count:        entries that were read.
    head:         the hash of the last one.
    covered:      the last entry that an anchor was made for, 0 if there is none.
    faults:       the first faults of each kind, by entry.
    fault_counts: the number of all faults of each kind.
    """

    count: int
    head: bytes
    covered: int = 0
    faults: tuple[JournalFault, ...] = ()
    fault_counts: Mapping[FaultKind, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return not self.fault_counts


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
    with closing(journal_file.open_read_only(path)) as connection:
        # A text that is not UTF-8 must differ from every text; it must not end the walk.
        connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        walk = _Walk(log, _AnchorCheck(anchors, log))
        try:
            connection.execute("BEGIN")
            definitions = connection.execute(journal_file.DEFINITIONS).fetchall()
        except DAMAGE as cause:
            log.add(FaultKind.FILE, None, f"the file cannot be read: {cause}")
        else:
            record_index.prepare(connection)
            walk.run(connection, progress)
            record_index.check(connection, walk.last, log)
            for difference in journal_file.definition_differences(definitions):
                log.add(FaultKind.FILE, None, difference)
            _check_integrity(connection, log)
    head = walk.links[0] if walk.links else GENESIS
    return Verification(walk.count, head, walk.anchors.covered, tuple(log), log.counts)


class _AnchorCheck:
    """Anchors compared with the entries that they were made for."""

    def __init__(self, anchors: Iterable[Anchor], faults: FaultLog) -> None:
        self._anchors = iter(anchors)
        self._faults = faults
        self._next = next(self._anchors, None)
        self.covered = 0

    def compare(self, sequence: int, hash: Any) -> None:
        """Compare the anchors up to this entry. Entries that were passed over are missing, and so named already."""
        while self._next is not None and self._next.receipt.sequence <= sequence:
            if self._next.receipt == (sequence, hash):
                self.covered = sequence
            elif self._next.receipt.sequence == sequence:
                first = self.covered + 1
                since = "" if first == sequence else f"; the journal was rewritten from entry {first} or later on"
                reason = f"it is not the entry that {self._next.name} was made for{since}"
                self._faults.add(FaultKind.CHECKPOINT, sequence, reason)
            self._next = next(self._anchors, None)

    def end(self, last: int) -> None:
        """The journal ends here: an anchor of a later entry shows that its end was cut off."""
        newest = self._next
        while self._next is not None:
            newest, self._next = self._next, next(self._anchors, None)
        if newest is not None and newest.receipt.sequence > last:
            missing = f"with all entries up to {newest.receipt.sequence}, which {newest.name} was made for"
            self._faults.add(FaultKind.SEQUENCE, last + 1, f"it is missing, {missing}")


class _Walk:
    """Walk over all entries.

    last:  the sequence of the entry before.
    links: its hashes: the stored one, and that of its text if it differs. The next entry follows from either. Empty if
           it is unknown.
    """

    def __init__(self, faults: FaultLog, anchors: _AnchorCheck) -> None:
        self.faults = faults
        self.anchors = anchors
        self.count = 0
        self.last = 0
        self.links: tuple[Any, ...] = (GENESIS,)

    def run(self, connection: sqlite3.Connection, progress: Progress | None) -> None:
        newest = _newest(connection)
        for row in read_entries(connection, ENTRY):
            if isinstance(row, UnreadableEntries):
                self._pass_over(row, newest)
                continue
            self._check(*row)
            if progress is not None and self.count % PROGRESS_INTERVAL == 0:
                progress(self.count, newest)
        self.anchors.end(self.last)

    def _pass_over(self, entries: UnreadableEntries, newest: int) -> None:
        first, last, cause = entries
        others = "" if last == first else f" and those up to {last}" if last else " and those after it"
        self.faults.add(FaultKind.UNREADABLE, first, f"it{others} cannot be read: {cause}")
        self.last, self.links = max(first, newest) if last is None else last, ()

    def _check(self, sequence: int, previous: Any, body: Any, hash: Any, *columns: Any) -> None:
        self.count += 1
        if sequence <= self.last:
            self.faults.add(FaultKind.SEQUENCE, sequence, "it is not in its place")
            if sequence < 1:
                return
        elif sequence > self.last + 1:
            self.faults.add(FaultKind.SEQUENCE, self.last + 1, f"it is missing; the next entry is {sequence}")
            self.links = ()
        of_text = None
        if isinstance(previous, bytes) and isinstance(body, bytes):  # a damaged page can hold anything
            of_text = chain_hash(previous, sequence, body)
        if self.links and previous not in self.links:
            self.faults.add(FaultKind.LINK, sequence, "it does not follow from the entry before it")
        elif hash != of_text:
            self.faults.add(FaultKind.TEXT, sequence, "its text does not match its hash")
        elif (fault := _column_fault(columns, body)) is not None:
            self.faults.add(fault, sequence, COLUMN_FAULTS[fault])
        self.last, self.links = sequence, (hash, of_text)
        self.anchors.compare(sequence, hash)


COLUMN_FAULTS = {
    FaultKind.COLUMNS: "its searchable columns differ from its text",
    FaultKind.EMPTY_COLUMN: "a searchable column is empty, and its text has no such field",
}


def _column_fault(columns: tuple[object, ...], body: bytes) -> FaultKind | None:
    try:
        expected = columns_of(body)
    except ValueError:
        return FaultKind.COLUMNS
    if columns == expected:
        return None
    # Version 0.1.0 wrote an empty case number so.
    is_empty = all(each == (known or "") for each, known in zip(columns, expected, strict=True) if each != known)
    return FaultKind.EMPTY_COLUMN if is_empty else FaultKind.COLUMNS


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
