"""Errors of resolvers.

NotGranted        a batch was asked for something that no grant covers: a fault of ours, never of a caller
InvalidSearch     a search that cannot be made as asked; the message repeats no value
"""

from __future__ import annotations


class NotGranted(Exception):
    """A batch was asked for something that no grant covers."""


class InvalidSearch(Exception):
    """A search that cannot be made as asked; the message is for the caller."""
