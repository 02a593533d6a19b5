"""A source: one record system that answers statements. Knows nothing of what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters, and how many keys it asks for.

    It gives one cell: all its rows as JSON, lists in a list. SQLite gives the interpreter lock back and takes it again
    for every row: docs/decisions/0008.
    """

    text: str
    parameters: dict[str, Any]
    keys: int = 1

    @staticmethod
    def of_rows(text: str, parameters: dict[str, Any], width: int, keys: int = 1) -> Statement:
        """A statement from one that gives rows of so many cells."""
        cells = ", ".join(f"c{place}" for place in range(width))
        return Statement(
            f"WITH answer({cells}) AS ({text}) SELECT json_group_array(json_array({cells})) FROM answer",
            parameters,
            keys,
        )


class Source(Protocol):
    """One record system."""

    @property
    def name(self) -> str:
        """As the schema and the journal call it: "warrants"."""
        ...

    @property
    def answered_at(self) -> datetime | None:
        """When it last answered, UTC; None if it has not yet."""
        ...

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of one statement, whole: texts, whole numbers and None.

        Raises: SourceUnavailable if it does not answer by its deadline, or cannot.
        """
        ...

    async def close(self) -> None:
        """Let go of everything; safe to call twice."""
        ...
