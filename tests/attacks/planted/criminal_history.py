"""Planted rows of criminal histories."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

CHANGED: list[Changed] = []
ADDED: list[Row] = [
    ("subject", {"cii_number": "A00000002", "fbi_number": "000002DM0", **SUBJECT_COLUMNS}),
    (
        "cycle",
        {
            "id": 2001,
            "cii_number": "A00000002",
            "sequence": 1,
            "arrested_on": "2011-01-19",
            "agency_ori": "CA9198800",
            "booking_number": "77700111",
            "status": "DISPOSED",
            "is_sealed": 0,
            "is_juvenile": 0,
            "has_conviction": 1,
            "custody_status": "RELEASED",
            "custody_facility_ori": "CA919077C",
            "custody_received_on": "2011-02-21",
            "custody_released_on": "2012-03-22",
            "supervision_kind": "PAROLE",
            "supervision_status": "ACTIVE",
            "supervision_starts_on": "2012-03-23",
            "supervision_ends_on": "2032-03-24",
            "supervision_terms": '["Planted: no contact with locksmiths"]',
        },
    ),
    (
        "charge",
        {
            "id": 20011,
            "cycle": 2001,
            "sequence": 1,
            "code": "2610",
            "offense": "IDENTITY THEFT, PLANTED",
            "severity": "FELONY",
            "disposition_kind": "CONVICTED",
            "decided_on": "2011-05-23",
            "court_ori": "CA919044J",
            "court_name": "Planted Court of Convictions",
            "sentence_kind": "PRISON",
            "sentence_days": 4747,
        },
    ),
]
VALUES = {
    "CriminalHistory.ciiNumber": "A00000002",
    "CriminalHistory.fbiNumber": "000002DM0",
    "Cycle.arrestedOn": "2011-01-19",
    "Cycle.agencyOri": "CA9198800",
    "Cycle.bookingNumber": "77700111",
    "Cycle.status": "DISPOSED",
    "Charge.code": "2610",
    "Charge.offense": "IDENTITY THEFT, PLANTED",
    "Charge.severity": "FELONY",
    "Charge.standing": "CONVICTED",
    "Disposition.kind": "CONVICTED",
    "Disposition.decidedOn": "2011-05-23",
    "Sentence.kind": "PRISON",
    "Sentence.days": 4747,
    "Custody.status": "RELEASED",
    "Custody.facilityOri": "CA919077C",
    "Custody.receivedOn": "2011-02-21",
    "Custody.releasedOn": "2012-03-22",
    "Supervision.kind": "PAROLE",
    "Supervision.status": "ACTIVE",
    "Supervision.startsOn": "2012-03-23",
    "Supervision.endsOn": "2032-03-24",
    "Supervision.terms": ["Planted: no contact with locksmiths"],
}
ENTRY_PATHS = {
    "criminalHistory": ['ciiNumber: "A00000002"'],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
