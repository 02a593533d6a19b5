"""Missing persons: reports about people, keyed by MUPS number, and unidentified persons.

A report that is closed is a confidential record (PC 14201): its row is visible to callers with MISSING_HISTORY alone.
"""

from __future__ import annotations

from sqlalchemy import FromClause, Index, MetaData, case, func, or_
from sqlalchemy.sql.expression import Grouping

from resolvers.codes.entry import IN_FORCE
from resolvers.columns import flags, optional_flags, optional_integers, optional_text, record_table, subject, text
from resolvers.entered import ENTERED, entered
from resolvers.fetch import by_key
from resolvers.numbers import number_format
from resolvers.numbers.plate import plate_form
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.subject_columns import user_index
from resolvers.table import Cell, Table, may, plain

SOURCE = "missing_persons"


def is_open(table: FromClause) -> Cell:
    """1 in a row that is not closed; a person who was located by another agency is found.

    A state that is no known code hides the row, like a flag that is neither 0 nor 1.
    """
    # In parentheses, as an index of PostgreSQL needs it.
    return Grouping(case((or_(*(table.c.state == each for each in sorted(IN_FORCE))), 1), else_=0))


METADATA = MetaData()
STORED = record_table(
    "missing_person",
    METADATA,
    *entered(),
    *text("category kind"),
    *optional_text("circumstance"),
    *text("declared_on last_seen_on"),
    *optional_text("last_seen_city last_seen_state sex"),
    *optional_integers("age"),  # on the day on which they were last seen
    *flags("is_at_risk"),
    *text("cautions"),  # a JSON array of codes
    *optional_text("plate plate_state"),  # of the vehicle that they were last seen with
    *optional_text("found_on found_how found_by_ori"),
    *optional_text("blood_type xrays"),
    *optional_flags("dental_on_file dna_on_file"),
    *optional_text("fingerprint_class medical reported_by"),
    *text("subject_mups"),
    *subject(),
)
IS_OPEN = is_open(STORED)
CITY, PLATE = func.upper(STORED.c.last_seen_city), plate_form(STORED.c.plate)
NEWEST = (STORED.c.last_seen_on, STORED.c.number)
Index("missing_person_subject", STORED.c.subject_mups)
BY_STATE = Index("missing_person_state", STORED.c.last_seen_state, IS_OPEN, *NEWEST)
BY_CITY = Index("missing_person_city", STORED.c.last_seen_state, CITY, IS_OPEN, *NEWEST)
BY_PLATE = Index("missing_person_plate", PLATE, STORED.c.plate_state, IS_OPEN, *NEWEST)
user_index("missing_person_user", STORED)

STORED_UNIDENTIFIED = record_table(
    "unidentified_person",
    METADATA,
    *entered(),
    *text("category found_on"),
    *optional_text("sex race"),
    *optional_integers("age_from age_to height_inches"),
    *optional_text("body_parts manner possible_match"),  # possible_match: the number of a missing person's report
)
IS_UNIDENTIFIED = is_open(STORED_UNIDENTIFIED)
Index("unidentified_person_match", STORED_UNIDENTIFIED.c.possible_match)
BY_FINDING = Index(
    "unidentified_person_finding", IS_UNIDENTIFIED, STORED_UNIDENTIFIED.c.found_on, STORED_UNIDENTIFIED.c.number
)

SEES_CLOSED = ("sees_missing_history",)


MISSING_PERSON = Table(
    STORED,
    plain(
        STORED,
        f"""{ENTERED} category kind circumstance declared_on last_seen_on last_seen_city last_seen_state sex age
        is_at_risk cautions plate plate_state found_on found_how found_by_ori blood_type xrays dental_on_file
        dna_on_file fingerprint_class medical reported_by subject_mups""",
    ),
    record=RecordKind(SOURCE, "number", number_format.MISSING.pattern),
    keys={"plate_form": PLATE},
    visible=or_(IS_OPEN == 1, may("sees_missing_history")),
    empty_scope=SEES_CLOSED,
    # Open ones first, then newest.
    order=(IS_OPEN.desc(), STORED.c.last_seen_on.desc(), STORED.c.number),
)

UNIDENTIFIED_PERSON = Table(
    STORED_UNIDENTIFIED,
    plain(
        STORED_UNIDENTIFIED,
        f"{ENTERED} category found_on sex race age_from age_to height_inches body_parts manner",
    ),
    record=RecordKind("unidentified_persons", "number", number_format.UNIDENTIFIED.pattern),
    visible=or_(IS_UNIDENTIFIED == 1, may("sees_missing_history")),
    empty_scope=SEES_CLOSED,
    order=(STORED_UNIDENTIFIED.c.found_on.desc(), STORED_UNIDENTIFIED.c.number),
    has_subject=False,
)

by_number = by_key(SOURCE, MISSING_PERSON, "number", ("number",))
by_person = by_key(SOURCE, MISSING_PERSON, "person", ("subject_mups",), many=True)
by_plate = by_key(SOURCE, MISSING_PERSON, "plate", ("plate_state", "plate_form"), many=True)
unidentified_by_number = by_key(SOURCE, UNIDENTIFIED_PERSON, "unidentified", ("number",))
unidentified_by_match = by_key(SOURCE, UNIDENTIFIED_PERSON, "match", ("possible_match",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "MISSING PERSONS",
    tables=(MISSING_PERSON, UNIDENTIFIED_PERSON),
    fetches=(by_number, by_person, by_plate, unidentified_by_number, unidentified_by_match),
    schema="schema.missing_persons",
    seed="seed.missing_persons",
    searches="resolvers.missing_search",
)
