"""Protective orders: the types a client sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from policy.record_classes import RecordClass
from resolvers import persons, protective_orders
from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from schema.common import Court, PersonName, Residence
from schema.directives import know
from schema.enums import enum
from schema.fields import column, edge, flag, items, part, whole
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.persons import Person

enum(OrderKind, "OrderKind", "Under which law an order was made.")
enum(OrderStatus, "OrderStatus", "Whether an order is in force.")
enum(OrderCondition, "OrderCondition", "What an order demands.")
enum(ProhibitionBasis, "ProhibitionBasis", "Why an order prohibits firearms.")


@strawberry.type(
    description="Somebody whom an order protects, and how to reach them.", directives=know(RecordClass.PROTECTED_PARTY)
)
class ProtectedParty:
    name: PersonName | None = whole("Name.")
    residence: Residence | None = whole("Where they live; ADDRESS CONFIDENTIAL where the law withholds it.")
    phone: str | None = column("phone", "Telephone; null where the address is confidential.")


@strawberry.type(description="A restraining or protective order.", directives=know(RecordClass.PROTECTIVE_ORDER))
class ProtectiveOrder:
    number: strawberry.ID | None = column("number", "Its number in the order file: H and nine digits.")
    kind: OrderKind | None = column("kind", "Under which law it was made.")
    status: OrderStatus | None = column("status", "Whether it is in force.")
    issued_on: Date | None = column("issued_on", "The court's local date.")
    expires_on: Date | None = column("expires_on", "Its last day; null: until further order.")
    court: Court | None = part("court_ori", "The court that made it.")
    conditions: list[OrderCondition] | None = items("conditions", "What it demands.")
    firearms_prohibited: bool | None = flag(
        "firearms_prohibited",
        "May the restrained person have no firearm?",
        know=(RecordClass.FIREARM_PROHIBITION,),
    )
    prohibition_basis: ProhibitionBasis | None = column(
        "prohibition_basis", "Why firearms are prohibited.", know=(RecordClass.PROHIBITION_BASIS,)
    )
    served: bool | None = flag("served", "Has the restrained person been served? Only then is it enforceable on sight.")
    restrained: Annotated[Person, strawberry.lazy("schema.persons")] | None = edge(
        persons.by_carpos, "Who is restrained.", via=("restrained_carpos",), know=(RecordClass.IDENTITY,)
    )
    protected_parties: list[ProtectedParty] | None = edge(
        protective_orders.parties_by_order,
        "Whom it protects.",
        via=("number",),
        know=(RecordClass.PROTECTED_PARTY,),
    )
