"""Criminal histories: subject, cycles (one arrest event each) and charges. People are keyed by CII number.

A grant covers sealed and juvenile cycles, arrests without a conviction, and convictions, or leaves out their rows.
A subject without a visible cycle is absent, exactly like a person who has no history.
"""

from __future__ import annotations

from resolvers.fetch import by_key
from resolvers.numbers.number_format import CII
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.subject_columns import IS_OWN_RECORD
from resolvers.table import IS_RELATED, ColumnExpression, Table, plain

SOURCE = "criminal_history"

# A flag that is neither 0 nor 1 hides what it flags.
ARREST_VISIBLE = "CASE WHEN has_conviction = 1 THEN :sees_convictions ELSE :sees_arrests END"

# A caller who may know of the supervision and not of the arrest sees the cycle, with nothing else of it: supervision
# has no other place.
CYCLE_VISIBLE = f"""(is_sealed = 0 OR :sees_sealed) AND (is_juvenile = 0 OR :sees_juvenile)
 AND ({ARREST_VISIBLE} OR (supervision_kind IS NOT NULL AND :sees_supervision))"""

# The cycles of a hidden history are hidden too, by this statement alone: so both may be fetched side by side.
SUBJECT_VISIBLE = f"""EXISTS (SELECT 1 FROM subject
 WHERE subject.cii_number = cycle.cii_number AND NOT ({IS_OWN_RECORD}) AND (:sees_related OR NOT {IS_RELATED}))"""

CHARGE_VISIBLE = "CASE WHEN disposition_kind IS 'CONVICTED' THEN :sees_convictions ELSE :sees_arrests END"

SUBJECT = Table(
    "subject",
    plain("cii_number fbi_number"),
    record=RecordKind("criminal_history", "cii_number", CII.pattern),
    visible=f"EXISTS (SELECT 1 FROM cycle WHERE cycle.cii_number = subject.cii_number AND {CYCLE_VISIBLE})",
    empty_scope=("sees_convictions", "sees_arrests", "sees_sealed", "sees_juvenile"),
)

ARREST = """arrested_on agency_ori booking_number custody_status custody_facility_ori custody_received_on
    custody_released_on"""
SUPERVISION = "supervision_kind supervision_status supervision_starts_on supervision_ends_on supervision_terms"

CYCLE = Table(
    "cycle",
    {
        "id": ColumnExpression("id"),
        **{name: ColumnExpression(f"CASE WHEN {ARREST_VISIBLE} THEN {name} END") for name in ARREST.split()},
        # A caller who may know only of convictions is shown no open charge: the status must not reveal one.
        "status": ColumnExpression(
            f"CASE WHEN {ARREST_VISIBLE} THEN CASE WHEN :sees_arrests THEN status ELSE 'DISPOSED' END END"
        ),
        **{name: ColumnExpression(f"CASE WHEN :sees_supervision THEN {name} END") for name in SUPERVISION.split()},
    },
    visible=f"{CYCLE_VISIBLE} AND {SUBJECT_VISIBLE}",
    order="arrested_on DESC, sequence DESC",
    has_subject=False,
)

# Supervision as an officer at the roadside needs it: nothing of a sealed or a juvenile arrest, for any caller.
SUPERVISED = Table(
    "cycle",
    plain(SUPERVISION),
    visible=f"""supervision_kind IS NOT NULL AND is_sealed = 0 AND is_juvenile = 0 AND :sees_supervision
 AND {SUBJECT_VISIBLE}""",
    order="supervision_starts_on DESC, id",
    has_subject=False,
)

CHARGE = Table(
    "charge",
    plain("code offense severity disposition_kind decided_on court_ori court_name sentence_kind sentence_days"),
    visible=CHARGE_VISIBLE,
    order="sequence",
    has_subject=False,
)

by_cii = by_key(SOURCE, SUBJECT, "cii", ("cii_number",))
cycles_by_cii = by_key(SOURCE, CYCLE, "cii_number", ("cii_number",), many=True, decides_visibility=True)
supervision_by_cii = by_key(SOURCE, SUPERVISED, "subject", ("cii_number",), many=True, decides_visibility=True)
charges_by_cycle = by_key(SOURCE, CHARGE, "cycle", ("cycle",), many=True)

SPEC = SourceSpec(
    SOURCE,
    "CRIMINAL HISTORY",
    tables=(SUBJECT, CYCLE, SUPERVISED, CHARGE),
    fetches=(by_cii, cycles_by_cii, supervision_by_cii, charges_by_cycle),
    schema="schema.criminal_history",
    seed="seed.criminal_history",
)
