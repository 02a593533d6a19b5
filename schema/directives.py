"""The directives: @needToKnow labels fields with record classes, @semanticNonNull says which nulls have errors, and
@inquiry states why an operation asks.

@inquiryFromRequest says that the request states it. None of them decides anything: policy does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import strawberry
import strawberry.schema_directives
from graphql import GraphQLOneOfDirective
from strawberry import UNSET
from strawberry.directive import DirectiveLocation
from strawberry.schema_directive import Location

from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from schema.enums import enum

enum(
    RecordClass,
    "RecordClass",
    "A category of data that the rules decide on. Each has its own row in the need-to-know matrix.",
)
enum(Purpose, "PurposeCode", "The legal purpose of an inquiry, in the codes of the state and the FBI.")
enum(Reason, "ReasonCode", "The work behind an inquiry.")


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION],
    name="needToKnow",
    repeatable=True,
    description="The caller needs a grant for this record class to read the field. If it is repeated, all are needed."
    " A field without a label of its own takes its type's.",
)
class NeedToKnow:
    of: RecordClass = strawberry.field(description="The record class.")


@strawberry.schema_directive(
    locations=[Location.INPUT_OBJECT], name="oneOf", description=GraphQLOneOfDirective.description
)
class OneOf(strawberry.schema_directives.OneOf):
    """The directive of the specification. Strawberry's own has no description."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="semanticNonNull",
    description="A null of the field always has an error at its path: the value is withheld, or did not arrive. It is"
    " never the record's own null. See https://specs.apollo.dev/nullability/v0.4/.",
)
class SemanticNonNull:
    # A tuple, because a list could be changed. UNSET is printed as nothing, which is the default.
    levels: list[int] = strawberry.field(
        default=(0,), description="Levels of lists that it is about; 0 is the field's own value."
    )


def know(*classes: RecordClass) -> list[object]:
    """The @needToKnow directives of a field or a type."""
    return [NeedToKnow(of=each) for each in classes]


def labels(directives: Iterable[object]) -> tuple[RecordClass, ...]:
    """The record classes in a field's or a type's directives."""
    return tuple(each.of for each in directives if isinstance(each, NeedToKnow))


@strawberry.directive(
    locations=[DirectiveLocation.QUERY, DirectiveLocation.MUTATION, DirectiveLocation.SUBSCRIPTION],
    name="inquiry",
    description="Why this operation asks. Every operation that reads a record needs it; the journal records it.",
)
def inquiry(
    purpose: Annotated[Purpose, strawberry.argument(description="The legal purpose.")],
    reason: Annotated[Reason, strawberry.argument(description="The work behind an inquiry.")],
    case_number: Annotated[
        str | None, strawberry.argument(description="The case number; together with a second factor it is a step-up.")
    ] = UNSET,
    attention: Annotated[
        str | None, strawberry.argument(description="For whom it is asked, such as a name and unit.")
    ] = UNSET,
) -> None:
    """The pipeline reads it before anything runs; it changes no value."""


@strawberry.directive(
    locations=[DirectiveLocation.QUERY, DirectiveLocation.MUTATION, DirectiveLocation.SUBSCRIPTION],
    name="inquiryFromRequest",
    description="Marks a trusted document whose inquiry comes with each request, in `extensions.inquiry` or from a"
    " trusted router. It states no inquiry itself.",
)
def inquiry_from_request() -> None:
    """The loader of trusted documents reads it; it changes no value and no decision."""
