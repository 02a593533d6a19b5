"""Source protocol: a record system that runs statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Rows = list[list[Any]]


class Meter(Protocol):
    """Counts the bytes of results."""

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

    @staticmethod
    def of_rows(text: str, parameters: dict[str, Any], width: int, keys: int = 1) -> Statement:
        """A statement from SQL that returns rows of `width` cells."""
        cells = ", ".join(f"c{index}" for index in range(width))
        return Statement(
            # SQLite limits the length of group_concat while it grows, and that of json_group_array only at its end.
            f"WITH result({cells}) AS ({text}) SELECT '[' || ifnull(group_concat(json_array({cells})), '') || ']'"
            " FROM result",
            parameters,
            keys,
        )


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
        """All rows of one statement. Cells are strings, whole numbers and None.

        Raises: SourceUnavailable if it does not respond by its deadline, or cannot; ResultTooLarge if the statement's
        meter says so.
        """
        ...

    async def close(self) -> None:
        """Release every resource; may be called twice."""
        ...
