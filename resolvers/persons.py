"""People: the master name index and the DMV's driver records, with every other source's number for each person."""

from __future__ import annotations

from sqlalchemy import Index, MetaData, Text, UniqueConstraint, literal, literal_column, select

from resolvers.columns import (
    address,
    optional_integers,
    optional_text,
    record_table,
    reference,
    row_number,
    subject,
    text,
)
from resolvers.fetch import by_key
from resolvers.numbers.number_format import PERSON_ID
from resolvers.record import RecordKind
from resolvers.search_terms import CII_NUMBER, FBI_NUMBER, LICENSE, SSN
from resolvers.source_spec import SourceSpec
from resolvers.table import ColumnExpression, Table, plain
from resolvers.table import address as shown_address
from sources.sql.functions import Ending
from sources.sql.json import JsonObjects

SOURCE = "persons"

METADATA = MetaData()
STORED = record_table(
    "person",
    METADATA,
    row_number("row_id"),
    *text("id given"),
    *optional_text("middle"),
    *text("surname"),
    *optional_text("suffix"),
    *text("birth_date sex race"),
    *optional_text("ethnicity"),
    *optional_integers("height_inches weight_pounds"),
    *optional_text("eye_color hair_color"),
    *text("scars_marks_tattoos cautions"),  # JSON arrays: of words, and of codes
    *optional_text("ssn"),  # areas 900-999, which are never issued
    *optional_text("license_number license_state license_class license_status license_expires_on"),
    *optional_text("cii_number fbi_number carpos_number mups_number"),  # the numbers of the person in all other sources
    *address(),
    *subject(),
    UniqueConstraint("id"),
)
Index("person_ssn", STORED.c.ssn, unique=True)
Index("person_cii", STORED.c.cii_number, unique=True)
Index("person_fbi", STORED.c.fbi_number, unique=True)
Index("person_carpos", STORED.c.carpos_number, unique=True)
Index("person_mups", STORED.c.mups_number, unique=True)
Index("person_license", STORED.c.license_state, STORED.c.license_number, unique=True)

STORED_ALIAS = record_table(
    "alias",
    METADATA,
    reference("person", "person.id"),
    *text("given"),
    *optional_text("middle"),
    *text("surname"),
    *optional_text("suffix"),
)
Index("alias_person", STORED_ALIAS.c.person)

_alias = STORED_ALIAS.c
_sorted = (
    select(_alias.given, _alias.middle, _alias.surname, _alias.suffix)
    .where(_alias.person == literal_column("person.id", Text))  # of the row that it is a cell of
    .order_by(_alias.surname, _alias.given, _alias.middle)
    .subquery("sorted")
)
ALIASES = select(
    JsonObjects(*(part for each in _sorted.c for part in (literal(each.name, Text), each)))
).scalar_subquery()

PERSON = Table(
    STORED,
    {
        **plain(
            STORED,
            """id given middle surname suffix birth_date sex race ethnicity height_inches weight_pounds eye_color
            hair_color scars_marks_tattoos cautions license_number license_state license_class license_status
            license_expires_on cii_number fbi_number carpos_number mups_number is_confidential""",
        ),
        "aliases": ColumnExpression(ALIASES),
        # Its mask shows the last four digits, as printed forms do.
        "ssn": ColumnExpression(STORED.c.ssn, masked=literal("***-**-", Text) + Ending(STORED.c.ssn, 4)),
        **shown_address(STORED),
    },
    record=RecordKind("persons", "id", PERSON_ID.pattern),
)

by_id = by_key(SOURCE, PERSON, "id", ("id",))
by_license = by_key(SOURCE, PERSON, "license", ("license_state", "license_number"), term=LICENSE)
by_ssn = by_key(SOURCE, PERSON, "ssn", ("ssn",), term=SSN)
by_cii = by_key(SOURCE, PERSON, "cii", ("cii_number",), term=CII_NUMBER)
by_fbi = by_key(SOURCE, PERSON, "fbi", ("fbi_number",), term=FBI_NUMBER)
by_carpos = by_key(SOURCE, PERSON, "carpos", ("carpos_number",))
by_mups = by_key(SOURCE, PERSON, "mups", ("mups_number",))

SPEC = SourceSpec(
    SOURCE,
    "PERSONS",
    tables=(PERSON,),
    fetches=(by_id, by_license, by_ssn, by_cii, by_fbi, by_carpos, by_mups),
    schema="schema.persons",
    seed="seed.persons",
    searches="resolvers.name_search",
)
