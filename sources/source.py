"""Source protocol: a record system that runs statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

Rows = list[list[Any]]


class Meter(Protocol):
    """Counts the bytes of results."""

    has_invalid_values: bool
    """Set if an InvalidValue stands in a result."""

    @property
    def remaining(self) -> int:
        """The bytes that a result may have."""

    def count(self, size: int) -> None:
        """Count a result of so many bytes. Raises: ResultTooLarge if it has more than remain."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters, and the number of keys that it looks up.

    It returns one cell: all its rows as JSON, a list of lists. SQLite releases and takes the interpreter lock for
    every row: docs/decisions/0008.
    """

    text: str
    parameters: dict[str, Any]
    keys: int = 1
    meter: Meter | None = None
    """Counts the bytes of its result, before they become rows; None if nothing limits them."""
    lenient_text: Callable[[], str] | None = None
    """Makes its SQL for rows with values that JSON cannot hold: `lenient_cell`."""

    def lenient(self) -> Statement:
        """The same statement for rows with such values."""
        assert self.lenient_text is not None
        return replace(self, text=self.lenient_text(), lenient_text=None)

    @staticmethod
    def of_rows(text: str, parameters: dict[str, Any], width: int, keys: int = 1) -> Statement:
        """A statement from SQL that returns rows of `width` cells."""
        names = [f"c{index}" for index in range(width)]

        def rendered(cells: Sequence[str]) -> str:
            # SQLite limits the length of group_concat while it grows, and that of json_group_array only at its end.
            row = f"json_array({', '.join(cells)})"
            columns = ", ".join(names)
            return (
                f"WITH result({columns}) AS ({text}) SELECT '[' || ifnull(group_concat({row}), '') || ']' FROM result"
            )

        return Statement(
            rendered(names), parameters, keys, lenient_text=lambda: rendered([lenient_cell(each) for each in names])
        )


def lenient_cell(sql: str) -> str:
    """SQL of a value that JSON can hold: a BLOB and an infinite number become text."""
    return f"CASE WHEN typeof({sql}) = 'blob' OR {sql} IN (9e999, -9e999) THEN CAST({sql} AS TEXT) ELSE {sql} END"


class Source(Protocol):
    """One record system."""

    @property
    def name(self) -> str:
        """The name in the schema and in the journal: "warrants"."""
        ...

    @property
    def answered_at(self) -> datetime | None:
        """The time of its last response, in UTC; None if there has been none."""
        ...

    async def fetch(self, statement: Statement) -> Rows:
        """All rows of one statement. Cells are strings, numbers and None, and an InvalidValue for each that is none.

        Raises: SourceUnavailable if it does not respond by its deadline, or cannot; ResultTooLarge if the statement's
        meter says so.
        """
        ...

    async def close(self) -> None:
        """Release every resource; may be called twice."""
        ...
