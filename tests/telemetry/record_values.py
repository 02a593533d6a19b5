"""Values of a data folder's records, to search other texts for."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from resolvers.catalogue import SPECS

# Names, numbers and streets, beside the numbers of records. Each of them alone identifies a person: chosen by hand.
COLUMNS = {
    "persons": (
        "SELECT given, middle, surname, ssn, license_number, street FROM person",
        "SELECT cii_number, fbi_number, carpos_number FROM person",
        "SELECT given, middle, surname FROM alias",
    ),
    "vehicles": ("SELECT plate, owner_license, street FROM vehicle",),
    "warrants": ("SELECT subject_fbi FROM warrant",),
    "protective_orders": (
        "SELECT restrained_carpos FROM protective_order",
        "SELECT given, middle, surname, street, phone FROM protected_party",
    ),
    "criminal_history": ("SELECT fbi_number FROM subject", "SELECT booking_number FROM cycle"),
    "missing_persons": ("SELECT fcn, case_number, subject_mups, plate, medical, reported_by FROM missing_person",),
    "property": (
        "SELECT fcn, case_number, serial, owner_applied_number, hull_number, vin, plate FROM property_report",
    ),
    "firearms": (
        "SELECT serial FROM firearm",
        "SELECT fcn, case_number FROM firearm_report",
        "SELECT owner_license FROM firearm_transfer",
    ),
    "supervision": (
        "SELECT fcn, case_number, cii_number, cdc_number, agent_name, agent_phone FROM supervised_release",
    ),
}
MIN_LENGTH = 3


def record_values(folder: Path) -> frozenset[str]:
    """Every name, number and street in a data folder, in lower case."""
    values: set[str] = set()
    for spec in SPECS:
        numbers = [f"SELECT {each.record.column} FROM {each.name}" for each in spec.tables if each.record]
        with closing(sqlite3.connect(folder / f"{spec.name}.db")) as database:
            for statement in (*numbers, *COLUMNS.get(spec.name, ())):
                for row in database.execute(statement):
                    values.update(value.lower() for value in row if value and len(value) >= MIN_LENGTH)
    return frozenset(values)


def found_in(text: str, values: frozenset[str]) -> set[str]:
    """The values that are whole words of a text."""
    text = text.lower()
    words = set(re.findall(r"[\w-]+", text)) | set(re.findall(r"\w+", text))
    return {value for value in values if (value in words if re.fullmatch(r"[\w-]+", value) else value in text)}
