"""Protective orders: their terms and the people they protect. The restrained are keyed by CARPOS number."""

from __future__ import annotations

from resolvers.fetch import by_key
from resolvers.numbers.number_format import PROTECTIVE_ORDER
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import ADDRESS, ColumnExpression, Table, plain

SOURCE = "protective_orders"

ORDER = Table(
    "protective_order",
    plain("""number kind status issued_on expires_on court_ori court_name conditions firearms_prohibited
        prohibition_basis served restrained_carpos"""),
    record=RecordKind("protective_orders", "number", PROTECTIVE_ORDER.pattern),
    order="issued_on DESC, number",
)

PARTY = Table(
    "protected_party",
    # A telephone number leads to an address.
    plain("given middle surname suffix is_confidential") | ADDRESS | {"phone": ColumnExpression.confidential("phone")},
    order="id",
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
