"""Pawned items: what dealers report, keyed by the person who pledged it, by number in the person index."""

from __future__ import annotations

import re

from sqlalchemy import Index, MetaData

from resolvers.columns import number, record_table, subject, text
from resolvers.fetch import by_key
from resolvers.numbers.number_format import NumberFormat
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain

SOURCE = "pawns"
PAWN_NUMBER = NumberFormat(re.compile("N[0-9]{8}"), "N and eight digits, as in N00000005")

STORED = record_table(
    "pawn",
    MetaData(),
    number("number"),
    *text("status article pledged_on agency_ori claimant_phone subject_person"),
    *subject(),
)
Index("pawn_subject", STORED.c.subject_person)

PAWN = Table(
    STORED,
    plain(STORED, "number status article pledged_on agency_ori claimant_phone subject_person"),
    record=RecordKind(SOURCE, "number", PAWN_NUMBER.pattern),
    order=(STORED.c.pledged_on.desc(), STORED.c.number),
)

by_number = by_key(SOURCE, PAWN, "number", ("number",))
by_person = by_key(SOURCE, PAWN, "person", ("subject_person",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "PAWNED ITEMS",
    tables=(PAWN,),
    fetches=(by_number, by_person),
    schema="pawns.schema",
    seed="pawns.seed",
)
