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
from typing import TYPE_CHECKING, Any

from api.cli.console import stdout, write
from audit.entry import Denial, Entry, FoundEntry, SourceAnswer
from reports.control_characters import escape

if TYPE_CHECKING:
    from rich.text import Text

ID_DIGITS = 8
"""Hex digits of an inquiry's id in a table; `audit show` takes as many."""
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


def grid(columns: Sequence[str], rows: Iterable[Sequence[object]], *, has_rules: bool = False) -> None:
    """Print a table. Cells are any values, or `Text`, which is not escaped; `has_rules` draws lines between rows."""
    from rich.table import Column, Table
    from rich.text import Text

    # A word that is too long is folded and not cut off.
    table = Table(*(Column(each, overflow="fold") for each in columns), show_lines=has_rules)
    for row in rows:
        table.add_row(
            *(cell if isinstance(cell, Text) else Text("" if cell is None else escape(str(cell))) for cell in row)
        )
    stdout().print(table)


def lines(*texts: str | None) -> Text:
    """A cell of several lines."""
    from rich.text import Text

    return Text("\n".join(escape(text) for text in texts if text))


def print_csv(entries: Iterator[FoundEntry]) -> None:
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


def print_jsonl(entries: Iterator[FoundEntry]) -> None:
    for each in entries:
        write(f'{{"sequence":{each.sequence},{each.entry.to_bytes().decode()[1:]}')
