"""A source: one record system that answers statements. Knows nothing of what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters, how many columns its rows have, and how many keys it asks for."""

    text: str
    parameters: Mapping[str, Any]
    width: int = 1
    keys: int = 1


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
