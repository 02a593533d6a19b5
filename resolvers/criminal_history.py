"""Criminal histories: subject, cycles (one arrest event each), charges. It knows a person by CII number.

Sealed and juvenile cycles, arrests without a conviction, and convictions are rows that a grant covers or does not;
a subject all of whose cycles are out of sight is out of sight, exactly as one who has none.
"""

from __future__ import annotations

from .fetch import by_key
from .table import Column, Table

SOURCE = "criminal_history"

# Who may know of supervision alone sees the cycle that it comes from, since without the cycle there is nowhere to show it.
CYCLE_VISIBLE = """(NOT is_sealed OR :sees_sealed) AND (NOT is_juvenile OR :sees_juvenile)
 AND ((has_conviction AND :sees_convictions) OR (NOT has_conviction AND :sees_arrests)
 OR (supervision_kind IS NOT NULL AND :sees_supervision))"""

CHARGE_VISIBLE = "CASE WHEN disposition_kind IS 'CONVICTED' THEN :sees_convictions ELSE :sees_arrests END"

SUBJECT = Table(
    "subject",
    {name: Column(name) for name in ("cii_number", "fbi_number")},
    record=("criminal_history", "cii_number"),
    visible=f"EXISTS (SELECT 1 FROM cycle WHERE cycle.cii_number = subject.cii_number AND {CYCLE_VISIBLE})",
)

CYCLE = Table(
    "cycle",
    {
        name: Column(name)
        for name in (
            *("id", "arrested_on", "agency_ori", "booking_number", "status"),
            *("custody_status", "custody_facility_ori", "custody_received_on", "custody_released_on"),
            *("supervision_kind", "supervision_status", "supervision_starts_on", "supervision_ends_on"),
            "supervision_terms",
        )
    },
    visible=CYCLE_VISIBLE,
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
cycles_by_cii = by_key(SOURCE, CYCLE, "cii_number", ("cii_number",), many=True)
charges_by_cycle = by_key(SOURCE, CHARGE, "cycle", ("cycle",), many=True)
