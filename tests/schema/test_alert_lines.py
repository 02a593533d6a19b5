"""The lines of a safety banner about violent and missing persons: their words, order and act."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.safety import banner
from schema.persons import Person
from schema.safety import SOURCES, person_lines, vehicle_lines
from schema.vehicles import Vehicle

NOBODY: dict[str, Any] = {name: [] for name in SOURCES[Person]}
A_CAR: dict[str, Any] = {name: [] for name in SOURCES[Vehicle]} | {"owner": None}
ENTRY = {"number": "L1", "state": "ACTIVE", "enteredAt": "2024-05-06T07:08:09+00:00"}
REPORT = {
    "number": "M1", "state": "ACTIVE", "category": "ENDANGERED", "isAtRisk": False, "lastSeenOn": "2025-01-01",
    "agencyOri": "CA0190000", "cautions": [],
}  # fmt: skip
NOT_IN_FORCE = ["LOCATED", "CLEARED", "CANCELLED", "EXPIRED", None]


def lines(**records: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = banner(person_lines(NOBODY | records))["lines"]
    return found


CRITERIA = {
    "ASSAULT_ON_LAW_ENFORCEMENT": "VIOLENT PERSON, ASSAULT ON LAW ENFORCEMENT",
    "THREAT_TO_LAW_ENFORCEMENT": "VIOLENT PERSON, THREAT TO LAW ENFORCEMENT",
    "HOMICIDE": "VIOLENT PERSON, VIOLENT CRIME: HOMICIDE OR ATTEMPTED HOMICIDE",
    "VIOLENT_CRIME_WITH_WEAPON": "VIOLENT PERSON, VIOLENT CRIME WITH A WEAPON",
    None: "VIOLENT PERSON, CRITERION NOT KNOWN",
}


@pytest.mark.parametrize(("criterion", "words"), CRITERIA.items())
def test_a_violent_person_is_a_line_and_no_ground_for_an_arrest(criterion: str | None, words: str) -> None:
    (line,) = lines(violentPerson=ENTRY | {"criterion": criterion})

    assert (line["rank"], line["kind"], line["words"]) == (3, "VIOLENT", words)
    assert (line["act"], line["number"], line["since"]) == ("NO_ARREST_ON_THIS", "L1", "2024-05-06")


def test_violence_against_law_enforcement_comes_first_after_the_caution() -> None:
    orders = [
        next(iter(person_lines(NOBODY | {"violentPerson": ENTRY | {"criterion": each}}))).order for each in CRITERIA
    ]
    both = lines(cautions=["VIOLENT_TENDENCIES"], violentPerson=ENTRY | {"criterion": "ASSAULT_ON_LAW_ENFORCEMENT"})

    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)
    assert [line["code"] for line in both] == ["05", "1"]


@pytest.mark.parametrize("state", NOT_IN_FORCE)
def test_an_entry_that_is_not_in_force_gives_no_line(state: str | None) -> None:
    entry = ENTRY | {"state": state, "criterion": "HOMICIDE"}

    assert lines(violentPerson=entry, missingReports=[REPORT | {"state": state, "cautions": ["SUICIDAL"]}]) == []


def test_missing_persons_at_risk_come_first() -> None:
    found = lines(missingReports=[REPORT, REPORT | {"number": "M2", "isAtRisk": True, "lastSeenOn": "2020-01-01"}])

    assert [(line["rank"], line["number"], line["words"], line["act"]) for line in found] == [
        (8, "M2", "MISSING PERSON, AT RISK, ENDANGERED", "CONFIRM_FIRST"),
        (8, "M1", "MISSING PERSON, ENDANGERED", "CONFIRM_FIRST"),
    ]


def test_cautions_of_an_open_report_are_lines() -> None:
    found = lines(missingReports=[REPORT | {"category": None, "cautions": ["SUICIDAL", None]}])

    assert [(line["kind"], line["words"], line["since"]) for line in found] == [
        ("MISSING", "MISSING PERSON", "2025-01-01"),
        ("SUICIDAL", "SUICIDAL", "2025-01-01"),
    ]


def test_a_missing_person_is_a_line_of_the_plate_they_were_last_seen_with() -> None:
    found = banner(vehicle_lines(A_CAR | {"missingReports": [REPORT | {"isAtRisk": True, "cautions": ["SUICIDAL"]}]}))

    assert [(line["words"], line["about"], line["act"]) for line in found["lines"]] == [
        ("LAST SEEN WITH A MISSING PERSON, AT RISK, ENDANGERED", "VEHICLE", "CONFIRM_FIRST"),
        ("SUICIDAL", "VEHICLE", "KNOW"),
    ]


def test_an_owner_who_is_missing_with_the_car_is_told_once() -> None:
    of_another = REPORT | {"number": "M2", "lastSeenOn": "2024-01-01"}
    car = A_CAR | {"missingReports": [REPORT, of_another], "owner": NOBODY | {"missingReports": [REPORT]}}

    assert [(line["words"], line["number"], line["about"]) for line in banner(vehicle_lines(car))["lines"]] == [
        ("MISSING PERSON, ENDANGERED", "M1", "OWNER"),
        ("LAST SEEN WITH A MISSING PERSON, ENDANGERED", "M2", "VEHICLE"),
    ]
