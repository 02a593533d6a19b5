"""A schema with a field that lacks its label does not build, and the error names the field."""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from strawberry import Schema

from engine.errors import UnguardedSchema
from engine.guarded_schema import GuardedSchema
from policy.record_classes import RecordClass
from resolvers import warrants
from schema.build import OPEN, guarded_schema
from schema.common import Court
from schema.directives import know, labels
from schema.fields import column, edge, embedded


def build(kind: Any, *open_fields: str) -> GuardedSchema:
    def it() -> Any: ...

    it.__annotations__["return"] = kind | None
    query = strawberry.type(type("Query", (), {"it": strawberry.field(it)}))
    return GuardedSchema(Schema(query=query), labels=labels, open_fields=["Query.it", *open_fields])


def test_a_field_without_a_label_of_its_own_takes_its_types() -> None:
    @strawberry.type(directives=know(RecordClass.WANTS))
    class Paper:
        number: str | None = column("number", "Its type's.")
        subject: str | None = column("subject_fbi", "Its own.", know=RecordClass.IDENTITY)

    fields = build(Paper).fields

    assert fields["Paper", "number"].guards == (RecordClass.WANTS,)
    assert fields["Paper", "subject"].guards == (RecordClass.IDENTITY,)


def test_a_field_without_any_label_fails_the_build() -> None:
    @strawberry.type
    class Paper:
        number: str | None = column("number", "Forgotten.")

    with pytest.raises(UnguardedSchema, match=r"Paper\.number has no label and is not on the open list"):
        build(Paper)


def test_a_guarded_field_that_cannot_be_null_fails_the_build() -> None:
    @strawberry.type
    class Paper:
        number: str = column("number", "It must be there.", know=RecordClass.WANTS)

    with pytest.raises(UnguardedSchema, match=r"Paper\.number has no place for a null"):
        build(Paper)


def test_a_guarded_list_that_cannot_be_null_fails_the_build() -> None:
    @strawberry.type
    class Paper:
        number: str | None = column("number", "A number.", know=RecordClass.WANTS)
        others: list[str | None] = edge(
            warrants.by_person, "Its length would reveal something.", via=("number",), know=RecordClass.WANTS
        )

    with pytest.raises(UnguardedSchema, match=r"Paper\.others has no place for a null"):
        build(Paper)


def test_a_guarded_field_with_a_resolver_of_its_own_fails_the_build() -> None:
    """Nothing would stop the resolver."""

    @strawberry.type
    class Paper:
        @strawberry.field(directives=know(RecordClass.WANTS))
        def number(self) -> str | None:
            return "read in spite of any decision"

    with pytest.raises(UnguardedSchema, match=r"Paper\.number is guarded and neither read nor followed"):
        build(Paper)


def test_an_open_field_with_columns_needs_something_guarded_above_it() -> None:
    @strawberry.type
    class Paper:
        court: Court | None = embedded("Open.", required_column="court_ori")

    with pytest.raises(UnguardedSchema, match=r"is open and has columns, and nothing above it is guarded"):
        build(Paper, "Paper.court", "Court.ori", "Court.name")


def test_the_open_list_holds_only_open_fields_of_the_schema() -> None:
    @strawberry.type
    class Paper:
        number: str | None = column("number", "Guarded.", know=RecordClass.WANTS)

    with pytest.raises(UnguardedSchema, match=r"on the open list, but guarded or unknown: Paper\.number, Paper\.was"):
        build(Paper, "Paper.number", "Paper.was")


def test_the_open_list_of_the_real_schema_holds_no_record() -> None:
    """The caller, sources, pages, what is shown with its record, and banners, which are made of guarded fields."""
    unguarded = {field.coordinate for field in guarded_schema().fields.values() if not field.guards}

    assert unguarded == OPEN
    assert {coordinate.split(".")[0] for coordinate in OPEN} == {
        *("Query", "Caller", "CallerAuthorization", "Permission", "RuleReference", "SourceStatus", "PageInfo", "Court"),
        *("Safety", "SafetyLine", "Entered"),
        *("InquiryStatus", "SourceOutcome", "WithheldPlace", "Exclusion", "_Service", "Subscription"),
    }
    assert {coordinate for coordinate in OPEN if coordinate.startswith("Query.")} == {
        "Query.inquiryStatus",
        *("Query.me", "Query.sources", "Query.searchPersons", "Query.searchVehicles", "Query.inquiries"),
        *("Query.searchMissingPersons", "Query.unidentifiedPersons"),
        *("Query._service", "Query._entities"),
    }
