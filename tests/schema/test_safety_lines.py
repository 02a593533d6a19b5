"""The lines of a safety banner: their order, their words, and what is never cut or left out."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.codes.person import Caution
from resolvers.codes.safety import SafetyKind
from resolvers.safety import CAUTIONS, RANKS, WORDS_OF_SOURCES, banner
from schema.persons import Person
from schema.safety import SOURCES, person_lines, vehicle_lines
from schema.vehicles import Vehicle

NOBODY: dict[str, Any] = {name: [] for name in SOURCES[Person]}
A_CAR: dict[str, Any] = {name: [] for name in SOURCES[Vehicle]}


def warrant(number: str = "W1", **known: Any) -> dict[str, Any]:
    return {
        "number": number,
        "status": "ACTIVE",
        "issuedOn": "2025-01-01",
        "agencyOri": "CA9190000",
        "extradition": "FELONY_FULL",
        "cautions": [],
        **known,
    }


def order(enforcement: str = "ENFORCE", **known: Any) -> dict[str, Any]:
    return {"number": "H1", "enforcement": enforcement, "brady": "NO", "issuedOn": "2025-01-01", **known}


def supervision(**known: Any) -> dict[str, Any]:
    return {
        "number": "C1",
        "state": "ACTIVE",
        "kind": "PAROLE",
        "status": "ACTIVE",
        "startsOn": "2024-01-01",
        "agencyOri": "CA9190000",
        "searchTerms": ["Search at any time"],
        **known,
    }


def report(**known: Any) -> dict[str, Any]:
    return {
        "number": "V000000001",
        "file": "VEHICLE",
        "status": "STOLEN",
        "state": "ACTIVE",
        "occurredOn": "2025-02-02",
        "agencyOri": "CA9194200",
        "occupantsArmed": False,
        "item": {"vin": "V1"},
        **known,
    }


def about(**records: Any) -> dict[str, Any]:
    """The banner of a person with these records."""
    return banner(person_lines(NOBODY | records))


def words(of: dict[str, Any]) -> list[str]:
    return [line["words"] for line in of["lines"]]


def test_only_a_complete_banner_without_lines_says_that_nothing_is_known() -> None:
    assert about() == {"complete": True, "unanswered": [], "withheld": [], "lines": [], "more": 0}


def test_lines_come_in_the_fixed_order_the_gravest_first() -> None:
    every = about(
        cautions=["DIABETIC", "SUICIDAL", "ESCAPE_RISK", "ARMED_AND_DANGEROUS"],
        supervisedReleases=[supervision()],
        protectiveOrders=[order()],
        warrants=[warrant(cautions=["VIOLENT_TENDENCIES", "DIABETIC"])],
    )

    assert [(line["rank"], line["kind"]) for line in every["lines"]] == [
        (1, "ARMED_AND_DANGEROUS"),
        (3, "VIOLENT"),
        (4, "DANGER"),
        (5, "WANTED"),
        (6, "ORDER"),
        (9, "SUPERVISED"),
    ]
    assert every["more"] == 2


def test_of_equal_rank_the_newest_is_first() -> None:
    dates = ["2024-05-01", "2025-02-02", "2023-01-01"]
    found = about(warrants=[warrant(each, issuedOn=each) for each in dates])

    assert [line["since"] for line in found["lines"]] == sorted(dates, reverse=True)


def test_felonies_come_before_misdemeanors_and_full_before_limited_extradition() -> None:
    kinds = ["MISDEMEANOR_FULL", "FELONY_NONE", None, "FELONY_FULL"]
    found = about(warrants=[warrant(extradition=each) for each in kinds])

    assert words(found) == [
        "WANTED, FELONY: FULL EXTRADITION",
        "WANTED, FELONY: NO EXTRADITION, IN-STATE PICK-UP ONLY",
        "WANTED, MISDEMEANOR: FULL EXTRADITION",
        "WANTED, EXTRADITION NOT KNOWN",
    ]
    assert {line["act"] for line in found["lines"]} == {"CONFIRM_FIRST"}


def test_at_most_six_lines_are_shown_and_the_rest_is_counted() -> None:
    found = about(warrants=[warrant(str(number)) for number in range(9)])

    assert (len(found["lines"]), found["more"]) == (6, 3)


def test_the_gravest_lines_are_never_cut() -> None:
    sources = list(WORDS_OF_SOURCES)
    person = NOBODY | {"cautions": ["ARMED_AND_DANGEROUS", "VIOLENT_TENDENCIES", "SUICIDAL"]}
    found = banner(person_lines(person), unanswered=sources)

    assert [line["rank"] for line in found["lines"]] == [*[0] * len(sources), 1, 3]
    assert found["more"] == 1


@pytest.mark.parametrize("source", WORDS_OF_SOURCES)
def test_a_source_that_did_not_answer_is_the_first_line(source: str) -> None:
    found = banner(person_lines(NOBODY | {"cautions": ["ARMED_AND_DANGEROUS"]}), unanswered=[source])

    assert words(found) == [f"{WORDS_OF_SOURCES[source]} DID NOT ANSWER", "ARMED AND DANGEROUS"]
    assert (found["complete"], found["unanswered"]) == (False, [source])


def test_a_record_that_cannot_be_read_is_a_line_and_not_a_source_that_is_down() -> None:
    found = banner([], faulty=["warrants"])

    assert words(found) == ["A RECORD OF WANTED PERSONS CANNOT BE READ"]
    assert (found["complete"], found["unanswered"]) == (False, [])


def test_a_banner_without_all_record_classes_is_not_complete() -> None:
    found = banner([], withheld=["WANTS"])

    assert found == {"complete": False, "unanswered": [], "withheld": ["WANTS"], "lines": [], "more": 0}


@pytest.mark.parametrize("status", ["RECALLED", "SERVED", "STAYED", "INACTIVE", None])
def test_a_warrant_that_is_not_active_gives_no_line(status: str | None) -> None:
    assert words(about(warrants=[warrant(status=status, cautions=["ARMED_AND_DANGEROUS"])])) == []


@pytest.mark.parametrize("enforcement", ["NOT_IN_FORCE", None])
def test_an_order_that_is_not_in_force_gives_no_line(enforcement: str | None) -> None:
    assert words(about(protectiveOrders=[order(enforcement=enforcement)])) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["COMPLETED", "REVOKED", None])
def test_supervision_that_has_ended_gives_no_line(status: str | None) -> None:
    assert words(about(supervisedReleases=[supervision(status=status)])) == []


def test_an_order_that_is_not_served_is_notified_then_enforced() -> None:
    found = about(protectiveOrders=[order("ENFORCE", number="H2"), order("NOTIFY_THEN_ENFORCE")])

    assert [(line["words"], line["act"], line["number"]) for line in found["lines"]] == [
        ("PROTECTIVE ORDER, NOT SERVED: TELL ITS TERMS, THEN ENFORCE IT", "NOTIFY_THEN_ENFORCE", "H1"),
        ("PROTECTIVE ORDER, SERVED: ENFORCE IT", "ENFORCE", "H2"),
    ]


@pytest.mark.parametrize(
    ("brady", "ending"),
    [("YES", "; FIREARMS PROHIBITED"), ("UNKNOWN", "; FIREARMS PROHIBITION UNKNOWN"), ("NO", "IT"), (None, "IT")],
)
def test_an_unknown_firearms_prohibition_is_not_silence(brady: str | None, ending: str) -> None:
    (line,) = words(about(protectiveOrders=[order(brady=brady)]))

    assert line.endswith(ending)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, ["STATE PAROLE, SEARCH TERM"]),
        ({"status": "AT_LARGE", "searchTerms": []}, ["STATE PAROLE, AT LARGE"]),
        ({"kind": None}, ["SUPERVISED, SEARCH TERM"]),
        ({"searchTerms": []}, []),
        ({"searchTerms": None}, []),
        ({"state": "CLEARED"}, []),
        ({"status": "AT_LARGE", "state": "CANCELLED"}, []),
    ],
)
def test_supervision_gives_a_line_for_a_search_term_or_a_person_at_large(
    known: dict[str, Any], expected: list[str]
) -> None:
    assert words(about(supervisedReleases=[supervision(**known)])) == expected


def test_no_remark_enters_a_line() -> None:
    remarks = "Search him; ask for Bob"
    found = about(
        supervisedReleases=[supervision(searchTerms=[remarks])],
        warrants=[warrant(offense=remarks)],
        protectiveOrders=[order()],
    )

    assert remarks not in str(found)


def test_a_caution_of_two_records_is_one_line() -> None:
    found = about(cautions=["SUICIDAL"], warrants=[warrant(cautions=["SUICIDAL"])])

    assert [(line["kind"], line["source"]) for line in found["lines"]] == [
        ("WANTED", "warrants"),
        ("SUICIDAL", "persons"),
    ]


def test_every_caution_has_its_own_fixed_words_and_a_rank() -> None:
    lines = {code: about(cautions=[code.name])["lines"] for code in Caution}

    assert CAUTIONS.keys() == set(Caution)
    assert {code: [(line["code"], line["rank"]) for line in found] for code, found in lines.items()} == {
        code: [(code.value, RANKS[CAUTIONS[code]])] for code in Caution
    }
    assert len({found[0]["words"] for found in lines.values()}) == len(Caution)
    assert RANKS.keys() == set(SafetyKind)


def test_a_stolen_vehicle_is_a_line_about_the_vehicle_and_others_about_its_owner() -> None:
    owner = NOBODY | {"cautions": ["ARMED_AND_DANGEROUS"], "warrants": [warrant()]}
    found = banner(vehicle_lines(A_CAR | {"vin": "V1", "reports": [report()], "owner": owner}))

    assert [(line["kind"], line["about"], line["number"]) for line in found["lines"]] == [
        ("ARMED_AND_DANGEROUS", "OWNER", None),
        ("WANTED", "OWNER", "W1"),
        ("STOLEN", "VEHICLE", "V000000001"),
    ]
    assert {name: found["lines"][2][name] for name in ("since", "agency_ori", "act")} == {
        "since": "2025-02-02",
        "agency_ori": "CA9194200",
        "act": "CONFIRM_FIRST",
    }


@pytest.mark.parametrize("reports", [[], None])
def test_a_vehicle_without_an_owner_and_reports_has_no_line(reports: list[Any] | None) -> None:
    assert list(vehicle_lines(A_CAR | {"vin": "V1", "reports": reports, "owner": None})) == []


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"status": "STOLEN"}, ["STOLEN VEHICLE"]),
        ({"status": "FELONY", "state": "PENDING_CHECK"}, ["FELONY VEHICLE"]),
        ({"file": "PLATE", "item": {}}, ["STOLEN PLATE"]),
        ({"file": "PLATE", "item": {}, "status": "FELONY"}, ["FELONY PLATE"]),
        ({"item": {"vin": "V2"}}, ["PLATE OF A STOLEN VEHICLE"]),
        ({"item": None}, ["STOLEN VEHICLE"]),
        ({"occupantsArmed": True}, ["OCCUPANTS ARMED", "STOLEN VEHICLE"]),
        ({"occupantsArmed": True, "status": "OBSERVED"}, ["OCCUPANTS ARMED"]),
        ({"occupantsArmed": True, "state": "CLEARED"}, []),
        ({"file": "PART"}, []),
        *(({"status": status}, []) for status in ("LOST", "FOUND", "RECOVERED", "EVIDENCE", "SAFEKEEPING", None)),
        *(({"state": state}, []) for state in ("LOCATED", "CLEARED", "CANCELLED", "EXPIRED", None)),
    ],
)
def test_only_a_report_in_force_stops_a_vehicle(known: dict[str, Any], expected: list[str]) -> None:
    found = banner(vehicle_lines(A_CAR | {"vin": "V1", "reports": [report(**known)], "owner": None}))

    assert words(found) == expected


def test_armed_occupants_come_after_explosives_and_before_martial_arts() -> None:
    owner = NOBODY | {"cautions": ["MARTIAL_ARTS_EXPERT", "EXPLOSIVE_EXPERTISE"]}
    found = banner(vehicle_lines(A_CAR | {"vin": "V1", "reports": [report(occupantsArmed=True)], "owner": owner}))

    assert words(found) == ["EXPLOSIVE EXPERTISE", "OCCUPANTS ARMED", "MARTIAL ARTS EXPERT", "STOLEN VEHICLE"]


def test_null_lists_give_no_line() -> None:
    assert list(person_lines(dict.fromkeys(NOBODY))) == []
