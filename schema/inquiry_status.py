"""The status of the inquiry itself, as data: for clients and gateways that drop `extensions`."""

from __future__ import annotations

from typing import Any

import strawberry

from policy.record_classes import RecordClass
from resolvers.codes import Code
from schema.callers import RuleReference
from schema.context import Context
from schema.enums import enum


class AnswerStatus(Code):
    """The status of one source in one operation."""

    OK = "OK", "It answered; if `ms` is null the caller may not know whether with a record"
    EMPTY = "EMPTY", "It answered, and has nothing that it would show this caller"
    PENDING = "PENDING", "It is still asked: a later part of the response tells its status"
    NO_NUMBER = "NO_NUMBER", "It was not asked: no record here has a number in that system"
    WITHHELD = "WITHHELD", "It was not asked: the caller may see nothing of it"
    NOT_ASKED = "NOT_ASKED", "It was not asked, so this says nothing about its records"
    TIMEOUT = "TIMEOUT", "It did not answer in time, so this says nothing about its records"
    DOWN = "DOWN", "It cannot be queried, so this says nothing about its records"


enum(AnswerStatus, "AnswerStatus", "What a source answered to this operation.")


@strawberry.type(description="One source in this operation.")
class SourceOutcome:
    name: str = strawberry.field(description="Its name.")
    status: AnswerStatus = strawberry.field(description="What it answered.")
    ms: int | None = strawberry.field(
        description="How long it took, in milliseconds; null if it was not asked, or if the caller may not know."
    )


@strawberry.type(description="A denial: its record class, its rule, and what would lift it.")
class Exclusion:
    record_class: RecordClass = strawberry.field(description="The record class that is never shown to this caller.")
    rule: RuleReference = strawberry.field(description="The rule that excludes it.")
    needs: list[str] = strawberry.field(description="What the caller may add to see it; empty if nothing helps.")


@strawberry.type(description="A place of the document that is withheld, with and without a record there.")
class WithheldPlace:
    path: list[str] = strawberry.field(description='Its path in the response, with "@" for each list index.')
    code: str = strawberry.field(description="NEED_TO_KNOW or STEP_UP_REQUIRED.")
    record_class: RecordClass = strawberry.field(description="The record class that the caller has no grant for.")
    rule: RuleReference = strawberry.field(description="The rule that denies it.")
    needs: list[str] = strawberry.field(description="What the caller may add to see it; empty if nothing helps.")


@strawberry.type(description="What `extensions.inquiry` says of this operation.")
class InquiryStatus:
    id: strawberry.ID | None = strawberry.field(
        description="The id of its journal entries; null if the operation reads no record."
    )
    sources: list[SourceOutcome] = strawberry.field(description="What each source answered.")
    withheld: list[WithheldPlace] = strawberry.field(description="The withheld places of the document.")
    exclusions: list[Exclusion] = strawberry.field(
        description="What is never shown to this caller. It says nothing about whether such records exist."
    )


def inquiry_status(info: strawberry.Info) -> InquiryStatus:
    """The status of this operation, once all else is answered."""
    context: Context = info.context.request_context
    status = context.inquiry_status(info.context)
    return InquiryStatus(
        id=status["id"],
        sources=[
            SourceOutcome(name=each["name"], status=AnswerStatus[each["status"]], ms=each.get("ms"))
            for each in status["sources"]
        ],
        withheld=[WithheldPlace(path=each["path"], code=each["code"], **_denial(each)) for each in status["withheld"]],
        exclusions=[Exclusion(**_denial(each)) for each in status["exclusions"]],
    )


def _denial(denial: dict[str, Any]) -> dict[str, Any]:
    return {
        "record_class": RecordClass(denial["recordClass"]),
        "rule": RuleReference(**denial["rule"]),
        "needs": denial["needs"],
    }
