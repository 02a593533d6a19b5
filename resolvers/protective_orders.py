"""Protective orders: their terms and the people they protect. The restrained are keyed by CARPOS number."""

from __future__ import annotations

from sqlalchemy import Index, MetaData

from resolvers.columns import (
    address,
    flags,
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
from resolvers.table import Table, plain
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
    *flags("served"),
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

ORDER = Table(
    STORED_ORDER,
    plain(
        STORED_ORDER,
        """number kind status issued_on expires_on court_ori court_name conditions firearms_prohibited prohibition_basis
        served restrained_carpos""",
    ),
    record=RecordKind("protective_orders", "number", PROTECTIVE_ORDER.pattern),
    order=(STORED_ORDER.c.issued_on.desc(), STORED_ORDER.c.number),
)

PARTY = Table(
    STORED_PARTY,
    # A telephone number leads to an address.
    plain(STORED_PARTY, "given middle surname suffix is_confidential") | shown_address(STORED_PARTY, also="phone"),
    order=(STORED_PARTY.c.id,),
    has_subject=False,
)

by_number = by_key(SOURCE, ORDER, "number", ("number",))
by_restrained = by_key(SOURCE, ORDER, "restrained", ("restrained_carpos",), many=True)
parties_by_order = by_key(SOURCE, PARTY, "order", ("order_number",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "PROTECTIVE ORDERS",
    tables=(ORDER, PARTY),
    fetches=(by_number, by_restrained, parties_by_order),
    schema="schema.protective_orders",
    seed="seed.protective_orders",
)
