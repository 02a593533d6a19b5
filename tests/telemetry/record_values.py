"""Values of a data folder's records, to search other texts for."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

# Names, numbers and streets. Each of them alone identifies a person.
COLUMNS = {
    "persons.db": (
        "SELECT id, given, middle, surname, ssn, license_number, street FROM person",
        "SELECT cii_number, fbi_number, carpos_number FROM person",
        "SELECT given, middle, surname FROM alias",
    ),
    "vehicles.db": ("SELECT vin, plate, owner_license, street FROM vehicle",),
    "warrants.db": ("SELECT number, subject_fbi FROM warrant",),
    "protective_orders.db": (
        "SELECT number, restrained_carpos FROM protective_order",
        "SELECT given, middle, surname, street, phone FROM protected_party",
    ),
    "criminal_history.db": ("SELECT cii_number, fbi_number FROM subject", "SELECT booking_number FROM cycle"),
}
MIN_LENGTH = 3


def record_values(folder: Path) -> frozenset[str]:
    """Every name, number and street in a data folder, in lower case."""
    values: set[str] = set()
    for file, statements in COLUMNS.items():
        with closing(sqlite3.connect(folder / file)) as database:
            for statement in statements:
                for row in database.execute(statement):
                    values.update(value.lower() for value in row if value and len(value) >= MIN_LENGTH)
    return frozenset(values)


def found_in(text: str, values: frozenset[str]) -> set[str]:
    """The values that are whole words of a text."""
    text = text.lower()
    words = set(re.findall(r"[\w-]+", text)) | set(re.findall(r"\w+", text))
    return {value for value in values if (value in words if re.fullmatch(r"[\w-]+", value) else value in text)}
