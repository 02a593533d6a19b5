"""What can go wrong before or while an operation runs.

Refused             the request cannot be run at all; nothing was read
├── BadDocument     it does not parse or validate, or names no operation
├── BadVariables    a variable does not fit its type
└── TooComplex      it asks for more than the limits allow
FetchFailed         one batch has no answer; its fields are null and the rest stands
UnguardedSchema     the schema itself is at fault; it does not build
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: fixed words, and where in the document it is."""

    message: str
    locations: tuple[tuple[int, int], ...] = ()
    directive: str | None = None
    """The operation directive inside which the fault lies, if it lies in one."""

    @staticmethod
    def at(error: GraphQLError, message: str, directive: str | None = None) -> Fault:
        """Where graphql-core found an error, in other words than its own."""
        return Fault(message, tuple((place.line, place.column) for place in error.locations or ()), directive)


class Refused(Exception):
    """A request that is not run. `faults` are safe to show: they repeat no value of the request."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


class BadDocument(Refused):
    """The document does not parse, does not validate, or does not hold the operation named."""


class BadVariables(Refused):
    """The variables do not fit the operation's declarations."""


class TooComplex(Refused):
    """The document asks for more than the limits allow."""


class FetchFailed(Exception):
    """A batch that got no answer. `source` says whose."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


class UnguardedSchema(Exception):
    """A field that breaks the rules of labelling; raised when the schema is built."""
