"""Errors of resolvers."""

from __future__ import annotations

from policy.grants import Denied


class NotGranted(Exception):
    """A batch lacks a grant for what it reads: a fault of the server, never of a caller."""


class RelatedSubject(Exception):
    """A record that is withheld because of its subject. It stands in the record's place, as the error of its field."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.rule.name)
        self.denied = denied


class InvalidSearch(Exception):
    """A search that cannot be made as asked. Its message is for the caller, and repeats no value."""


class InvalidSource(Exception):
    """A record system that cannot be in the catalogue. Its message is for who installs it."""
