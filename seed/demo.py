"""The demonstration people: the same sixteen in every world, each for one rule of need-to-know.

They are in seed/data/demo_people.toml. `docs/demo-world.md` lists them for readers, and a test compares both. The
colleague, the namesake and the caller's own record depend on two demonstration callers: the investigator, Dana Reyes,
and the patrol officer, by agency.

All numbers follow from the number of the person, and none is random. No series of `seed.numbers` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from names.folding import plain_letters
from resolvers.codes.order import OrderCondition
from resolvers.codes.person import Caution
from resolvers.codes.vehicle import PlateType
from resolvers.codes.warrant import Extradition
from seed import persons
from seed.criminal_history import NO_CUSTODY, NO_OUTCOME, NO_SUPERVISION, cycle_rows, subject_row
from seed.data import toml
from seed.descriptors import json_list
from seed.files import Columns, Row
from seed.geography import COUNTIES
from seed.names import Name
from seed.offenses import TEXTS, offense
from seed.persons import NO_LICENSE, subject
from seed.vehicles import MODELS, vehicle

Table = dict[str, Any]

# Agencies of demonstration callers are in this county: a person who works for one of them is a colleague.
COUNTY: Final = COUNTIES["Los Angeles"]
# The plate type of a style, and its plate for the owner with this number.
_PLATES: Final = {"PICKUP": (PlateType.TK, "1N{:05}"), "MOTORCYCLE": (PlateType.MC, "10N{:04}")}
_CAR_PLATE: Final = PlateType.PC, "1NTK{:03}"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """One person, the rule that they show, and all their rows in all sources."""

    person: Columns
    shows: str
    rows: tuple[Row, ...]


def _demonstration(number: int, table: Table) -> Demonstration:
    person = _person(number, table)
    aliases = [Name(**_name(alias)) for alias in table.get("aliases", ())]
    return Demonstration(person, table["shows"], (*persons.rows(person, aliases), *_records(number, person, table)))


def _name(table: Table) -> Columns:
    return {"middle": None, "suffix": None, **table}


def _person(number: int, table: Table) -> Columns:
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
        "id": f"P{number:07}",
        **_name(table["name"]),
        "birth_date": table["birth_date"],
        **table["descriptors"],
        "scars_marks_tattoos": json_list(table.get("marks", [])),
        "cautions": _cautions(table),
        "ssn": f"999-{10 + number}-{7000 + number}",
        **(license if table.get("has_license", True) else NO_LICENSE),
        "cii_number": f"A{number:08}" if is_fingerprinted else None,
        "fbi_number": f"{number:06}DM0" if is_fingerprinted else None,
        "carpos_number": f"R{number:08}" if "order" in table else None,
        "state": "CA",
        **table["address"],
        "is_confidential": table.get("is_confidential", False),
        "subject_surname": plain_letters(table["name"]["surname"]),
        "subject_user": table.get("subject_user"),
        "subject_ori": table.get("subject_ori"),
    }


def _records(number: int, person: Columns, table: Table) -> Iterator[Row]:
    """All rows about this person in the other sources."""
    for each in table.get("vehicle", ()):
        yield "vehicle", _vehicle(number, person, each)
    for each in table.get("warrant", ()):
        yield "warrant", _warrant(number, person, each)
    for each in table.get("order", ()):
        yield "protective_order", _order(number, person, each)
    for each in table.get("protected", ()):
        yield "protected_party", _protected_party(number, each)
    if "arrest" in table:
        yield subject_row(person)
    for sequence, each in enumerate(table.get("arrest", ()), start=1):
        yield from arrest(person, sequence, each)


def _vehicle(number: int, owner: Columns, table: Table) -> Columns:
    """One vehicle. Its plate follows from the number of the owner, if the table has none."""
    model = next(model for model in MODELS if model["model"] == table["model"])
    plate_type, plate = _PLATES.get(model["style"], _CAR_PLATE)
    return {
        "plate": plate.format(number),
        "plate_state": "CA",
        "plate_type": plate_type.value,
        "registration_status": "CURRENT",
        "registration_expires_on": "2027-03-31",
        "is_stolen": False,
        **table,
        **vehicle(owner, model, table["year"], f"Z{number:06}"),
    }


def _warrant(number: int, wanted: Columns, table: Table) -> Columns:
    """One warrant of the demonstration county."""
    return {
        "number": f"W{number:09}",
        "status": "ACTIVE",
        **COUNTY.court,
        "agency_ori": COUNTY.sheriff,
        "offense": TEXTS[table["offense_code"]],
        "night_service": False,
        **table,
        "extradition": Extradition[table["extradition"]].value,
        "cautions": _cautions(table),
        "subject_fbi": wanted["fbi_number"],
        **subject(wanted),
    }


def _order(number: int, restrained: Columns, table: Table) -> Columns:
    """One served order. If it has a prohibition basis, firearms are prohibited."""
    return {
        "number": f"H{number:09}",
        "status": "ACTIVE",
        **COUNTY.court,
        "firearms_prohibited": "prohibition_basis" in table,
        "prohibition_basis": None,
        "served": True,
        **table,
        "conditions": json_list([OrderCondition[condition].value for condition in table["conditions"]]),
        "restrained_carpos": restrained["carpos_number"],
        **subject(restrained),
    }


def _protected_party(number: int, table: Table) -> Columns:
    """One person whom the order protects."""
    return {
        "id": number,
        "order_number": f"H{number:09}",
        **_name(table["name"]),
        "state": "CA",
        **table["address"],
        "phone": table["phone"],
        "is_confidential": table["is_confidential"],
    }


def arrest(person: Columns, sequence: int, table: Table) -> list[Row]:
    """One cycle and its charges."""
    number = int(person["id"][1:]) * 1000 + sequence
    cycle = {
        "id": number,
        "sequence": sequence,
        "arrested_on": table["arrested_on"],
        "agency_ori": COUNTY.sheriff,
        # Booking numbers must not tell how many bookings came before, so they are scattered.
        "booking_number": f"0{number * 7_654_321 % 9_999_991:07}",
        "is_sealed": table.get("is_sealed", False),
        **NO_CUSTODY,
        **_prefixed("custody", table),
        **NO_SUPERVISION,
        **_prefixed("supervision", table),
    }
    charges = [
        {
            **NO_OUTCOME,
            **(COUNTY.court if "disposition_kind" in charge else {}),
            **charge,
            **offense(charge["code"], charge["severity"]),
        }
        for charge in table.get("charges", ())
    ]
    return cycle_rows(person, cycle, charges, count(number * 10 + 1))


def _prefixed(prefix: str, table: Table) -> Columns:
    return {
        f"{prefix}_{name}": json_list(value) if isinstance(value, list) else value
        for name, value in table.get(prefix, {}).items()
    }


def _cautions(table: Table) -> str:
    return json_list([Caution[caution].value for caution in table.get("cautions", ())])


PEOPLE: Final = tuple(
    _demonstration(number, table) for number, table in enumerate(toml("demo_people")["person"], start=1)
)
