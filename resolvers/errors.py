"""What a source can do wrong.

FetchFailed                 (engine) a batch has no answer
└── SourceUnavailable       the source did not answer; `status` says TIMEOUT or DOWN
NotGranted                  a batch was asked for something that no grant covers: a fault of ours, never of a caller
BadKey                      a search that cannot be made as asked; its words repeat no value
ProfileWrong                how sources are to behave cannot be read; the message names the file and the line
"""

from __future__ import annotations

from engine.errors import FetchFailed


class SourceUnavailable(FetchFailed):
    """A source that is missing, locked, corrupt or slow."""

    def __init__(self, source: str, status: str) -> None:
        super().__init__(source)
        self.status = status


class NotGranted(Exception):
    """Something was to be read without a grant for it."""


class BadKey(Exception):
    """What is asked cannot be searched for; the message is for the caller."""


class ProfileWrong(Exception):
    """What is to say how sources behave does not; the message is for whoever wrote it."""
