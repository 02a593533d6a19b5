"""Numbers match the patterns of their systems and are unique."""

from __future__ import annotations

import re

import pytest

from api.auth.demo_issuer import DEMO_CALLERS
from seed.geography import COUNTIES, STATE_PRISON
from seed.numbers import DIGIT, Numbers, Series
from seed.rng import Rng
from seed.vin import vin
from tests.seed.conftest import Column, Rows

# A second opinion on `resolvers.numbers`, by hand.
PATTERNS = {
    ("persons", "person", "id"): r"P\d{7}",
    ("persons", "person", "ssn"): r"9\d\d-\d\d-\d{4}",
    ("persons", "person", "cii_number"): r"A\d{8}",
    ("persons", "person", "fbi_number"): r"\d{6}[A-Z]{2}\d",
    ("persons", "person", "carpos_number"): r"R\d{8}",
    ("vehicles", "vehicle", "vin"): r"[0-9A-HJ-NPR-Z]{8}[0-9X][0-9A-HJ-NPR-Z]{8}",
    ("warrants", "warrant", "number"): r"W\d{9}",
    ("protective_orders", "protective_order", "number"): r"H\d{9}",
    ("criminal_history", "subject", "cii_number"): r"A\d{8}",
}
ORIS = {
    ("persons", "person", "subject_ori"): r"\d",
    ("warrants", "warrant", "court_ori"): "J",
    ("warrants", "warrant", "agency_ori"): r"\d",
    ("protective_orders", "protective_order", "court_ori"): "J",
    ("criminal_history", "cycle", "agency_ori"): r"\d",
    ("criminal_history", "cycle", "custody_facility_ori"): "C",
    ("criminal_history", "charge", "court_ori"): "J",
}
LICENSES = {"CA": r"[A-Z]\d{7}", "AZ": r"D\d{8}", "NV": r"\d{10}", "OR": r"\d{7}"}
PLATES = {
    "PC": r"\d[A-HJ-NPR-Z][A-Z][A-HJ-NPR-Z]\d{3}",
    "TK": r"\d[A-Z]\d{5}",
    "CO": r"\d[A-Z]\d{5}",
    "MC": r"\d\d[A-Z]\d{4}",
    "EX": r"\d{7}",
    "DX": r"D[A-Z]\d{5}",
    "DV": r"V[A-Z]\d{5}",
    "PE": r"[A-Z]{4}\d{3}",
    "TM": r"[A-Z]{2}\d{2}[A-Z]\d{2}",
}


@pytest.mark.parametrize(("column_of", "pattern"), PATTERNS.items(), ids=str)
def test_numbers_match_their_pattern_and_are_unique(
    column: Column, column_of: tuple[str, str, str], pattern: str
) -> None:
    source, table, name = column_of
    found = column(source, f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL")

    assert [number for number in found if not re.fullmatch(pattern, number)] == []
    assert len(set(found)) == len(found) > 0


@pytest.mark.parametrize(("column_of", "ninth"), ORIS.items(), ids=str)
def test_the_ninth_character_of_an_ori_is_the_kind_of_agency(
    column: Column, column_of: tuple[str, str, str], ninth: str
) -> None:
    source, table, name = column_of
    found = column(source, f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL")

    assert found
    assert [ori for ori in found if not re.fullmatch(rf"(CA|NV|AZ|OR)9\d{{5}}{ninth}", ori)] == []


def test_no_agency_has_the_number_of_a_real_county() -> None:
    """California's counties have the numbers 001 to 058."""
    callers = [who.ori for who in DEMO_CALLERS.values()]
    numbers = {county.number for county in COUNTIES.values()} | {ori[2:5] for ori in [STATE_PRISON, *callers]}

    assert [number for number in numbers if int(number) <= 900] == []


def test_licence_numbers_match_the_state_pattern_and_are_unique(rows: Rows) -> None:
    found = rows("persons", "SELECT license_state, license_number FROM person WHERE license_number IS NOT NULL")

    assert [number for state, number in found if not re.fullmatch(LICENSES[state], number)] == []
    assert {state for state, _ in found} == set(LICENSES)
    assert len(set(found)) == len(found)


def test_plates_match_the_pattern_of_their_type_and_are_unique(rows: Rows) -> None:
    found = rows("vehicles", "SELECT plate_state, plate_type, plate FROM vehicle")
    own = [(kind, plate) for state, kind, plate in found if state == "CA"]

    assert [plate for kind, plate in own if not re.fullmatch(PLATES[kind], plate)] == []
    assert {kind for kind, _ in own} == set(PLATES)
    assert len({(state, plate) for state, _, plate in found}) == len(found)


def check_digit(number: str) -> str:
    """The check digit of a VIN, computed from the standard's table without our code."""
    values = {str(digit): digit for digit in range(10)} | {
        "A": 1, "B": 2, "C": 3, "D": 4, "E": 5, "F": 6, "G": 7, "H": 8, "J": 1, "K": 2, "L": 3, "M": 4, "N": 5,
        "P": 7, "R": 9, "S": 2, "T": 3, "U": 4, "V": 5, "W": 6, "X": 7, "Y": 8, "Z": 9,
    }  # fmt: skip
    total = 0
    for place, letter in enumerate(number, start=1):
        weight = 10 if place == 8 else 0 if place == 9 else 9 - place if place < 8 else 19 - place
        total += values[letter] * weight
    return "0123456789X"[total % 11]


@pytest.mark.parametrize("known", ["1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715"])
def test_the_check_digit_of_this_test_agrees_with_known_vins(known: str) -> None:
    assert check_digit(known) == known[8]


def test_every_vin_has_its_check_digit(column: Column) -> None:
    found = column("vehicles", "SELECT vin FROM vehicle")

    assert [number for number in found if check_digit(number) != number[8]] == []
    assert "0" * 17 not in found


def test_every_vin_has_the_model_year_of_its_vehicle(rows: Rows) -> None:
    codes = dict(zip(range(1998, 2026), "WXY123456789ABCDEFGHJKLMNPRS", strict=True))
    found = rows("vehicles", "SELECT vin, year FROM vehicle")

    assert [number for number, year in found if number[9] != codes[year]] == []


def test_a_known_vin_is_built_from_its_parts() -> None:
    assert vin("1M8", "GDM9A", 1989, "P042788") == "1M8GDM9AXKP042788"


@pytest.mark.parametrize("name", ["person", "ssn", "cii", "fbi", "warrant", "order", "booking"])
def test_no_number_of_a_series_is_a_step_from_another(name: str) -> None:
    series: Series = getattr(Numbers(Rng(1)), name)
    numbers = [int(re.sub(r"\D", "", series.next())) for _ in range(2_000)]

    for distance in (1, 2, 3):
        assert len({right - left for left, right in zip(numbers, numbers[distance:], strict=False)}) > 1_980


def test_a_series_repeats_only_after_all_its_numbers() -> None:
    series = Series(Rng(5), DIGIT, DIGIT, "AB")
    numbers = [series.next() for _ in range(200)]

    assert len(set(numbers)) == 200
    assert series.next() == numbers[0]
