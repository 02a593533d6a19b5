"""Planted rows of accident reports: one, on her record, with her vehicle."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

NUMBER = "772011777333"

CHANGED: list[Changed] = []
ADDED: list[Row] = [
    (
        "accident",
        {
            "number": NUMBER,
            "occurred_at": "2011-06-07T08:09:00Z",
            "city": "Plantedville",
            "county": "Planted County",
            "severity": "2",
            "manner": "8",
        },
    ),
    (
        "accident_vehicle",
        {
            "id": 777,
            "accident_number": NUMBER,
            "vin": "1HGCR2F88KZ000002",
            "plate": "7PLT777",
            "plate_state": "OR",
            "damage": "6",
            **SUBJECT_COLUMNS,
        },
    ),
    (
        "accident_party",
        {
            "id": 777,
            "accident_number": NUMBER,
            "role": "1",
            "given": "Leonard",
            "middle": "Paul",
            "surname": "Vanterpool",
            "suffix": "SR",
            "license_number": "Z0000002",
            "license_state": "CA",
            "injury": "A",
            "fault": "SHARED",
            **SUBJECT_COLUMNS,
        },
    ),
]
VALUES = {
    "Accident.number": NUMBER,
    "Accident.occurredAt": "2011-06-07T08:09:00+00:00",
    "Accident.city": "Plantedville",
    "Accident.county": "Planted County",
    "Accident.severity": "INCAPACITATING_INJURY",
    "Accident.manner": "SIDESWIPE_OPPOSITE_DIRECTION",
    "AccidentVehicle.vin": "1HGCR2F88KZ000002",
    "AccidentVehicle.plate": "7PLT777",
    "AccidentVehicle.plateState": "OR",
    "AccidentVehicle.damage": "DISABLING",
    "AccidentParty.role": "DRIVER",
    "AccidentParty.injury": "SERIOUS",
    "AccidentParty.fault": "SHARED",
}
ENTRY_PATHS = {
    "accident": [f'number: "{NUMBER}"'],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
