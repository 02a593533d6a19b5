"""Source protocol: a record system that answers requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sources.request import Request

Rows = list[list[Any]]


class Source(Protocol):
    """One record system."""

    @property
    def name(self) -> str:
        """The name in the schema and in the journal: "warrants"."""
        ...

    @property
    def system(self) -> str:
        """The kind of system, as traces name it: "sqlite", "postgresql" or "http"."""
        ...

    @property
    def answered_at(self) -> datetime | None:
        """The time of its last response, in UTC; None if there has been none."""
        ...

    async def fetch(self, request: Request) -> Rows:
        """All rows of a request. Cells are strings, numbers and None, and an InvalidValue for each that is none.

        Raises: SourceUnavailable if it does not respond by its deadline, or cannot; ResultTooLarge if the request's
        meter says so.
        """
        ...

    async def probe(self) -> None:
        """Read no record, only whether the system itself answers. Raises: SourceUnavailable."""
        ...

    async def close(self) -> None:
        """Release every resource; may be called twice."""
        ...
