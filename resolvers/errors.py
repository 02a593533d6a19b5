"""Errors of resolvers."""

from __future__ import annotations


class NotGranted(Exception):
    """A batch lacks a grant for what it reads: a fault of the server, never of a caller."""


class InvalidSearch(Exception):
    """A search that cannot be made as asked. Its message is for the caller, and repeats no value."""
