"""The two directives: what must be granted before a field may be read, and why an operation asks.

Both speak `policy`'s vocabulary and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import strawberry
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
    "What is asked for, as the rules divide it. Each has its own row in the need-to-know table.",
)
enum(Purpose, "PurposeCode", "Why a record is wanted, as the state and the FBI code it.")
enum(Reason, "ReasonCode", "What the caller is doing.")


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION],
    name="needToKnow",
    repeatable=True,
    description="Whoever reads this must be allowed to know this class of record. Repeated: all of them."
    " A field without its own takes its type's.",
)
class NeedToKnow:
    of: RecordClass


def know(*classes: RecordClass) -> list[object]:
    """The labels of a field or a type."""
    return [NeedToKnow(of=each) for each in classes]


def labels(directives: Iterable[object]) -> tuple[RecordClass, ...]:
    """The classes that a field's or a type's directives name."""
    return tuple(each.of for each in directives if isinstance(each, NeedToKnow))


@strawberry.directive(
    locations=[DirectiveLocation.QUERY, DirectiveLocation.MUTATION, DirectiveLocation.SUBSCRIPTION],
    name="inquiry",
    description="Why this operation asks. Every operation that touches a record must say so; it is journalled.",
)
def inquiry(
    purpose: Annotated[Purpose, strawberry.argument(description="Why the record is wanted.")],
    reason: Annotated[Reason, strawberry.argument(description="What the caller is doing.")],
    case_number: Annotated[
        str | None, strawberry.argument(description="The case that it is for; with two factors it is a step-up.")
    ] = UNSET,
    attention: Annotated[
        str | None, strawberry.argument(description="Who asked for it, such as a name and unit.")
    ] = UNSET,
) -> None:
    """Read before anything runs; it changes no value."""
