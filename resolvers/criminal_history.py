"""Criminal histories: subject, cycles (one arrest event each) and charges. People are keyed by CII number.

A grant covers sealed and juvenile cycles, arrests without a conviction, and convictions, or leaves out their rows.
A subject without a visible cycle is absent, exactly like a person who has no history.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, MetaData, and_, case, exists, or_, select

from resolvers.columns import (
    flags,
    integers,
    number,
    optional_integers,
    optional_text,
    record_table,
    reference,
    row_number,
    subject,
    text,
)
from resolvers.fetch import by_key
from resolvers.numbers.number_format import CII
from resolvers.record import RecordKind
from resolvers.search_terms import CII_NUMBER
from resolvers.source_spec import SourceSpec
from resolvers.subject_columns import is_own_record, is_related
from resolvers.table import ColumnExpression, Table, may, plain

SOURCE = "criminal_history"

METADATA = MetaData()
STORED_SUBJECT = record_table("subject", METADATA, number("cii_number"), *text("fbi_number"), *subject())
# One arrest cycle. Any later step may be missing, as in real records.
STORED_CYCLE = record_table(
    "cycle",
    METADATA,
    row_number("id"),
    reference("cii_number", "subject.cii_number"),
    *integers("sequence"),
    *text("arrested_on agency_ori"),
    *optional_text("booking_number"),
    *text("status"),
    *flags("is_sealed is_juvenile has_conviction"),  # is_juvenile: before the 18th birthday
    *optional_text("custody_status custody_facility_ori custody_received_on custody_released_on"),
    *optional_text("supervision_kind supervision_status supervision_starts_on supervision_ends_on"),
    *text("supervision_terms"),  # a JSON array of words
    CheckConstraint("is_sealed = 0 OR has_conviction = 0"),
)
Index("cycle_subject", STORED_CYCLE.c.cii_number, STORED_CYCLE.c.sequence, unique=True)
STORED_CHARGE = record_table(
    "charge",
    METADATA,
    row_number("id"),
    reference("cycle", "cycle.id", Integer),
    *integers("sequence"),
    *text("code offense severity"),
    *optional_text("disposition_kind decided_on court_ori court_name sentence_kind"),
    *optional_integers("sentence_days"),
)
Index("charge_cycle", STORED_CHARGE.c.cycle, STORED_CHARGE.c.sequence, unique=True)

_cycle = STORED_CYCLE.c
# A flag that is neither 0 nor 1 hides what it flags.
ARREST_VISIBLE = case((_cycle.has_conviction == 1, may("sees_convictions")), else_=may("sees_arrests"))

# A caller who may know of the supervision and not of the arrest sees the cycle, with nothing else of it: supervision
# has no other place.
CYCLE_VISIBLE = and_(
    or_(_cycle.is_sealed == 0, may("sees_sealed")),
    or_(_cycle.is_juvenile == 0, may("sees_juvenile")),
    or_(ARREST_VISIBLE, and_(_cycle.supervision_kind.is_not(None), may("sees_supervision"))),
)

# The cycles of a hidden history are hidden too, by this statement alone: so both may be fetched side by side.
SUBJECT_VISIBLE = exists(
    select(1)
    .where(
        STORED_SUBJECT.c.cii_number == _cycle.cii_number,
        ~is_own_record(STORED_SUBJECT),
        or_(may("sees_related"), ~is_related(STORED_SUBJECT)),
    )
    .correlate(STORED_CYCLE)
)

CHARGE_VISIBLE = case(
    (STORED_CHARGE.c.disposition_kind == "CONVICTED", may("sees_convictions")), else_=may("sees_arrests")
)

SUBJECT = Table(
    STORED_SUBJECT,
    plain(STORED_SUBJECT, "cii_number fbi_number"),
    record=RecordKind("criminal_history", "cii_number", CII.pattern),
    visible=exists(
        select(1).where(_cycle.cii_number == STORED_SUBJECT.c.cii_number, CYCLE_VISIBLE).correlate(STORED_SUBJECT)
    ),
    empty_scope=("sees_convictions", "sees_arrests", "sees_sealed", "sees_juvenile"),
)

ARREST = """arrested_on agency_ori booking_number custody_status custody_facility_ori custody_received_on
    custody_released_on"""
SUPERVISION = "supervision_kind supervision_status supervision_starts_on supervision_ends_on supervision_terms"

CYCLE = Table(
    STORED_CYCLE,
    {
        "id": ColumnExpression(_cycle.id),
        **{name: ColumnExpression(case((ARREST_VISIBLE, _cycle[name]))) for name in ARREST.split()},
        # A caller who may know only of convictions is shown no open charge: the status must not reveal one.
        "status": ColumnExpression(
            case((and_(ARREST_VISIBLE, may("sees_arrests")), _cycle.status), (ARREST_VISIBLE, "DISPOSED"))
        ),
        **{name: ColumnExpression(case((may("sees_supervision"), _cycle[name]))) for name in SUPERVISION.split()},
    },
    visible=and_(CYCLE_VISIBLE, SUBJECT_VISIBLE),
    order=(_cycle.arrested_on.desc(), _cycle.sequence.desc()),
    has_subject=False,
)

# Supervision as an officer at the roadside needs it: nothing of a sealed or a juvenile arrest, for any caller.
SUPERVISED = Table(
    STORED_CYCLE,
    plain(STORED_CYCLE, SUPERVISION),
    visible=and_(
        _cycle.supervision_kind.is_not(None),
        _cycle.is_sealed == 0,
        _cycle.is_juvenile == 0,
        may("sees_supervision"),
        SUBJECT_VISIBLE,
    ),
    order=(_cycle.supervision_starts_on.desc(), _cycle.id),
    has_subject=False,
)

CHARGE = Table(
    STORED_CHARGE,
    plain(
        STORED_CHARGE,
        "code offense severity disposition_kind decided_on court_ori court_name sentence_kind sentence_days",
    ),
    visible=CHARGE_VISIBLE,
    order=(STORED_CHARGE.c.sequence,),
    has_subject=False,
)

by_cii = by_key(SOURCE, SUBJECT, "cii", ("cii_number",), term=CII_NUMBER)
cycles_by_cii = by_key(SOURCE, CYCLE, "cii_number", ("cii_number",), many=True, decides_visibility=True)
by_cycle_id = by_key(SOURCE, CYCLE, "cycle_id", ("id",))
supervision_by_cii = by_key(SOURCE, SUPERVISED, "subject", ("cii_number",), many=True, decides_visibility=True)
charges_by_cycle = by_key(SOURCE, CHARGE, "cycle", ("cycle",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "CRIMINAL HISTORY",
    tables=(SUBJECT, CYCLE, SUPERVISED, CHARGE),
    fetches=(by_cii, cycles_by_cii, by_cycle_id, supervision_by_cii, charges_by_cycle),
    schema="schema.criminal_history",
    seed="seed.criminal_history",
)
