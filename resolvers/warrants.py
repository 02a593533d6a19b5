"""Warrants: the wanted persons system. People are keyed by FBI number."""

from __future__ import annotations

from resolvers.fetch import by_key
from resolvers.numbers import number_format
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain

SOURCE = "warrants"

WARRANT = Table(
    "warrant",
    plain("""number category status issued_on court_ori court_name agency_ori offense_code offense bail_cents
        extradition cautions night_service subject_fbi"""),
    record=RecordKind("warrants", "number", number_format.WARRANT.pattern),
    # Newest first: an officer acts on that one.
    order="issued_on DESC, number",
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
