"""Planted rows of biometric sets: one, of the arrest that she was convicted of."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

CHANGED: list[Changed] = []
ADDED: list[Row] = [
    (
        "biometric_set",
        {
            "number": "B777000222",
            "cii_number": "A00000002",
            "kind": "TEN_PRINT",
            "taken_on": "2011-01-20",
            "agency_ori": "CA9196600",
            "fingerprint_class": "AATT4299PICMDOXIXXSR",
            "cycle": 2001,
            "is_applicant": 0,
            "is_sealed": 0,
            "is_juvenile": 0,
            "is_arrest_only": 0,
            **SUBJECT_COLUMNS,
        },
    ),
]
VALUES = {
    "BiometricSet.id": "B777000222",
    "BiometricSet.kind": "TEN_PRINT",
    "BiometricSet.takenOn": "2011-01-20",
    "BiometricSet.agencyOri": "CA9196600",
    "BiometricSet.fingerprintClass": "AATT4299PICMDOXIXXSR",
}

PLANTED = Planted(CHANGED, ADDED, VALUES, {})
