"""Stored codes are members of their enums, and every member can be shown in GraphQL."""

from __future__ import annotations

import json
import re

import pytest
from graphql import GraphQLEnumType, get_named_type

from engine.declarations import Column as ColumnRead
from engine.declarations import ListColumn, Read
from engine.guarded_schema import DEFINITION
from resolvers.catalogue import SPECS
from resolvers.codes import Code
from resolvers.codes.history import CONVICTIONS, DispositionKind
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from schema.build import guarded_schema
from schema.row_types import row_types
from seed.offenses import TEXTS
from tests.seed.conftest import Column, Rows


def code_columns() -> set[tuple[str, str, str, bool, type[Code]]]:
    """(source, table, column, whether it holds lists, codes) of each field that shows a stored code."""
    schema, found = guarded_schema(), set()
    source_of = {table.name: spec.name for spec in SPECS for table in spec.tables}
    for table, kind in row_types(schema):
        for name, field in schema.graphql.type_map[kind].fields.items():  # type: ignore[attr-defined]
            declaration, codes = schema.fields[kind, name].declaration, get_named_type(field.type)
            is_read = isinstance(declaration, Read) and isinstance(declaration.read, ColumnRead | ListColumn)
            if is_read and isinstance(codes, GraphQLEnumType):
                is_list = isinstance(declaration.read, ListColumn)
                enum = codes.extensions[DEFINITION].wrapped_cls
                found.add((source_of[table.name], table.name, declaration.columns[0], is_list, enum))
    return found


CODED = sorted(code_columns(), key=str)
COLUMNS = [(source, table, name, codes) for source, table, name, is_list, codes in CODED if not is_list]
LISTS = [(source, table, name, codes) for source, table, name, is_list, codes in CODED if is_list]
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

    assert found - {*ENUMS, SafetyAct, SafetyKind, SafetySubject} == set()


@pytest.mark.parametrize("codes", ENUMS, ids=lambda codes: codes.__name__)
def test_members_have_valid_graphql_names_and_distinct_meanings(codes: type[Code]) -> None:
    members = list(codes)

    assert [member.name for member in members if not re.fullmatch(r"[A-Z][A-Z0-9_]*", member.name)] == []
    assert len({member.meaning for member in members}) == len(members)
    assert len(codes.__members__) == len(members)  # no duplicate code: the second would be a silent alias


def test_two_dispositions_are_convictions_and_one_says_neither() -> None:
    convictions = {kind.value for kind in DispositionKind if kind.meaning.endswith(". A conviction")}
    others = [kind.name for kind in DispositionKind if not kind.meaning.endswith(" conviction")]

    assert convictions == CONVICTIONS == {"CONVICTED", "BAIL_FORFEITED"}
    assert others == ["CONDITIONAL_DISCHARGE"]
