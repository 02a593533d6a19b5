"""SQL statements of the peers, by name, from one file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from bench.world_file import edited
from sources.sqlite.connection import CACHE_KIB

FILE = Path(__file__).with_name("statements.sql")
INDEXES = {"vehicles": "CREATE INDEX IF NOT EXISTS plate_as_written ON vehicle (plate_state, plate)"}
"""By source. needtoknow finds a plate however it is typed, by an index of an expression that no peer has."""


class SourceStatement(NamedTuple):
    source: str
    sql: str


def read() -> dict[str, SourceStatement]:
    """Statements by name, each with its source."""
    statements = re.findall(r"^-- (\w+) (\w+)\n(.*?);$", FILE.read_text(), re.MULTILINE | re.DOTALL)
    return {name: SourceStatement(source, sql) for name, source, sql in statements}


def write_indexes(folder: Path) -> None:
    """Write the indexes that only peers use into the sources of a world."""
    for source, statement in INDEXES.items():
        with edited(folder / f"{source}.db") as connection:
            connection.execute(statement)


STATEMENTS = read()
# The same cache size as our own connections.
CACHE = f"PRAGMA cache_size = -{CACHE_KIB}"
SOURCES = sorted({statement.source for statement in STATEMENTS.values()})


STANDINGS = {None: "UNDECIDED", "CONVICTED": "CONVICTED", "DIVERTED": "DIVERTED"}


def standing(disposition: str | None) -> str:
    return STANDINGS.get(disposition, "NOT_CONVICTED")


def full_name(*parts: str | None) -> str | None:
    return " ".join(filter(None, parts)) or None
