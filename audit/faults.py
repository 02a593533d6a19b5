"""Faults of a journal: every one is counted by its kind, and the first of each kind are kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from policy.described_enum import DescribedEnum

LISTED = 20


class FaultKind(DescribedEnum):
    """Kind of a fault."""

    SEQUENCE = "SEQUENCE", "An entry is missing, or is not in its place."
    LINK = "LINK", "An entry does not follow from the entry before it."
    TEXT = "TEXT", "An entry's text does not match its hash."
    COLUMNS = "COLUMNS", "An entry's searchable columns differ from its text."
    EMPTY_COLUMN = "EMPTY_COLUMN", "A column holds an empty text, and the entry's own text has no such field."
    UNREADABLE = "UNREADABLE", "Entries are on a damaged page of the file."
    CHECKPOINT = "CHECKPOINT", "A checkpoint or anchor is not of this journal, or is itself invalid."
    ARCHIVE = "ARCHIVE", "An archive is missing, or is not the one that the journal recorded."
    INDEX = "INDEX", "A search by record would miss an entry, or propose a wrong one."
    FILE = "FILE", "The file's tables, triggers or indexes are not as declared or not whole."


class JournalFault(NamedTuple):
    """One fault, at an entry, or None if it has no place in the chain. The reason is a sentence without a full stop."""

    kind: FaultKind
    sequence: int | None
    reason: str

    def __str__(self) -> str:
        place = "" if self.sequence is None else f"Entry {self.sequence}: "
        sentence = f"{place}{self.reason}."
        return sentence[:1].upper() + sentence[1:]


class FaultLog:
    """Faults of one journal: the first `listed` of each kind, so that no kind hides another, and the count of each."""

    def __init__(self, listed: int = LISTED) -> None:
        self._listed = listed
        self._first: defaultdict[FaultKind, dict[JournalFault, None]] = defaultdict(dict)
        self._counts: Counter[FaultKind] = Counter()

    def add(self, kind: FaultKind, sequence: int | None, reason: str) -> None:
        """Count a fault. An equal one is counted and not listed again."""
        self._counts[kind] += 1
        if len(self._first[kind]) < self._listed:
            self._first[kind][JournalFault(kind, sequence, reason)] = None

    def __iter__(self) -> Iterator[JournalFault]:
        """The listed faults: first those of the chain, then of the index, then of the file, each by entry."""
        listed = (fault for faults in self._first.values() for fault in faults)
        return iter(sorted(listed, key=_place))

    @property
    def counts(self) -> Mapping[FaultKind, int]:
        """Faults of each kind that there is, listed or not."""
        return {kind: self._counts[kind] for kind in FaultKind if kind in self._counts}


def _place(fault: JournalFault) -> tuple[bool, bool, bool, int]:
    kind, sequence, _ = fault
    return kind is FaultKind.FILE, kind is FaultKind.INDEX, sequence is None, sequence or 0
