"""Protective orders: their GraphQL types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from policy.record_classes import RecordClass
from resolvers import persons, protective_orders
from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from schema.common import Court, PersonName, Residence
from schema.directives import know
from schema.enums import enum
from schema.fields import boolean, column, edge, embedded, json_list
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.persons import Person

enum(OrderKind, "OrderKind", "The law under which an order was made.")
enum(OrderStatus, "OrderStatus", "Whether an order is in force.")
enum(OrderCondition, "OrderCondition", "A condition of an order.")
enum(ProhibitionBasis, "ProhibitionBasis", "Why firearms are prohibited: by the order itself, or by another one.")


@strawberry.type(
    description="A person whom an order protects, and how to reach them.", directives=know(RecordClass.PROTECTED_PARTY)
)
class ProtectedParty:
    name: PersonName | None = embedded("Name.")
    residence: Residence | None = embedded("Home address; ADDRESS CONFIDENTIAL if the law withholds it.")
    phone: str | None = column("phone", "Telephone; null if the address is confidential.")


@strawberry.type(description="A restraining or protective order.", directives=know(RecordClass.PROTECTIVE_ORDER))
class ProtectiveOrder:
    number: strawberry.ID | None = column("number", "Its number in the order file: H and nine digits.")
    kind: OrderKind | None = column("kind", "The law under which it was made.")
    status: OrderStatus | None = column("status", "Whether it is in force.")
    issued_on: Date | None = column("issued_on", "The court's local date.")
    expires_on: Date | None = column("expires_on", "Its last day; null: until further order.")
    court: Court | None = embedded("The court that made it.", required_column="court_ori")
    conditions: list[OrderCondition] | None = json_list("conditions", "Its conditions.")
    firearms_prohibited: bool | None = boolean(
        "firearms_prohibited",
        "Whether the restrained person may have no firearm.",
        know=RecordClass.FIREARM_PROHIBITION,
    )
    prohibition_basis: ProhibitionBasis | None = column(
        "prohibition_basis", "Why firearms are prohibited.", know=RecordClass.PROHIBITION_BASIS
    )
    served: bool | None = boolean(
        "served", "Whether the restrained person has been served. Only then is it enforceable on sight."
    )
    restrained: Annotated[Person, strawberry.lazy("schema.persons")] | None = edge(
        persons.by_carpos, "The restrained person.", via=("restrained_carpos",), know=RecordClass.IDENTITY
    )
    protected_parties: list[ProtectedParty] | None = edge(
        protective_orders.parties_by_order,
        "The people whom it protects.",
        via=("number",),
        know=RecordClass.PROTECTED_PARTY,
    )
