"""Read limit: the bytes that all requests of one operation may return together."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sources.errors import ResultTooLarge
from sources.request import Request
from sources.source import Rows, Source


@dataclass(slots=True)
class ReadLimit:
    """The bytes of JSON that an operation may still read."""

    remaining: int


class MeteredSource:
    """A source whose results count toward a read limit. One fetch of one operation uses it.

    bytes_read:    bytes of JSON that its results had.
    is_over_limit: whether a result was too large; then no other request is sent.
    has_invalid_values: whether an InvalidValue stands in a result.
    """

    def __init__(self, source: Source, limit: ReadLimit) -> None:
        self.name = source.name
        self._source = source
        self._limit = limit
        self.bytes_read = 0
        self.is_over_limit = False
        self.has_invalid_values = False

    @property
    def system(self) -> str:
        return self._source.system

    @property
    def answered_at(self) -> datetime | None:
        return self._source.answered_at

    @property
    def remaining(self) -> int:
        """Bytes that a result may have."""
        return 0 if self.is_over_limit else self._limit.remaining

    def fetch(self, request: Request) -> Coroutine[Any, Any, Rows]:
        """The source's rows. Raises: SourceUnavailable, ResultTooLarge."""
        if self.remaining <= 0:
            raise ResultTooLarge(self.name)
        return self._source.fetch(request.metered(self))

    def probe(self) -> Coroutine[Any, Any, None]:
        return self._source.probe()

    def count(self, size: int) -> None:
        """Count a result of so many bytes. Raises: ResultTooLarge if it has more than remain."""
        if size > self.remaining:
            raise ResultTooLarge(self.name)
        self.bytes_read += size
        self._limit.remaining -= size

    async def close(self) -> None:
        await self._source.close()
