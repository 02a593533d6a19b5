"""Alerts: the violent person file and the gang file. People are keyed by FBI number.

A gang membership whose purge date has come is as if it had never been, for every caller, before anyone deletes it.
"""

from __future__ import annotations

from sqlalchemy import Index, MetaData, case, or_

from resolvers.codes.entry import IN_FORCE
from resolvers.columns import record_table, subject, text
from resolvers.entered import ENTERED, entered
from resolvers.fetch import by_key
from resolvers.numbers import number_format
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import Table, plain
from sources.sql.parameters import text_parameter

SOURCE = "alerts"

METADATA = MetaData()
STORED_VIOLENT = record_table(
    "violent_person",
    METADATA,
    *entered(),
    *text("criterion cautions"),  # cautions: a JSON array of codes
    *text("subject_fbi"),
    *subject(),
)
Index("violent_person_subject", STORED_VIOLENT.c.subject_fbi)

STORED_GANG = record_table(
    "gang_membership",
    METADATA,
    *entered(),
    *text("group_name criteria purge_on"),  # criteria: a JSON array of codes
    *text("subject_fbi"),
    *subject(),
)
Index("gang_membership_subject", STORED_GANG.c.subject_fbi)

_violent = STORED_VIOLENT.c
_is_in_force = case((or_(*(_violent.state == each for each in sorted(IN_FORCE))), 0), else_=1)

VIOLENT_PERSON = Table(
    STORED_VIOLENT,
    plain(STORED_VIOLENT, f"{ENTERED} criterion cautions subject_fbi"),
    record=RecordKind("violent_persons", "number", number_format.VIOLENT.pattern),
    # The first counts: one in force, then violence against law enforcement, then the newest.
    order=(
        _is_in_force,
        case((or_(_violent.criterion == "1", _violent.criterion == "4"), 0), else_=1),
        _violent.entered_at.desc(),
        _violent.number,
    ),
)

GANG_MEMBERSHIP = Table(
    STORED_GANG,
    plain(STORED_GANG, f"{ENTERED} group_name criteria purge_on subject_fbi"),
    record=RecordKind("gang_memberships", "number", number_format.GANG.pattern),
    # A date of which the day or the month is not known sorts before the first: it is purged early, never late.
    visible=STORED_GANG.c.purge_on > text_parameter("today"),
    order=(STORED_GANG.c.entered_at.desc(), STORED_GANG.c.number),
)

violent_by_person = by_key(SOURCE, VIOLENT_PERSON, "person", ("subject_fbi",))
gangs_by_person = by_key(SOURCE, GANG_MEMBERSHIP, "member", ("subject_fbi",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "VIOLENT PERSONS AND GANGS",
    tables=(VIOLENT_PERSON, GANG_MEMBERSHIP),
    fetches=(violent_by_person, gangs_by_person),
    schema="schema.alerts",
    seed="seed.alerts",
)
