"""The caller, as the token describes them, and their column of the need-to-know matrix."""

from __future__ import annotations

import strawberry

from policy.caller import Assurance
from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.roles import Role
from schema.context import Context
from schema.enums import enum
from schema.scalars import Date

enum(Role, "Role", "The caller's role at their agency. It selects the column of the need-to-know matrix.")
enum(Assurance, "AssuranceLevel", "How surely the caller is authenticated.")
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


@strawberry.type(description="The caller, as the token describes them.")
class Caller:
    user: strawberry.ID = strawberry.field(description="Unique user id.")
    name: str = strawberry.field(description="Name.")
    ori: str = strawberry.field(description="Agency, by its nine-character identifier.")
    role: Role = strawberry.field(description="Role at the agency.")
    sworn: bool = strawberry.field(description="Whether the caller is a sworn officer.")
    certified_until: Date = strawberry.field(
        description="Last day of the training certificate. After it, no record is shown."
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
        certified_until=Date(caller.certified_until.isoformat()),
        assurance=caller.assurance,
        may_know=[
            Permission(
                record_class=cell.record_class,
                effect=cell.effect,
                rule=RuleReference(name=cell.rule.name, citation=cell.rule.citation),
            )
            for record_class in RecordClass
            if (cell := context.policy.cell(record_class, caller.role))
        ],
    )
