"""Random person: one person of a synthetic world, and how many records there are about them."""

from __future__ import annotations

from typing import NamedTuple

from seed.arrests import ArrestCounts
from seed.names import Name
from seed.row import Columns


class RecordCounts(NamedTuple):
    """How many records each source holds about a person, which decides the numbers that the person has.

    Each count is drawn for itself. So records that a caller sees tell nothing of hidden ones.
    """

    vehicles: int
    warrants: int
    orders: int
    arrests: ArrestCounts


class RandomPerson(NamedTuple):
    """The columns of a person, their aliases, and their counts."""

    columns: Columns
    aliases: list[Name]
    counts: RecordCounts
