"""Output formats of journal entries: a table, CSV or JSON Lines.

Text that a caller wrote, such as an operation's name, must not control the reader's terminal or spreadsheet.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from enum import StrEnum
from itertools import islice
from typing import Any

from api.cli.console import stdout, write
from audit.entry import Denial, Entry, FoundEntry, SourceAnswer
from reports.control_characters import escape

TABLE_ROWS = 100  # a table is held in memory, because its columns are as wide as their widest cell
NAMES = [each.name for each in fields(Entry)]
# A spreadsheet takes a cell for a formula if it begins with one of these signs, also after spaces or quotes; Excel in
# East Asia takes the wide signs too. A cell begins at each separator that a spreadsheet may split lines at.
SIGNS = "=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212-"
FORMULA = re.compile(rf"""(^|[,;|"])(?=[ "']*[{SIGNS}])""")


class OutputFormat(StrEnum):
    """Output format of entries."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


def print_entries(form: OutputFormat, entries: Iterable[FoundEntry]) -> int | None:
    """Print entries as they are read, in constant memory. Returns the sequence of the last one, if there is one."""
    last = None

    def remembered() -> Iterator[FoundEntry]:
        nonlocal last
        for each in entries:
            last = each.sequence
            yield each

    {OutputFormat.TABLE: _table, OutputFormat.CSV: _csv, OutputFormat.JSONL: _jsonl}[form](remembered())
    return last


def grid(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table. Its cells are any values, or texts with a style."""
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(
            *(cell if isinstance(cell, Text) else Text("" if cell is None else escape(str(cell))) for cell in row)
        )
    stdout().print(table)


def _table(entries: Iterator[FoundEntry]) -> None:
    columns = ("entry", "at (UTC)", "kind", "user", "role", "agency", "purpose", "case", "about", "outcome")
    is_first = True
    while (rows := list(islice(entries, TABLE_ROWS))) or is_first:
        grid(columns, map(_row, rows))
        is_first = False


def _row(found: FoundEntry) -> Sequence[object]:
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


def _csv(entries: Iterator[FoundEntry]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(["sequence", *NAMES])
    for each in entries:
        writer.writerow([each.sequence, *(_cell(getattr(each.entry, name)) for name in NAMES)])


def _cell(value: Any) -> str:
    return FORMULA.sub(r"\1'", escape(flat(value, "; ")))


def flat(value: Any, separator: str) -> str:
    """A field of an entry as one text; `separator` stands between the items of a list."""
    if isinstance(value, tuple):
        return separator.join(flat(item, separator) for item in value)
    if isinstance(value, Denial):
        return " ".join(filter(None, (value.field, value.record_class, value.rule, *value.needs)))
    if isinstance(value, SourceAnswer):
        return f"{value.name} {value.status}"
    return "" if value is None else str(getattr(value, "value", value))


def _jsonl(entries: Iterator[FoundEntry]) -> None:
    for each in entries:
        write(f'{{"sequence":{each.sequence},{each.entry.to_bytes().decode()[1:]}')
