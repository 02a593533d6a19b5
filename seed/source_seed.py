"""Source seed: how a synthetic world gets the rows of one source. Each `seed/<source>.py` exports one as SEED."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import MetaData

from seed.demo_values import DemoTable
from seed.numbers import Numbers
from seed.random_person import RandomPerson
from seed.rng import Rng
from seed.row import Columns, Row

DrawRows = Callable[[RandomPerson], Iterable[Row]]
"""The rows about one random person. Rows of sources that come before this one in the catalogue are in `records`."""


@dataclass(frozen=True, slots=True)
class WorldDraws:
    """What all sources of one world draw from. Each draw decides the next ones: another order is another world."""

    seed: int
    rng: Rng
    numbers: Numbers

    def own_rng(self, source: str) -> Rng:
        """Random numbers of one source: with it or without it, the others have the same rows."""
        return Rng(int.from_bytes(sha256(f"{self.seed}/{source}".encode()).digest()))


@dataclass(frozen=True, slots=True)
class SourceSeed:
    """The rows of one source.

    start: called once for a world; gives the function that is called for each random person, in order.
    demo:  the rows about a demonstration person, from (number, columns, table of seed/data/demo_people.toml).
    index: called with the file of the source when all rows are in it; it makes `index_tables`.
    """

    start: Callable[[WorldDraws], DrawRows]
    demo: Callable[[int, Columns, DemoTable], Iterable[Row]] = lambda _number, _person, _table: ()
    index: Callable[[sqlite3.Connection], None] = lambda _connection: None
    index_tables: tuple[MetaData, ...] = ()
