"""Errors of sources.

FetchFailed                 (engine) a batch could not be fetched
└── SourceUnavailable       the source did not respond; `status` is TIMEOUT or DOWN
    └── StatementFailed     it failed on what this statement asked, or on one row; no breaker counts it
FetchOverLimit              (engine) a batch has too many bytes
└── ResultTooLarge          the result of one statement; the source is not at fault
NotRemote                   a query that a remote source cannot answer
InvalidAddress              an address that cannot be used; the message never repeats it
InvalidProfile              a fault profile that cannot be used; the message names the file and the line
"""

from __future__ import annotations

from engine.errors import FetchFailed, FetchOverLimit


class SourceUnavailable(FetchFailed):
    """A source that is missing, locked, corrupt or slow."""

    def __init__(self, source: str, status: str) -> None:
        super().__init__(source)
        self.status = status


class StatementFailed(SourceUnavailable):
    """A statement that its source accepted and could not run: a parameter or a row is at fault, not the source."""

    def __init__(self, source: str) -> None:
        super().__init__(source, "DOWN")


class ResultTooLarge(FetchOverLimit):
    """A result with more bytes than its operation may still read."""


class InvalidProfile(Exception):
    """A fault profile that cannot be used. The message is for its author."""


class NotRemote(Exception):
    """A query that needs more than rows by one of their columns. The message says why."""


class InvalidAddress(ValueError):
    """The address cannot be used. The message never repeats it, because it may hold a password."""
