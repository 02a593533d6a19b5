"""Supervision: the supervised release file. People on probation or parole, by CII number, and contacts with them.

Criminal history has supervision too, as a part of an arrest. This file is for the officer who meets the person: nothing
of a sealed or a juvenile arrest is in it, for any caller.
"""

from __future__ import annotations

from sqlalchemy import Index, MetaData, and_

from resolvers.columns import flags, optional_text, record_table, reference, row_number, subject, text
from resolvers.entered import ENTERED, entered
from resolvers.fetch import by_key
from resolvers.numbers.number_format import SUPERVISED
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain

SOURCE = "supervision"

METADATA = MetaData()
STORED = record_table(
    "supervised_release",
    METADATA,
    *entered(),
    *text("kind status starts_on"),
    *optional_text("ends_on cdc_number agent_name agent_phone"),
    *text("terms search_terms cii_number"),  # terms: JSON arrays of words
    *flags("is_sealed is_juvenile"),  # of the arrest that led to it
    *subject(),
)
Index("supervised_release_person", STORED.c.cii_number, STORED.c.starts_on)
STORED_CONTACT = record_table(
    "supervision_contact",
    METADATA,
    row_number("id"),
    reference("number", "supervised_release.number"),
    *text("at agency_ori narrative"),
)
Index("supervision_contact_release", STORED_CONTACT.c.number)

RELEASE = Table(
    STORED,
    plain(
        STORED,
        f"{ENTERED} kind status starts_on ends_on cdc_number agent_name agent_phone terms search_terms cii_number",
    ),
    record=RecordKind("supervised_releases", "number", SUPERVISED.pattern),
    # A flag that is neither 0 nor 1 hides what it flags.
    visible=and_(STORED.c.is_sealed == 0, STORED.c.is_juvenile == 0),
    order=(STORED.c.starts_on.desc(), STORED.c.number),
)
CONTACT = Table(
    STORED_CONTACT,
    plain(STORED_CONTACT, "at agency_ori narrative"),
    order=(STORED_CONTACT.c.at.desc(), STORED_CONTACT.c.id),
    has_subject=False,
)

by_number = by_key(SOURCE, RELEASE, "number", ("number",))
by_person = by_key(SOURCE, RELEASE, "person", ("cii_number",), many=True)
contacts_by_release = by_key(SOURCE, CONTACT, "release", ("number",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "SUPERVISED RELEASE",
    tables=(RELEASE, CONTACT),
    fetches=(by_number, by_person, contacts_by_release),
    schema="schema.supervision",
    seed="seed.supervision",
)
