"""What a source can do wrong.

FetchFailed                 (engine) a batch has no answer
├── SourceUnavailable       the source did not answer; `status` says TIMEOUT or DOWN
└── TooManyRows             it answered, and that is more than one operation may have
NotGranted                  a batch was asked for something that no grant covers: a fault of ours, never of a caller
BadKey                      a search that cannot be made as asked; its words repeat no value
"""

from __future__ import annotations

from engine.errors import FetchFailed


class SourceUnavailable(FetchFailed):
    """A source that is missing, locked, corrupt or slow."""

    def __init__(self, source: str, status: str) -> None:
        super().__init__(source)
        self.status = status


class TooManyRows(FetchFailed):
    """An operation that was given, or would be, more rows than it may have."""


class NotGranted(Exception):
    """Something was to be read without a grant for it."""


class BadKey(Exception):
    """What is asked cannot be searched for; the message is for the caller."""
