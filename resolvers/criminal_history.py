"""Criminal histories: subject, cycles (one arrest event each), charges. It knows a person by CII number.

Sealed and juvenile cycles, arrests without a conviction, and convictions are rows that a grant covers or does not;
a subject all of whose cycles are out of sight is out of sight, exactly as one who has none.
"""

from __future__ import annotations

from resolvers.fetch import by_key
from resolvers.record import RecordKind
from resolvers.table import OWN, STRANGERS, Column, Table

SOURCE = "criminal_history"

ARREST_VISIBLE = "CASE WHEN has_conviction THEN :sees_convictions ELSE :sees_arrests END"

# Who may know of the supervision and not of the arrest sees the cycle with nothing else of it: there is nowhere else to
# show supervision.
CYCLE_VISIBLE = f"""(NOT is_sealed OR :sees_sealed) AND (NOT is_juvenile OR :sees_juvenile)
 AND ({ARREST_VISIBLE} OR (supervision_kind IS NOT NULL AND :sees_supervision))"""

# Whose history is out of sight has no cycles either. Only so may both be asked for at once.
SUBJECT_VISIBLE = f"""EXISTS (SELECT 1 FROM subject
 WHERE subject.cii_number = cycle.cii_number AND NOT ({OWN}) AND {STRANGERS})"""

CHARGE_VISIBLE = "CASE WHEN disposition_kind IS 'CONVICTED' THEN :sees_convictions ELSE :sees_arrests END"

SUBJECT = Table(
    "subject",
    {name: Column(name) for name in ("cii_number", "fbi_number")},
    record=RecordKind("criminal_history", "cii_number", r"A\d{8}"),
    visible=f"EXISTS (SELECT 1 FROM cycle WHERE cycle.cii_number = subject.cii_number AND {CYCLE_VISIBLE})",
)

CYCLE = Table(
    "cycle",
    {
        "id": Column("id"),
        **{
            name: Column(f"CASE WHEN {ARREST_VISIBLE} THEN {name} END")
            for name in (
                *("arrested_on", "agency_ori", "booking_number"),
                *("custody_status", "custody_facility_ori", "custody_received_on", "custody_released_on"),
            )
        },
        # Who may know of convictions alone is shown no open charge, and must not be told here that there is one.
        "status": Column(
            f"CASE WHEN {ARREST_VISIBLE} THEN CASE WHEN :sees_arrests THEN status ELSE 'DISPOSED' END END"
        ),
        **{
            name: Column(f"CASE WHEN :sees_supervision THEN {name} END")
            for name in (
                *("supervision_kind", "supervision_status", "supervision_starts_on", "supervision_ends_on"),
                "supervision_terms",
            )
        },
    },
    visible=f"{CYCLE_VISIBLE} AND {SUBJECT_VISIBLE}",
    order="arrested_on DESC, sequence DESC",
    is_about_somebody=False,
)

CHARGE = Table(
    "charge",
    {
        name: Column(name)
        for name in (
            *("code", "offense", "severity", "disposition_kind", "decided_on", "court_ori", "court_name"),
            *("sentence_kind", "sentence_days"),
        )
    },
    visible=CHARGE_VISIBLE,
    order="sequence",
    is_about_somebody=False,
)

by_cii = by_key(SOURCE, SUBJECT, "cii", ("cii_number",))
cycles_by_cii = by_key(SOURCE, CYCLE, "cii_number", ("cii_number",), many=True, is_whole=True)
charges_by_cycle = by_key(SOURCE, CHARGE, "cycle", ("cycle",), many=True)
