"""What is asked in the chaos: seven operations, each about many records of a seeded world, as two kinds of caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.system.response_comparison import WithoutNumber

DOCUMENT = Path(__file__).with_suffix(".graphql").read_text(encoding="utf-8")
CALLERS = ("investigator", "patrol")
# Where each operation's keys are, and how many of them are asked for.
KEYS = {
    "Person": ("persons", "SELECT id FROM person ORDER BY id", 8),
    "Plate": ("vehicles", "SELECT plate FROM vehicle WHERE plate IS NOT NULL ORDER BY vin", 4),
    "Name": ("persons", "SELECT DISTINCT surname FROM person ORDER BY surname", 4),
    "Warrant": ("warrants", "SELECT number FROM warrant ORDER BY number", 4),
    "Order": ("protective_orders", "SELECT number FROM protective_order ORDER BY number", 4),
    "History": ("criminal_history", "SELECT DISTINCT cii_number FROM cycle ORDER BY cii_number", 4),
}
PEOPLE, DASHBOARDS = 20, 4
# What leads from a person to another source, and by which number.
NUMBERS = {
    "vehicles": "license_number",
    "warrants": "fbi_number",
    "protectiveOrders": "carpos_number",
    "criminalHistory": "cii_number",
}


@dataclass(frozen=True, slots=True)
class Question:
    operation: str
    key: str | tuple[str, ...]
    caller: str

    @property
    def body(self) -> dict[str, Any]:
        return {"query": DOCUMENT, "operationName": self.operation, "variables": {"key": self.key}}


def questions(data: Path, chance: Random) -> list[Question]:
    """Every one of them, for every caller."""
    asked = [*_one_by_one(data, chance)]
    ids = _keys(data, "Person")
    asked += [("People", tuple(chance.sample(ids, PEOPLE))) for _ in range(DASHBOARDS)]
    return [Question(operation, key, caller) for operation, key in asked for caller in CALLERS]


def nowhere(data: Path) -> WithoutNumber:
    """Who has no number at which source."""
    with closing(sqlite3.connect(data / "persons.db")) as file:
        return {
            (id, field)
            for field, number in NUMBERS.items()
            for (id,) in file.execute(f"SELECT id FROM person WHERE {number} IS NULL")
        }


def _one_by_one(data: Path, chance: Random) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for operation, (*_, count) in KEYS.items():
        for key in chance.sample(_keys(data, operation), count):
            yield operation, key


def _keys(data: Path, operation: str) -> list[str]:
    source, statement, _ = KEYS[operation]
    with closing(sqlite3.connect(data / f"{source}.db")) as file:
        return [key for (key,) in file.execute(statement)]
