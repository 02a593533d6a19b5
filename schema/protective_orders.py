"""Protective orders: their GraphQL types, the edge from a person, and their root field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import argument

from policy.record_classes import RecordClass
from resolvers import persons, protective_orders
from resolvers.codes import Code
from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis, ServiceMethod
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.numbers.number_format import PROTECTIVE_ORDER
from resolvers.safety import Line, SafetyPart, Values
from schema.common import Court, PersonName, Residence
from schema.directives import know
from schema.entered import instant
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import BOOLEANS, boolean, column, computed, edge, embedded, json_list
from schema.persons import Person
from schema.query import Query
from schema.root_fields import by_number, record_field
from schema.scalars import Date


class Enforcement(Code):
    """The action that an order asks of an officer (Family Code 6383). For other kinds of order: local policy."""

    ENFORCE = "ENFORCE", "In force and served: enforce it"
    NOTIFY_THEN_ENFORCE = (
        "NOTIFY_THEN_ENFORCE",
        "In force and not served: tell the restrained person its terms, which serves it, and enforce it at once",
    )
    NOT_IN_FORCE = "NOT_IN_FORCE", "Expired or ended: do not enforce it"


class Brady(Code):
    """The Brady indicator of an order: whether it prohibits firearms. Not known is not no."""

    YES = "YES", "Firearms are prohibited"
    NO = "NO", "Firearms are not prohibited by this order"
    UNKNOWN = "UNKNOWN", "The order file does not say"


enum(OrderKind, "OrderKind", "The law under which an order was made.")
enum(OrderStatus, "OrderStatus", "Whether an order is in force.")
enum(Enforcement, "Enforcement", "The action that an order asks of an officer: Family Code 6383.")
enum(Brady, "YesNoUnknown", "Yes, no, or not known.")
enum(ServiceMethod, "ServiceMethod", "How an order was served.")
enum(OrderCondition, "OrderCondition", "A condition of an order.")
enum(ProhibitionBasis, "ProhibitionBasis", "Why firearms are prohibited: by the order itself, or by another one.")


def enforcement(status: str | None, served: int | None) -> Enforcement | str | None:
    """The action that an order asks of an officer; None if the order itself is not shown.

    An order of which nothing says that it was served is notified first. A status that is no known code is returned
    unchanged, so that the field is an error and never "not in force".
    """
    if status == OrderStatus.ACTIVE.value:
        return Enforcement.ENFORCE if BOOLEANS[served] else Enforcement.NOTIFY_THEN_ENFORCE
    if status in {OrderStatus.EXPIRED.value, OrderStatus.TERMINATED.value}:
        return Enforcement.NOT_IN_FORCE
    return status


BRADY = {None: Brady.UNKNOWN, 0: Brady.NO, 1: Brady.YES}


def brady(firearms_prohibited: int | None) -> Brady:
    """The Brady indicator of an order. Its file may not say whether firearms are prohibited."""
    return BRADY[firearms_prohibited]


@strawberry.type(
    description="A person whom an order protects, and how to reach them.", directives=know(RecordClass.PROTECTED_PARTY)
)
class ProtectedParty:
    name: PersonName | None = embedded("Name.")
    residence: Residence | None = embedded("Home address; ADDRESS CONFIDENTIAL if the law withholds it.")
    phone: str | None = column("phone", "Telephone; null if the address is confidential.")


@strawberry.type(
    description="One service of an order on the restrained person.", directives=know(RecordClass.PROTECTIVE_ORDER)
)
class OrderService:
    served_at: datetime | None = computed(("served_at",), instant, "Time of the service, UTC.")
    method: ServiceMethod | None = column("method", "How it was served.")
    served_by: str | None = column("served_by", "The officer or process server.")
    agency_ori: str | None = column("agency_ori", "The agency that served it; null if none did.")


@strawberry.type(
    description="A violation of an order, as an agency reported it. It is an accusation.",
    directives=know(RecordClass.PROTECTIVE_ORDER),
)
class OrderViolation:
    at: datetime | None = computed(("at",), instant, "Time of the violation, UTC.")
    agency_ori: str | None = column("agency_ori", "The agency that reported it.")
    case_number: str | None = column("case_number", "That agency's case.")


@strawberry.type(description="A restraining or protective order.", directives=know(RecordClass.PROTECTIVE_ORDER))
class ProtectiveOrder:
    number: strawberry.ID | None = column("number", "Its number in the order file: H and nine digits.")
    kind: OrderKind | None = column("kind", "The law under which it was made.")
    status: OrderStatus | None = column("status", "Whether it is in force.")
    issued_on: Date | None = column("issued_on", "The court's local date.")
    expires_on: Date | None = column("expires_on", "Its last day; null: until further order.")
    court: Court | None = embedded("The court that made it.", required_column="court_ori")
    conditions: list[OrderCondition | None] | None = json_list("conditions", "Its conditions.")
    firearms_prohibited: bool | None = boolean(
        "firearms_prohibited",
        "Whether the restrained person may have no firearm; null if the order file does not say. See `brady`.",
        know=RecordClass.FIREARM_PROHIBITION,
    )
    brady: Brady | None = computed(
        ("firearms_prohibited",),
        brady,
        "The Brady indicator: whether the restrained person may have no firearm. UNKNOWN is not NO.",
        know=RecordClass.FIREARM_PROHIBITION,
    )
    prohibition_basis: ProhibitionBasis | None = column(
        "prohibition_basis", "Why firearms are prohibited.", know=RecordClass.PROHIBITION_BASIS
    )
    served: bool | None = boolean(
        "served",
        "Whether the restrained person has been served. An order in force is enforced either way: see `enforcement`.",
    )
    enforcement: Enforcement | None = computed(
        ("status", "served"),
        enforcement,
        "The action that it asks of an officer: an order in force that is not served is notified, then enforced.",
    )
    is_foreign: bool | None = boolean(
        "is_foreign",
        "Whether it was made in another state and is registered here: enforced as any other (Family Code 6403).",
        know=RecordClass.FOREIGN_ORDER,
    )
    service: list[OrderService] | None = edge(
        protective_orders.service_by_order, "Its service on the restrained person, newest first.", via=("number",)
    )
    violations: list[OrderViolation] | None = edge(
        protective_orders.violations_by_order, "Violations that were reported, newest first.", via=("number",)
    )
    fcn: strawberry.ID | None = column("fcn", "The state's file control number, 13 digits.")
    agency_ori: str | None = column("agency_ori", "The agency that entered it in the order file: confirm it there.")
    case_number: str | None = column("case_number", "That agency's case.")
    entered_at: datetime | None = computed(("entered_at",), instant, "Time of the entry, UTC.")
    version: int | None = column("version", "1 when it was entered, then one more for each change.")
    restrained: Person | None = edge(
        persons.by_carpos, "The restrained person.", via=("restrained_carpos",), know=RecordClass.IDENTITY
    )
    protected_parties: list[ProtectedParty] | None = edge(
        protective_orders.parties_by_order,
        "The people whom it protects.",
        via=("number",),
        know=RecordClass.PROTECTED_PARTY,
    )


@extend(Person)
class PersonFields:
    protective_orders: list[ProtectiveOrder] | None = edge(
        protective_orders.by_restrained,
        "Orders that restrain this person, newest first.",
        via=("carpos_number",),
        know=RecordClass.PROTECTIVE_ORDER,
    )


FIREARMS = {"YES": "; FIREARMS PROHIBITED", "UNKNOWN": "; FIREARMS PROHIBITION UNKNOWN"}


def safety_lines(person: Values, about: SafetySubject) -> Iterator[Line]:
    """The lines of a safety banner about orders in force."""
    for order in person["protectiveOrders"] or ():
        if order["enforcement"] in {"ENFORCE", "NOTIFY_THEN_ENFORCE"}:
            yield _in_force(order, about)


def _in_force(order: Values, about: SafetySubject) -> Line:
    is_served = order["enforcement"] == "ENFORCE"
    action = "SERVED: ENFORCE IT" if is_served else "NOT SERVED: TELL ITS TERMS, THEN ENFORCE IT"
    return Line(
        kind=SafetyKind.ORDER,
        words=f"PROTECTIVE ORDER, {action}{FIREARMS.get(order['brady'], '')}",
        source=protective_orders.SOURCE,
        number=order["number"],
        since=order["issuedOn"],
        about=about,
        act=SafetyAct.ENFORCE if is_served else SafetyAct.NOTIFY_THEN_ENFORCE,
        order=int(is_served),
    )


# `isForeign` makes no line. A caller who may not know of foreign orders gets a banner that says so.
SAFETY = SafetyPart(Person, "protectiveOrders { number enforcement brady issuedOn isForeign }", safety_lines)


ENTITIES = (EntityKey(ProtectiveOrder, "number", protective_orders.by_number, PROTECTIVE_ORDER.parse),)


@extend(Query)
class QueryFields:
    @record_field(
        by_number(protective_orders.by_number, "number", PROTECTIVE_ORDER),
        "A protective order by number; null if there is none.",
        RecordClass.PROTECTIVE_ORDER,
    )
    def protective_order(
        self, number: Annotated[strawberry.ID, argument("H and nine digits.")]
    ) -> ProtectiveOrder | None: ...
