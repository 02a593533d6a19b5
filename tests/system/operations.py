"""Operations for the chaos test: seven documents, for many records of a seeded world and two callers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

DOCUMENT = Path(__file__).with_suffix(".graphql").read_text(encoding="utf-8")
CALLERS = ("investigator", "patrol")
# For each document: its source, the statement for its keys, and how many keys are used.
KEYS = {
    "Person": ("persons", "SELECT id FROM person ORDER BY id", 8),
    "Plate": ("vehicles", "SELECT plate FROM vehicle WHERE plate IS NOT NULL ORDER BY vin", 4),
    "Name": ("persons", "SELECT DISTINCT surname FROM person ORDER BY surname", 4),
    "Warrant": ("warrants", "SELECT number FROM warrant ORDER BY number", 4),
    "Order": ("protective_orders", "SELECT number FROM protective_order ORDER BY number", 4),
    "History": ("criminal_history", "SELECT DISTINCT cii_number FROM cycle ORDER BY cii_number", 4),
}
PEOPLE, DASHBOARDS = 20, 4


@dataclass(frozen=True, slots=True)
class Operation:
    """One request: a named operation, its key and its caller."""

    name: str
    key: str | tuple[str, ...]
    caller: str

    @property
    def body(self) -> dict[str, Any]:
        return {"query": DOCUMENT, "operationName": self.name, "variables": {"key": self.key}}


def operations(data: Path, rng: Random) -> list[Operation]:
    """All operations, for every caller."""
    keys = [*_single_keys(data, rng)]
    ids = _keys(data, "Person")
    keys += [("People", tuple(rng.sample(ids, PEOPLE))) for _ in range(DASHBOARDS)]
    return [Operation(name, key, caller) for name, key in keys for caller in CALLERS]


def _single_keys(data: Path, rng: Random) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for operation, (*_, count) in KEYS.items():
        for key in rng.sample(_keys(data, operation), count):
            yield operation, key


def _keys(data: Path, operation: str) -> list[str]:
    source, statement, _ = KEYS[operation]
    with closing(sqlite3.connect(data / f"{source}.db")) as file:
        return [key for (key,) in file.execute(statement)]
