"""Errors of sources.

FetchFailed                 (engine) a batch has no answer
└── SourceUnavailable       the source did not answer; `status` is TIMEOUT or DOWN
InvalidProfile              a fault profile cannot be read; the message names the file and the line
"""

from __future__ import annotations

from engine.errors import FetchFailed


class SourceUnavailable(FetchFailed):
    """A source that is missing, locked, corrupt or slow."""

    def __init__(self, source: str, status: str) -> None:
        super().__init__(source)
        self.status = status


class InvalidProfile(Exception):
    """A fault profile that cannot be read; the message is for its author."""
