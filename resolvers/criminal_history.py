"""Criminal histories: subject, cycles (one arrest event each), charges, relief, programmes. Keyed by CII number.

A grant covers sealed and juvenile cycles, arrests without a conviction, and convictions, or leaves out their rows.
A subject without a visible cycle is absent, exactly like a person who has no history. A completed diversion seals its
cycle (decision 0066).
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy
from sqlalchemy import CheckConstraint, Index, Integer, MetaData, and_, case, exists, or_, select

from resolvers.codes.history import CONVICTIONS, OPEN_DIVERSIONS
from resolvers.columns import (
    flags,
    integers,
    number,
    optional_flags,
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
from resolvers.table import Cell, ColumnExpression, Condition, Table, may, plain

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
    *optional_text("custody_status custody_facility_ori custody_facility_name custody_received_on custody_released_on"),
    *optional_text("custody_projected_release_on custody_housing_level"),
    *optional_text("supervision_kind supervision_status supervision_starts_on supervision_ends_on"),
    *text("supervision_terms"),  # a JSON array of words, like the other conditions
    *optional_text("pretrial_release pretrial_arraigned_on pretrial_next_appearance_on pretrial_conditions"),
    *optional_integers("pretrial_bail_set_cents"),
    *optional_flags("pretrial_bail_posted pretrial_failed_to_appear"),
    *optional_text("diversion_kind diversion_status diversion_program diversion_started_on diversion_due_on"),
    *optional_text("diversion_ended_on diversion_conditions"),
    CheckConstraint("is_sealed = 0 OR has_conviction = 0"),
    CheckConstraint("diversion_status <> 'COMPLETED' OR has_conviction = 0"),
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

STORED_RELIEF = record_table(
    "relief",
    METADATA,
    row_number("id"),
    reference("cii_number", "subject.cii_number"),
    reference("cycle", "cycle.id", Integer),  # of the conviction that it relieves from
    *text("kind granted_on"),
    *optional_text("court_ori court_name"),
)
Index("relief_subject", STORED_RELIEF.c.cii_number)
STORED_PROGRAM = record_table(
    "program",
    METADATA,
    row_number("id"),
    reference("cii_number", "subject.cii_number"),
    reference("cycle", "cycle.id", Integer),  # of the sentence or supervision that it is part of
    *text("kind name status started_on"),
    *optional_text("ended_on"),
)
Index("program_subject", STORED_PROGRAM.c.cii_number)


def _is_one_of(cell: Cell, codes: Iterable[str]) -> Condition:
    return or_(*(cell == code for code in sorted(codes)))


_cycle = STORED_CYCLE.c
# A flag that is neither 0 nor 1 hides what it flags.
ARREST_VISIBLE = case((_cycle.has_conviction == 1, may("sees_convictions")), else_=may("sees_arrests"))

# A diversion whose state is no known code, or is missing, seals its arrest too.
NOT_SEALED = and_(
    _cycle.is_sealed == 0,
    or_(
        and_(_cycle.diversion_kind.is_(None), _cycle.diversion_status.is_(None)),
        _is_one_of(_cycle.diversion_status, OPEN_DIVERSIONS),
    ),
)

# A caller who may know of the supervision and not of the arrest sees the cycle, with nothing else of it: supervision
# has no other place.
CYCLE_VISIBLE = and_(
    or_(NOT_SEALED, may("sees_sealed")),
    or_(_cycle.is_juvenile == 0, may("sees_juvenile")),
    or_(ARREST_VISIBLE, and_(_cycle.supervision_kind.is_not(None), may("sees_supervision"))),
)


def _subject_visible(part: sqlalchemy.Table) -> Condition:
    """Whether the subject of these rows is visible: decided by their own statement, so that it may be sent early."""
    return exists(
        select(1)
        .where(
            STORED_SUBJECT.c.cii_number == part.c.cii_number,
            ~is_own_record(STORED_SUBJECT),
            or_(may("sees_related"), ~is_related(STORED_SUBJECT)),
        )
        .correlate(part)
    )


def _of_cycle(part: sqlalchemy.Table, *conditions: Condition) -> Condition:
    """Whether the cycle that these rows belong to is visible, and meets further conditions."""
    own = (_cycle.id == part.c.cycle, _cycle.cii_number == part.c.cii_number)
    return exists(select(1).where(*own, CYCLE_VISIBLE, *conditions).correlate(part))


CHARGE_VISIBLE = case(
    (_is_one_of(STORED_CHARGE.c.disposition_kind, CONVICTIONS), may("sees_convictions")), else_=may("sees_arrests")
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

ARREST = """arrested_on agency_ori booking_number custody_status custody_facility_ori custody_facility_name
    custody_received_on custody_released_on custody_projected_release_on custody_housing_level
    pretrial_release pretrial_arraigned_on pretrial_bail_set_cents pretrial_bail_posted pretrial_conditions
    pretrial_failed_to_appear"""
DIVERSION = """diversion_kind diversion_status diversion_program diversion_started_on diversion_due_on
    diversion_ended_on diversion_conditions"""
SUPERVISION = "supervision_kind supervision_status supervision_starts_on supervision_ends_on supervision_terms"

CYCLE = Table(
    STORED_CYCLE,
    {
        "id": ColumnExpression(_cycle.id),
        **{name: ColumnExpression(case((ARREST_VISIBLE, _cycle[name]))) for name in ARREST.split()},
        # A caller who may know only of convictions is shown no open charge: neither the status nor a hearing to come
        # must reveal one, nor a diversion, which is of a charge without a conviction.
        "status": ColumnExpression(
            case((and_(ARREST_VISIBLE, may("sees_arrests")), _cycle.status), (ARREST_VISIBLE, "DISPOSED"))
        ),
        **{
            name: ColumnExpression(case((and_(ARREST_VISIBLE, may("sees_arrests")), _cycle[name])))
            for name in f"pretrial_next_appearance_on {DIVERSION}".split()
        },
        **{name: ColumnExpression(case((may("sees_supervision"), _cycle[name]))) for name in SUPERVISION.split()},
    },
    visible=and_(CYCLE_VISIBLE, _subject_visible(STORED_CYCLE)),
    order=(_cycle.arrested_on.desc(), _cycle.sequence.desc()),
    has_subject=False,
)

# Supervision as an officer at the roadside needs it: nothing of a sealed or a juvenile arrest, for any caller.
SUPERVISED = Table(
    STORED_CYCLE,
    plain(STORED_CYCLE, SUPERVISION),
    visible=and_(
        _cycle.supervision_kind.is_not(None),
        NOT_SEALED,
        _cycle.is_juvenile == 0,
        may("sees_supervision"),
        _subject_visible(STORED_CYCLE),
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

RELIEF = Table(
    STORED_RELIEF,
    plain(STORED_RELIEF, "kind granted_on court_ori court_name"),
    # Relief tells of a conviction.
    visible=and_(
        may("sees_convictions"),
        _of_cycle(STORED_RELIEF, _cycle.has_conviction == 1),
        _subject_visible(STORED_RELIEF),
    ),
    order=(STORED_RELIEF.c.granted_on.desc(), STORED_RELIEF.c.id),
    has_subject=False,
)

PROGRAM = Table(
    STORED_PROGRAM,
    plain(STORED_PROGRAM, "kind name status started_on ended_on"),
    visible=and_(_of_cycle(STORED_PROGRAM), _subject_visible(STORED_PROGRAM)),
    order=(STORED_PROGRAM.c.started_on.desc(), STORED_PROGRAM.c.id),
    has_subject=False,
)

by_cii = by_key(SOURCE, SUBJECT, "cii", ("cii_number",), term=CII_NUMBER)
cycles_by_cii = by_key(SOURCE, CYCLE, "cii_number", ("cii_number",), many=True, decides_visibility=True)
by_cycle_id = by_key(SOURCE, CYCLE, "cycle_id", ("id",))
supervision_by_cii = by_key(SOURCE, SUPERVISED, "subject", ("cii_number",), many=True, decides_visibility=True)
charges_by_cycle = by_key(SOURCE, CHARGE, "cycle", ("cycle",), many=True)
relief_by_cii = by_key(SOURCE, RELIEF, "relieved", ("cii_number",), many=True, decides_visibility=True)
programs_by_cii = by_key(SOURCE, PROGRAM, "participant", ("cii_number",), many=True, decides_visibility=True)

SPEC = SourceSpec(
    SOURCE,
    "CRIMINAL HISTORY",
    tables=(SUBJECT, CYCLE, SUPERVISED, CHARGE, RELIEF, PROGRAM),
    fetches=(
        by_cii,
        cycles_by_cii,
        by_cycle_id,
        supervision_by_cii,
        charges_by_cycle,
        relief_by_cii,
        programs_by_cii,
    ),
    schema="schema.criminal_history",
    seed="seed.criminal_history",
)
