"""Reports on property agree with the registered vehicles, and are about nobody."""

from __future__ import annotations

from collections import Counter
from typing import Any

from resolvers.property import STORED
from resolvers.subject_columns import FOLDS
from tests.seed.conftest import Column, Rows

STOPS = "state IN ('ACTIVE', 'PENDING_CHECK') AND status IN ('STOLEN', 'FELONY') AND file IN ('SV', 'SL')"


def stopped(rows: Rows) -> tuple[set[Any], set[Any]]:
    """The VINs, and the plates with their states, that a report in force stops."""
    found = rows("property", f"SELECT vin, plate, plate_state FROM property_report WHERE {STOPS}")
    return {vin for vin, *_ in found if vin}, {(plate, state) for _, plate, state in found if plate}


def test_a_vehicle_is_marked_as_stolen_if_a_report_in_force_says_so(rows: Rows) -> None:
    vins, plates = stopped(rows)
    vehicles = rows("vehicles", "SELECT vin, plate, plate_state, is_stolen FROM vehicle")

    assert [vin for vin, *plate, mark in vehicles if (vin in vins or tuple(plate) in plates) != bool(mark)] == []
    assert sum(mark for *_, mark in vehicles) > 10
    alone = set(rows("property", f"SELECT plate, plate_state FROM property_report WHERE {STOPS} AND file = 'SL'"))
    assert alone & {(plate, state) for _, plate, state, _ in vehicles}


def test_there_are_about_220_reports_a_third_on_vehicles_and_plates(column: Column) -> None:
    files = Counter(column("property", "SELECT file FROM property_report"))

    assert 185 <= files.total() <= 255
    assert 0.25 <= (files["SV"] + files["SL"]) / files.total() <= 0.42
    assert files.keys() == {"SV", "SL", "SP", "SB", "SA", "SS"}


def test_no_report_says_whose_a_thing_is(rows: Rows) -> None:
    assert not set(STORED.c.keys()) & {*FOLDS, "owner_license", "street", "given", "surname"}
    licenses = {number for (number,) in rows("persons", "SELECT license_number FROM person")} - {None}
    cells = {str(cell) for row in rows("property", "SELECT * FROM property_report") for cell in row}

    assert cells & licenses == set()


def test_a_report_has_the_columns_of_its_own_file_alone(rows: Rows) -> None:
    columns = {
        "vin": {"SV"},
        "plate": {"SV", "SL"},
        "part_category": {"SP"},
        "hull_number": {"SB"},
        "article_type": {"SA"},
        "security_type": {"SS"},
    }
    found = {
        name: {file for (file,) in rows("property", f"SELECT file FROM property_report WHERE {name} IS NOT NULL")}
        for name in columns
    }

    assert found == columns


def test_the_letter_of_a_number_is_that_of_its_file(rows: Rows) -> None:
    found = set(rows("property", "SELECT file, substr(number, 1, 1) FROM property_report"))

    assert found == {("SV", "V"), ("SL", "P"), ("SP", "V"), ("SB", "B"), ("SA", "A"), ("SS", "S")}


def test_only_what_is_recovered_has_a_recovery_and_none_before_its_loss(rows: Rows) -> None:
    found = rows("property", "SELECT state, occurred_on, recovered_on FROM property_report")

    assert {state for state, _, recovered in found if recovered} == {"CLEARED", "LOCATED"}
    assert [occurred for state, occurred, recovered in found if recovered and recovered < occurred] == []
