"""Record check of a source: its faults and what is not folded, counted by column. No value is repeated.

A fault is a value that no field can show, or that no rule can compare. A value that is not folded is compared all the
same, as if it were.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

BATCH_ROWS = 5_000

Check = Callable[[Any], object]
"""Called with a value that is not null. Raises: any error if the value does not fit."""

Checks = Mapping[str, Mapping[str, tuple[Check, ...]]]
"""The checks of each column, by table and column. A column without any must only be readable."""

Fold = Callable[[Any], str]
"""Gives the folded form of a value that is not null; a text comes as bytes. Raises: ValueError if it has none."""

Folds = Mapping[str, Mapping[str, Fold]]
"""The fold of each column that rules compare, by table and column. Such a column has no checks."""


class Finding(Enum):
    """What a check finds of one value."""

    NONE = 0
    NOT_FOLDED = 1
    FAULT = 2


@dataclass
class TableReport:
    """The rows of one table: how many there are and were checked, and how many have faults; and findings by column."""

    table: str
    rows: int
    checked: int = 0
    with_faults: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    not_folded: Counter[str] = field(default_factory=Counter)


def check_records(
    path: Path,
    checks: Checks,
    folds: Folds,
    is_over: Callable[[], bool],
    on_rows: Callable[[int], object] = lambda _rows: None,
) -> Iterator[TableReport]:
    """Check every row of every table of a file, until `is_over`; then the rows that are left are not checked.

    Raises: sqlite3.Error if the file cannot be read.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes  # a text may not be UTF-8
        named = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        for (name,) in named:
            table = name.decode()
            yield _check_table(
                connection, table, checks.get(table, {}), folds.get(table, {}), is_over=is_over, on_rows=on_rows
            )


def _check_table(
    connection: sqlite3.Connection,
    table: str,
    checks: Mapping[str, tuple[Check, ...]],
    folds: Mapping[str, Fold],
    *,
    is_over: Callable[[], bool],
    on_rows: Callable[[int], object],
) -> TableReport:
    quoted = '"' + table.replace('"', '""') + '"'
    ((count,),) = connection.execute(f"SELECT count(*) FROM {quoted}")
    rows = connection.execute(f"SELECT * FROM {quoted}")
    check = TableCheck(TableReport(table, count), [each[0] for each in rows.description], checks, folds)
    while not is_over() and (batch := rows.fetchmany(BATCH_ROWS)):
        check.add(batch)
        on_rows(len(batch))
    return check.report


class TableCheck:
    """The check of one table, batch after batch. It remembers what it found of at most BATCH_ROWS values a column."""

    def __init__(
        self,
        report: TableReport,
        columns: Sequence[str],
        checks: Mapping[str, tuple[Check, ...]],
        folds: Mapping[str, Fold],
    ) -> None:
        self.report = report
        self._columns = columns
        self._checks = checks
        self._folds = folds
        self._known: list[dict[Any, Finding]] = [{} for _ in columns]

    def add(self, batch: Sequence[tuple[Any, ...]]) -> None:
        """Add rows to the report. A text is bytes, which may not be UTF-8."""
        report, checks = self.report, self._checks
        faulty: set[int] = set()
        for index, values in enumerate(zip(*batch, strict=True)):
            name = self._columns[index]
            fold = self._folds.get(name)
            if fold is None and name not in checks and _are_readable(values):
                continue
            memory = self._known[index]
            if len(memory) > BATCH_ROWS:
                memory.clear()
            for value in set(values) - memory.keys():
                memory[value] = _folding(value, fold) if fold else _fit(value, checks.get(name, ()))
            if any(memory[each] is not Finding.NONE for each in set(values)):
                found = [row for row, each in enumerate(values) if memory[each] is Finding.FAULT]
                report.faults[name] += len(found)
                report.not_folded[name] += sum(memory[each] is Finding.NOT_FOLDED for each in values)
                faulty.update(found)
        report.checked += len(batch)
        report.with_faults += len(faulty)


def _are_readable(values: tuple[Any, ...]) -> bool:
    """Whether all texts are UTF-8; of many it is quicker to say than of one after another."""
    try:
        b"\n".join([each for each in values if isinstance(each, bytes)]).decode()
    except UnicodeDecodeError:
        return False
    return True


def _fit(value: Any, checks: tuple[Check, ...]) -> Finding:
    """Whether a value can be read, and every field of it can show it."""
    if value is None:
        return Finding.NONE
    try:
        text = value.decode() if isinstance(value, bytes) else value
        for check in checks:
            check(text)
    except Exception:  # noqa: BLE001 - any error: the value does not fit
        return Finding.FAULT
    return Finding.NONE


def _folding(value: Any, fold: Fold) -> Finding:
    """Whether a value has a folded form, and is in it."""
    if value is None:
        return Finding.NONE
    try:
        folded = fold(value)
    except ValueError:
        return Finding.FAULT
    return Finding.NONE if value == folded.encode() else Finding.NOT_FOLDED
