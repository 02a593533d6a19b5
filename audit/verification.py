"""Verification of a chain: what does not hold in its entries and in the anchors that were made for them.

After a fault verification goes on from the hash that is stored, so one edit is one fault and hides no other. An entry
has one fault at most of those in its row: the first of LINK, TEXT, COLUMNS and EMPTY_COLUMN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.archive_record import ArchiveRecord
from audit.chain import GENESIS, Anchor, Receipt, chain_hash, columns_of
from audit.entry import Kind
from audit.faults import FaultKind, FaultLog, JournalFault

PROGRESS_INTERVAL = 1_000  # entries

Progress = Callable[[int, int], None]
ColumnsOf = Callable[[bytes], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of a verification.

    count:        entries that were read.
    head:         the hash of the last one.
    covered:      the last entry that an anchor was made for, 0 if there is none.
    faults:       the first faults of each kind, by entry.
    fault_counts: the number of all faults of each kind.
    archived:     the last entry that only an archive has, which was not read; 0 if there is none.
    """

    count: int
    head: bytes
    covered: int = 0
    faults: tuple[JournalFault, ...] = ()
    fault_counts: Mapping[FaultKind, int] = field(default_factory=dict)
    archived: int = 0

    @property
    def last(self) -> int:
        """The sequence of the last entry, if none is missing."""
        return self.archived + self.count

    @property
    def is_whole(self) -> bool:
        return not self.fault_counts


class AnchorCheck:
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


COLUMN_FAULTS = {
    FaultKind.COLUMNS: "its searchable columns differ from its text",
    FaultKind.EMPTY_COLUMN: "a searchable column is empty, and its text has no such field",
}


class ChainWalk:
    """Walk over all entries.

    start: the entry before the first one that was read; (0, GENESIS) unless the journal says that an archive has it.
    last:  the sequence of the entry before.
    links: its hashes: the stored one, and that of its text if it differs. The next entry follows from either. Empty if
           it is unknown.
    """

    def __init__(self, faults: FaultLog, anchors: AnchorCheck) -> None:
        self._columns_of: ColumnsOf = columns_of
        self.faults = faults
        self.anchors = anchors
        self.count = 0
        self.start = Receipt(0, GENESIS)
        self.last = 0
        self.links: tuple[Any, ...] = (GENESIS,)
        self.archives: list[tuple[int, ArchiveRecord]] = []
        """The records of archives, each with the sequence of its entry."""
        self._is_start_recorded = False

    def begin(self, first: int, previous: Any, columns_of: ColumnsOf = columns_of) -> None:
        """Begin to read a journal, or the next part of one, whose first entry has this sequence and previous hash.

        `columns_of` gives the columns that an entry with this text should have, or raises ValueError.
        """
        self._columns_of = columns_of
        if not self.count and first > 1 and isinstance(previous, bytes):
            self.start = Receipt(first - 1, previous)
            self.last, self.links = first - 1, (previous,)

    def resume(self, before: Receipt) -> None:
        """Go on after an entry that was read before: the next part repeats those after it."""
        self.last, self.links = before.sequence, (before.hash,)

    def check_start(self, hash_of: Callable[[int], bytes | None]) -> None:
        """Compare the start with the records of archives. `hash_of` gives the hash of an entry that was read."""
        for _, record in self.archives:
            is_end = record.last == self.start
            is_within = record.before.sequence <= self.start.sequence < record.last.sequence
            self._is_start_recorded |= is_end or (is_within and hash_of(record.last.sequence) == record.last.hash)

    def end(self) -> None:
        """The journal ends here."""
        if self.start.sequence and not self._is_start_recorded:
            self.faults.add(FaultKind.SEQUENCE, 1, f"it is missing; the next entry is {self.start.sequence + 1}")
        self.anchors.end(self.last)

    def pass_over(self, first: int, last: int | None, cause: str, newest: int) -> None:
        """Go on after unreadable entries: `first` to `last`, or all from `first` to `newest` if that is None."""
        others = "" if last == first else f" and those up to {last}" if last else " and those after it"
        self.faults.add(FaultKind.UNREADABLE, first, f"it{others} cannot be read: {cause}")
        self.last, self.links = max(first, newest) if last is None else last, ()

    def check(self, sequence: int, previous: Any, body: Any, hash: Any, *columns: Any) -> None:
        """Check the next entry, with its searchable columns."""
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
        elif (fault := self._column_fault(columns, body)) is not None:
            self.faults.add(fault, sequence, COLUMN_FAULTS[fault])
        if columns[1:2] == (Kind.ARCHIVE.value,) and (record := ArchiveRecord.parse(body)) is not None:
            self.archives.append((sequence, record))
        self.last, self.links = sequence, (hash, of_text)
        self.anchors.compare(sequence, hash)

    def _column_fault(self, columns: tuple[object, ...], body: bytes) -> FaultKind | None:
        try:
            expected = self._columns_of(body)
        except ValueError:
            return FaultKind.COLUMNS
        if columns == expected:
            return None
        # Version 0.1.0 wrote an empty case number so.
        is_empty = all(each == (known or "") for each, known in zip(columns, expected, strict=True) if each != known)
        return FaultKind.EMPTY_COLUMN if is_empty else FaultKind.COLUMNS

    def verification(self) -> Verification:
        """The result, with all faults so far."""
        head = self.links[0] if self.links else GENESIS
        start = self.start.sequence
        return Verification(self.count, head, self.anchors.covered, tuple(self.faults), self.faults.counts, start)
