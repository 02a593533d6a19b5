"""The demonstration people: the same in every world, each for one rule of need-to-know.

They are in seed/data/demo_people.toml. `docs/demo-world.md` lists them for readers, and a test compares both. The
colleague, the namesake and the caller's own record depend on two demonstration callers: the investigator, Dana Reyes,
and the patrol officer, by agency.

All numbers follow from the number of the person, and none is random. No series of `seed.numbers` gives them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from names.folding import plain_letters
from seed.catalogue import SEEDS
from seed.data import toml
from seed.demo_values import DemoTable, caution_codes, name_columns
from seed.descriptors import json_list
from seed.persons import NO_LICENSE
from seed.row import Columns, Row


@dataclass(frozen=True, slots=True)
class Demonstration:
    """One person, the rule that they show, and all their rows in all sources."""

    person: Columns
    shows: str
    rows: tuple[Row, ...]


def _demonstration(number: int, table: DemoTable) -> Demonstration:
    person = _person(number, table)
    rows = (row for seed in SEEDS.values() for row in seed.demo(number, person, table))
    return Demonstration(person, table["shows"], tuple(rows))


def _person(number: int, table: DemoTable) -> Columns:
    """The person with this number. Fingerprinted people have a CII and an FBI number, restrained ones CARPOS."""
    license = {
        "license_number": f"Z{number:07}",
        "license_state": "CA",
        "license_class": "C",
        "license_status": table.get("license_status", "VALID"),
        "license_expires_on": f"2032{table['birth_date'][4:]}",
    }
    is_fingerprinted = table.get("is_fingerprinted", True)
    return {
        "row_id": number,
        "id": f"P{number:07}",
        **name_columns(table["name"]),
        "birth_date": table["birth_date"],
        **table["descriptors"],
        "scars_marks_tattoos": json_list(table.get("marks", [])),
        "cautions": caution_codes(table),
        "ssn": f"999-{10 + number}-{7000 + number}",
        **(license if table.get("has_license", True) else NO_LICENSE),
        "cii_number": f"A{number:08}" if is_fingerprinted else None,
        "fbi_number": f"{number:06}DM0" if is_fingerprinted else None,
        "carpos_number": f"R{number:08}" if "order" in table else None,
        "mups_number": f"MU{number:08}" if "missing" in table else None,
        "state": "CA",
        **table["address"],
        "is_confidential": table.get("is_confidential", False),
        "subject_surname": plain_letters(table["name"]["surname"]),
        "subject_user": table.get("subject_user"),
        "subject_ori": table.get("subject_ori"),
    }


PEOPLE: Final = tuple(
    _demonstration(number, table) for number, table in enumerate(toml("demo_people")["person"], start=1)
)
