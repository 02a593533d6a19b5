"""Missing persons: their reports, keyed by number in the master name index."""

from __future__ import annotations

import re

from sqlalchemy import Index, MetaData

from resolvers.columns import number, record_table, subject, text
from resolvers.fetch import by_key
from resolvers.numbers.number_format import NumberFormat
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain

SOURCE = "missing_persons"
REPORT_NUMBER = NumberFormat(re.compile("M[0-9]{8}"), "M and eight digits, as in M00000005")

STORED = record_table(
    "missing_person",
    MetaData(),
    number("number"),
    *text("status reported_on agency_ori contact subject_person"),
    *subject(),
)
Index("missing_person_subject", STORED.c.subject_person)

REPORT = Table(
    STORED,
    plain(STORED, "number status reported_on agency_ori contact subject_person"),
    record=RecordKind(SOURCE, "number", REPORT_NUMBER.pattern),
    order=(STORED.c.reported_on.desc(), STORED.c.number),
)

by_number = by_key(SOURCE, REPORT, "number", ("number",))
by_person = by_key(SOURCE, REPORT, "person", ("subject_person",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "MISSING PERSONS",
    tables=(REPORT,),
    fetches=(by_number, by_person),
    schema="missing_persons.schema",
    seed="missing_persons.seed",
)
