"""Who the token says is asking, and what the table lets them know."""

from __future__ import annotations

import strawberry

from policy.caller import Assurance
from policy.effects import Effect
from policy.record_classes import RecordClass
from policy.roles import Role
from schema.context import Context
from schema.enums import enum
from schema.scalars import Date

enum(Role, "Role", "What the caller is at their agency. It decides the column of the need-to-know table.")
enum(Assurance, "AssuranceLevel", "How surely the caller signed in.")
enum(Effect, "Effect", "What the need-to-know table says.")


@strawberry.type(description="The rule that something follows from.")
class RuleReference:
    name: str = strawberry.field(description="The rule's name.")
    citation: str = strawberry.field(description="The statute or regulation; `local policy` where there is none.")


@strawberry.type(description="What the table says of one class of record for the caller's role.")
class Permission:
    record_class: RecordClass = strawberry.field(description="The class of record.")
    effect: Effect = strawberry.field(description="What the caller may do with it.")
    rule: RuleReference = strawberry.field(description="The rule that says so.")


@strawberry.type(description="Who is asking, as the token says.")
class Caller:
    user: strawberry.ID = strawberry.field(description="Unique user.")
    name: str = strawberry.field(description="Name.")
    ori: str = strawberry.field(description="Agency, by its nine-character identifier.")
    role: Role = strawberry.field(description="Role at the agency.")
    sworn: bool = strawberry.field(description="Is the caller a sworn officer?")
    certified_until: Date = strawberry.field(description="Last day of the training certificate. After it: no records.")
    assurance: Assurance = strawberry.field(description="How surely the caller signed in.")
    may_know: list[Permission] = strawberry.field(
        description="The caller's column of the need-to-know table. Purpose, reason and record can only narrow it."
    )


def caller_of(desk: Context) -> Caller:
    """The caller at a desk, as the schema shows one."""
    who = desk.caller
    return Caller(
        user=strawberry.ID(who.user),
        name=who.name,
        ori=who.ori,
        role=who.role,
        sworn=who.sworn,
        certified_until=Date(who.certified_until.isoformat()),
        assurance=who.assurance,
        may_know=[
            Permission(
                record_class=cell.record_class,
                effect=cell.effect,
                rule=RuleReference(name=cell.rule.name, citation=cell.rule.citation),
            )
            for record_class in RecordClass
            if (cell := desk.policy.cell(record_class, who.role))
        ],
    )
