"""Journal entries as they are printed: a table for a person, CSV for a spreadsheet, JSON Lines for a program.

What a caller wrote, such as an operation's name, must not steer the terminal or the spreadsheet of whoever reads it.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from enum import StrEnum
from itertools import islice
from typing import Any

from audit.entry import Denial, Entry, SourceAnswer
from audit.search import Found

ROWS = 100
"""Of one table: its columns are as wide as the widest of its cells, so it is held in memory."""

NAMES = [each.name for each in fields(Entry)]
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class OutputFormat(StrEnum):
    """How entries are printed."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


def print_as(form: OutputFormat, found: Iterable[Found]) -> int | None:
    """Print entries as they come, in the same memory however many; the place of the last one, if there is one."""
    last = None

    def passed() -> Iterator[Found]:
        nonlocal last
        for each in found:
            last = each.sequence
            yield each

    {OutputFormat.TABLE: _table, OutputFormat.CSV: _csv, OutputFormat.JSONL: _jsonl}[form](passed())
    return last


def printable(word: object) -> str:
    """A word without what would steer a terminal."""
    text = "" if word is None else str(word)
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def grid(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table, whole even into a pipe."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console = Console()
    (console if console.is_terminal else Console(width=240)).print(table)


def _table(found: Iterator[Found]) -> None:
    columns = ("entry", "at (UTC)", "kind", "user", "role", "agency", "purpose", "case", "about", "outcome")
    is_first = True
    while (rows := list(islice(found, ROWS))) or is_first:
        grid(columns, map(_row, rows))
        is_first = False


def _row(found: Found) -> Sequence[object]:
    entry = found.entry
    return (
        found.sequence,
        entry.at[:19].replace("T", " "),
        entry.kind.value,
        entry.user,
        entry.role,
        entry.agency,
        " ".join(filter(None, (entry.purpose, entry.reason))),
        entry.case_number,
        " ".join(entry.record_ids or entry.filters),
        entry.outcome,
    )


def _csv(found: Iterator[Found]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(["sequence", *NAMES])
    for each in found:
        writer.writerow([each.sequence, *(_cell(getattr(each.entry, name)) for name in NAMES)])


def _cell(value: Any) -> str:
    text = printable("; ".join(map(_item, value)) if isinstance(value, tuple) else _item(value))
    return f"'{text}" if text.startswith(FORMULA) else text


def _item(value: Any) -> str:
    if isinstance(value, Denial):
        return " ".join(filter(None, (value.field, value.record_class, value.rule, *value.needs)))
    if isinstance(value, SourceAnswer):
        return f"{value.name} {value.status}"
    return "" if value is None else str(getattr(value, "value", value))


def _jsonl(found: Iterator[Found]) -> None:
    for each in found:
        print(f'{{"sequence":{each.sequence},{each.entry.to_bytes().decode()[1:]}')
