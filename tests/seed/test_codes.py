"""Stored codes are members of their enums, and every member can be shown in GraphQL."""

from __future__ import annotations

import json
import re

import pytest

from resolvers.codes import Code
from resolvers.codes.history import (
    CustodyStatus,
    CycleStatus,
    DispositionKind,
    SentenceKind,
    Severity,
    SupervisionKind,
    SupervisionStatus,
)
from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from resolvers.codes.person import Caution, Ethnicity, EyeColor, HairColor, LicenseClass, LicenseStatus, Race, Sex
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleMake, VehicleStyle
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from seed.offenses import TEXTS
from tests.seed.conftest import Column, Rows

# source -> table -> column -> its codes
STORED: dict[str, dict[str, dict[str, type[Code]]]] = {
    "persons": {
        "person": {
            "sex": Sex,
            "race": Race,
            "ethnicity": Ethnicity,
            "eye_color": EyeColor,
            "hair_color": HairColor,
            "license_class": LicenseClass,
            "license_status": LicenseStatus,
        },
        "name_key": {"sex": Sex, "race": Race},
    },
    "vehicles": {
        "vehicle": {
            "plate_type": PlateType,
            "make": VehicleMake,
            "style": VehicleStyle,
            "color": VehicleColor,
            "registration_status": RegistrationStatus,
        }
    },
    "warrants": {"warrant": {"category": WarrantCategory, "status": WarrantStatus, "extradition": Extradition}},
    "protective_orders": {
        "protective_order": {"kind": OrderKind, "status": OrderStatus, "prohibition_basis": ProhibitionBasis}
    },
    "criminal_history": {
        "cycle": {
            "status": CycleStatus,
            "custody_status": CustodyStatus,
            "supervision_kind": SupervisionKind,
            "supervision_status": SupervisionStatus,
        },
        "charge": {"severity": Severity, "disposition_kind": DispositionKind, "sentence_kind": SentenceKind},
    },
}
COLUMNS = [
    (source, table, column, codes)
    for source, tables in STORED.items()
    for table, columns in tables.items()
    for column, codes in columns.items()
]
LISTS = [
    ("persons", "person", "cautions", Caution),
    ("warrants", "warrant", "cautions", Caution),
    ("protective_orders", "protective_order", "conditions", OrderCondition),
]
ENUMS = sorted({codes for *_, codes in [*COLUMNS, *LISTS]}, key=lambda codes: codes.__name__)


def stored(codes: type[Code]) -> set[str]:
    return {code.value for code in codes}


@pytest.mark.parametrize(("source", "table", "name", "codes"), COLUMNS)
def test_every_stored_code_is_a_member_of_its_enum(
    column: Column, source: str, table: str, name: str, codes: type[Code]
) -> None:
    found = set(column(source, f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL"))

    assert found
    assert found - stored(codes) == set()


@pytest.mark.parametrize(("source", "table", "name", "codes"), LISTS)
def test_every_code_of_a_stored_list_is_a_member_of_its_enum(
    column: Column, source: str, table: str, name: str, codes: type[Code]
) -> None:
    found = [json.loads(each) for each in column(source, f"SELECT DISTINCT {name} FROM {table}")]

    assert any(found)
    assert {code for each in found for code in each} - stored(codes) == set()
    assert all(len(each) == len(set(each)) for each in found)


@pytest.mark.parametrize(
    ("source", "statement"),
    [
        ("criminal_history", "SELECT DISTINCT code, offense FROM charge"),
        ("warrants", "SELECT DISTINCT offense_code, offense FROM warrant"),
    ],
)
def test_every_offense_text_is_that_of_its_code(rows: Rows, source: str, statement: str) -> None:
    found = rows(source, statement)

    assert found
    assert [(code, offense) for code, offense in found if TEXTS[code] != offense] == []


def test_every_code_enum_is_used_by_a_column_or_a_safety_line() -> None:
    found = {codes for codes in Code.__subclasses__() if codes.__module__.startswith("resolvers.")}

    assert found == {*ENUMS, SafetyAct, SafetyKind, SafetySubject}


@pytest.mark.parametrize("codes", ENUMS, ids=lambda codes: codes.__name__)
def test_members_have_valid_graphql_names_and_distinct_meanings(codes: type[Code]) -> None:
    members = list(codes)

    assert [member.name for member in members if not re.fullmatch(r"[A-Z][A-Z0-9_]*", member.name)] == []
    assert len({member.meaning for member in members}) == len(members)
    assert len(codes.__members__) == len(members)  # no duplicate code: the second would be a silent alias


def test_only_one_disposition_is_a_conviction() -> None:
    convictions = [kind for kind in DispositionKind if not kind.meaning.endswith("Not a conviction")]

    assert convictions == [DispositionKind.CONVICTED]
