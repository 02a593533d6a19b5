"""Table of journal entries: a line for each if there is room, else a block of lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from api.cli.console import stdout
from api.cli.entry_words import few, search_kinds
from api.cli.output_format import ID_DIGITS, grid, lines
from audit.entry import Entry, FoundEntry

TABLE_ROWS = 100  # a table is held in memory, because its columns are as wide as their widest cell
WIDE = 200
"""Columns of a terminal in which an entry fits on one line."""
MOST_RECORDS = 3


def print_table(entries: Iterator[FoundEntry]) -> None:
    """Print entries as tables of TABLE_ROWS rows; nothing if there are none."""
    is_wide = stdout().width >= WIDE
    while found := list(islice(entries, TABLE_ROWS)):
        if is_wide:
            columns = "entry", "inquiry", "at (UTC)", "kind", "user", "role", "agency", "purpose", "case", "about"
            grid((*columns, "outcome", "flags", "terminal"), map(_line, found))
        else:
            grid(("entry", "who and when (UTC)", "why and about", "result"), map(_block, found), has_rules=True)


def _line(found: FoundEntry) -> Sequence[object]:
    entry = found.entry
    return (
        found.sequence,
        entry.id[:ID_DIGITS],
        _time(entry),
        entry.kind.value,
        entry.user,
        entry.role,
        entry.agency,
        _joined(entry.purpose, entry.reason),
        entry.case_number,
        " ".join(_about(entry)),
        entry.outcome,
        _joined(*entry.flags, entry.claim),
        entry.terminal,
    )


def _block(found: FoundEntry) -> Sequence[object]:
    entry = found.entry
    return (
        lines(str(found.sequence), entry.id[:ID_DIGITS]),
        lines(_time(entry), entry.user, _joined(entry.role, entry.agency), entry.terminal),
        lines(_joined(entry.purpose, entry.reason), entry.case_number and f"case {entry.case_number}", *_about(entry)),
        lines(entry.kind.value, entry.outcome, *entry.flags, entry.claim),
    )


def _about(entry: Entry) -> list[str]:
    """The records of an entry, what it searched by, and the filters of a read."""
    searches = (f"search by {kind}" for kind in search_kinds(entry))
    return few((*entry.record_ids, *searches, *entry.filters), MOST_RECORDS)


def _time(entry: Entry) -> str:
    return entry.at[:19].replace("T", " ")


def _joined(*texts: str | None) -> str:
    return " ".join(filter(None, texts))
