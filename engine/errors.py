"""Errors before or during the execution of an operation.

Refused                the request cannot be executed; nothing was read
├── InvalidDocument    it does not parse or validate, or holds no such operation
├── InvalidVariables   a variable does not fit its type
└── TooComplex         it exceeds a limit
FetchFailed            one batch got no response; its fields are null and the rest stands
FetchOverLimit         one batch would have read too much; the same
InvalidValue           one value of a row cannot be read; its fields are null and the rest stands
UnguardedSchema        a field of the schema breaks the labelling rules; the schema does not build
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLError


@dataclass(frozen=True, slots=True)
class Fault:
    """One defect of a request: a fixed sentence, and its locations in the document."""

    message: str
    locations: tuple[tuple[int, int], ...] = ()
    directive: str | None = None
    """The operation directive that contains the fault, if one does."""

    @staticmethod
    def at(error: GraphQLError, message: str, directive: str | None = None) -> Fault:
        """The locations of one of graphql-core's errors, with a message of our own."""
        return Fault(message, tuple((each.line, each.column) for each in error.locations or ()), directive)


class Refused(Exception):
    """A request that is not executed. `faults` are safe to show: they repeat no value of the request."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


class InvalidDocument(Refused):
    """The document does not parse, does not validate, or does not hold the named operation."""


class InvalidVariables(Refused):
    """The variables do not fit the operation's declarations."""


class TooComplex(Refused):
    """The document exceeds a limit."""


class FetchFailed(Exception):
    """A batch that got no response from `source`."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


class FetchOverLimit(Exception):
    """A batch whose rows have more bytes than its operation may still read."""


class InvalidValue(Exception):
    """A value of a row that cannot be read. It stands in the row in place of the value.

    text: the value, with lone surrogates for bytes that are not UTF-8. It is neither shown nor logged.
    """

    def __init__(self, text: str) -> None:
        super().__init__("The value cannot be read.")
        self.text = text


class SlowPathNeeded(Exception):
    """A value that a generated function does not handle. It is caught inside the engine."""


class UnguardedSchema(Exception):
    """A field that breaks the labelling rules; raised when the schema is built."""
