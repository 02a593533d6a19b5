"""Warrants: the wanted persons system. People are keyed by FBI number."""

from __future__ import annotations

from sqlalchemy import Index, MetaData

from resolvers.columns import flags, number, optional_integers, record_table, subject, text
from resolvers.fetch import by_key
from resolvers.numbers import number_format
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain

SOURCE = "warrants"

METADATA = MetaData()
STORED = record_table(
    "warrant",
    METADATA,
    number("number"),  # W and nine digits
    *text("category status issued_on court_ori court_name agency_ori offense_code offense"),
    *optional_integers("bail_cents"),  # null: no bail
    *text("extradition cautions"),  # cautions: a JSON array of codes
    *flags("night_service"),
    *text("subject_fbi"),
    *subject(),
)
Index("warrant_subject", STORED.c.subject_fbi, STORED.c.issued_on)

WARRANT = Table(
    STORED,
    plain(
        STORED,
        """number category status issued_on court_ori court_name agency_ori offense_code offense bail_cents extradition
        cautions night_service subject_fbi""",
    ),
    record=RecordKind("warrants", "number", number_format.WARRANT.pattern),
    # Newest first: an officer acts on that one.
    order=(STORED.c.issued_on.desc(), STORED.c.number),
)

by_number = by_key(SOURCE, WARRANT, "number", ("number",))
by_person = by_key(SOURCE, WARRANT, "person", ("subject_fbi",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "WANTED PERSONS",
    tables=(WARRANT,),
    fetches=(by_number, by_person),
    schema="schema.warrants",
    seed="seed.warrants",
)
