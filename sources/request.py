"""Request: what a source is asked, as data. Each kind of source renders it in its own way."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from sources.sql.query import Query


class Meter(Protocol):
    """Counts the bytes of results."""

    has_invalid_values: bool
    """Set if an InvalidValue stands in a result."""

    @property
    def remaining(self) -> int:
        """The bytes that a result may have."""

    def count(self, size: int) -> None:
        """Count a result of so many bytes. Raises: ResultTooLarge if it has more than remain."""


class Request(NamedTuple):
    """A query with its values, and the number of keys that it looks up.

    parameters: strings, numbers, booleans, None, and lists as the text of a JSON array.
    meter:      counts the bytes of its result, before they become rows; None if nothing limits them.
    """

    query: Query
    parameters: dict[str, Any]
    keys: int = 1
    meter: Meter | None = None

    def metered(self, meter: Meter) -> Request:
        """The same request, with a meter."""
        return Request(self.query, self.parameters, self.keys, meter)
