"""The caller, as the token describes them, and their column of the need-to-know matrix."""

from __future__ import annotations

from datetime import date

import strawberry

from policy.caller import Assurance
from policy.clearance import Access, Clearance
from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.rules import Rule
from schema.context import Context
from schema.enums import enum
from schema.scalars import Date

enum(Role, "Role", "The caller's role at their agency. It selects the column of the need-to-know matrix.")
enum(Assurance, "AssuranceLevel", "How surely the caller is authenticated.")
enum(Access, "Access", "Whether the caller may inquire at all.")
enum(Effect, "Effect", "A cell of the need-to-know matrix.")


@strawberry.type(description="The rule behind a decision.")
class RuleReference:
    name: str = strawberry.field(description="The rule's name.")
    citation: str = strawberry.field(description="The statute or regulation; `local policy` where there is none.")


@strawberry.type(description="The matrix cell of one record class for the caller's role.")
class Permission:
    record_class: RecordClass = strawberry.field(description="The record class.")
    effect: Effect = strawberry.field(description="Whether the caller may see records of this class.")
    rule: RuleReference = strawberry.field(description="The rule that decides it.")


@strawberry.type(
    description="Whether the caller may inquire at all: the background check, the training, and what is due when."
    " A day is null if the token does not have it."
)
class CallerAuthorization:
    access: Access = strawberry.field(description="The access today. Show it before the first inquiry.")
    rule: RuleReference | None = strawberry.field(description="The rule that limits the access; null if it is FULL.")
    background_cleared_on: Date | None = strawberry.field(description="Day of the background check.")
    fingerprinted_on: Date | None = strawberry.field(description="Day of the fingerprints.")
    employed_on: Date | None = strawberry.field(description="First day of employment.")
    trained_on: Date | None = strawberry.field(description="Day of the first training.")
    recertified_on: Date | None = strawberry.field(description="Day of the last recertification.")
    train_by: Date | None = strawberry.field(
        description="If the caller is not trained: the day from which no record is shown, six months after employment."
    )
    recertify_by: Date | None = strawberry.field(
        description="Last day of the certification: the certificate's, or two years after the last training or"
        " recertification. After it, no record is shown. Null if the caller is not trained."
    )


@strawberry.type(description="The caller, as the token describes them.")
class Caller:
    user: strawberry.ID = strawberry.field(description="Unique user id.")
    name: str = strawberry.field(description="Name.")
    ori: str = strawberry.field(description="Agency, by its nine-character identifier.")
    role: Role = strawberry.field(description="Role at the agency.")
    sworn: bool = strawberry.field(description="Whether the caller is a sworn officer.")
    certified_until: Date | None = strawberry.field(
        description="Last day of the training certificate, if the token has it; see authorization.recertifyBy."
    )
    authorization: CallerAuthorization = strawberry.field(
        description="Whether the caller may inquire at all, and what is due when."
    )
    assurance: Assurance = strawberry.field(description="How surely the caller is authenticated.")
    may_know: list[Permission] = strawberry.field(
        description="The caller's column of the need-to-know matrix. Purpose, reason and record can only narrow it."
    )


def caller_of(info: strawberry.Info) -> Caller:
    """The caller of an operation, as a GraphQL object."""
    context: Context = info.context.request_context
    caller = context.caller
    return Caller(
        user=strawberry.ID(caller.user),
        name=caller.name,
        ori=caller.ori,
        role=caller.role,
        sworn=caller.sworn,
        certified_until=_date(caller.clearance.certified_until),
        authorization=_authorization(caller.clearance, context.today),
        assurance=caller.assurance,
        may_know=[
            Permission(
                record_class=cell.record_class,
                effect=cell.effect,
                rule=_reference(cell.rule),
            )
            for record_class in RecordClass
            if (cell := context.policy.cell(record_class, caller.role))
        ],
    )


def _authorization(clearance: Clearance, today: date) -> CallerAuthorization:
    access, rule = clearance.access(today)
    return CallerAuthorization(
        access=access,
        rule=_reference(rule) if rule else None,
        background_cleared_on=_date(clearance.cleared_on),
        fingerprinted_on=_date(clearance.fingerprinted_on),
        employed_on=_date(clearance.employed_on),
        trained_on=_date(clearance.trained_on),
        recertified_on=_date(clearance.recertified_on),
        train_by=_date(clearance.train_by),
        recertify_by=_date(clearance.recertify_by),
    )


def _reference(rule: Rule) -> RuleReference:
    return RuleReference(name=rule.name, citation=rule.citation)


def _date(day: date | None) -> Date | None:
    return Date(day.isoformat()) if day else None
