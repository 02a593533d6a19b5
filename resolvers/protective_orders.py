"""Protective orders: their terms, service, violations, and the people they protect. Keyed by CARPOS number.

An order of another state that is registered here is sealed (Family Code 6404). A caller who may not know of such orders
finds none, on every path.
"""

from __future__ import annotations

from sqlalchemy import Index, MetaData, or_

from resolvers.columns import (
    address,
    flags,
    integers,
    number,
    optional_flags,
    optional_text,
    record_table,
    reference,
    row_number,
    subject,
    text,
)
from resolvers.fetch import by_key
from resolvers.numbers.number_format import PROTECTIVE_ORDER
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, may, plain
from resolvers.table import address as shown_address

SOURCE = "protective_orders"

METADATA = MetaData()
STORED_ORDER = record_table(
    "protective_order",
    METADATA,
    number("number"),  # H and nine digits
    *text("kind status issued_on"),
    *optional_text("expires_on"),
    *text("court_ori court_name conditions"),  # conditions: a JSON array of codes
    *optional_flags("firearms_prohibited"),
    *optional_text("prohibition_basis"),
    *flags("served is_foreign"),
    *text("agency_ori entered_at"),  # of the entry in the order file: UTC, ISO 8601
    *integers("version"),  # 1 when it was entered, then one more for each change
    *optional_text("fcn case_number"),
    *text("restrained_carpos"),
    *subject(),  # the restrained person
)
Index("protective_order_restrained", STORED_ORDER.c.restrained_carpos)
STORED_PARTY = record_table(
    "protected_party",
    METADATA,
    row_number("id"),
    reference("order_number", "protective_order.number"),
    *text("given"),
    *optional_text("middle"),
    *text("surname"),
    *optional_text("suffix"),
    *address(),
    *optional_text("phone"),
)
Index("protected_party_order", STORED_PARTY.c.order_number)

STORED_SERVICE = record_table(
    "order_service",
    METADATA,
    row_number("id"),
    reference("order_number", "protective_order.number"),
    *text("served_at method"),
    *optional_text("served_by agency_ori"),
)
Index("order_service_order", STORED_SERVICE.c.order_number)
STORED_VIOLATION = record_table(
    "order_violation",
    METADATA,
    row_number("id"),
    reference("order_number", "protective_order.number"),
    *text("at agency_ori"),
    *optional_text("case_number"),
)
Index("order_violation_order", STORED_VIOLATION.c.order_number)

ORDER = Table(
    STORED_ORDER,
    plain(
        STORED_ORDER,
        """number kind status issued_on expires_on court_ori court_name conditions firearms_prohibited prohibition_basis
        served restrained_carpos is_foreign agency_ori entered_at version fcn case_number""",
    ),
    record=RecordKind("protective_orders", "number", PROTECTIVE_ORDER.pattern),
    # A flag that is neither 0 nor 1 hides the order.
    visible=or_(STORED_ORDER.c.is_foreign == 0, may("sees_foreign_orders")),
    empty_scope=("sees_foreign_orders",),
    order=(STORED_ORDER.c.issued_on.desc(), STORED_ORDER.c.number),
)

PARTY = Table(
    STORED_PARTY,
    # A telephone number leads to an address.
    plain(STORED_PARTY, "given middle surname suffix is_confidential") | shown_address(STORED_PARTY, also="phone"),
    order=(STORED_PARTY.c.id,),
    has_subject=False,
)

SERVICE = Table(
    STORED_SERVICE,
    plain(STORED_SERVICE, "served_at method served_by agency_ori"),
    order=(STORED_SERVICE.c.served_at.desc(), STORED_SERVICE.c.id),
    has_subject=False,
)

VIOLATION = Table(
    STORED_VIOLATION,
    plain(STORED_VIOLATION, "at agency_ori case_number"),
    order=(STORED_VIOLATION.c.at.desc(), STORED_VIOLATION.c.id),
    has_subject=False,
)

by_number = by_key(SOURCE, ORDER, "number", ("number",))
by_restrained = by_key(SOURCE, ORDER, "restrained", ("restrained_carpos",), many=True)
parties_by_order = by_key(SOURCE, PARTY, "order", ("order_number",), many=True)
service_by_order = by_key(SOURCE, SERVICE, "served_order", ("order_number",), many=True)
violations_by_order = by_key(SOURCE, VIOLATION, "violated_order", ("order_number",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "PROTECTIVE ORDERS",
    tables=(ORDER, PARTY, SERVICE, VIOLATION),
    fetches=(by_number, by_restrained, parties_by_order, service_by_order, violations_by_order),
    schema="schema.protective_orders",
    seed="seed.protective_orders",
)
