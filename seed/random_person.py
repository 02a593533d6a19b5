"""Random person: one person of a synthetic world, and how many records there are about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class RandomPerson:
    """The columns of a person, their aliases, their counts, and the rows that sources before this one have about them.

    records: the columns of those rows, by table.
    """

    columns: Columns
    aliases: list[Name]
    counts: RecordCounts
    records: dict[str, list[Columns]] = field(default_factory=lambda: defaultdict(list))
