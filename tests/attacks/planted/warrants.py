"""Planted rows of warrants."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

CHANGED: list[Changed] = []
ADDED: list[Row] = [
    (
        "warrant",
        {
            "number": "W000000002",
            "category": "CAPIAS",
            "status": "STAYED",
            "issued_on": "2025-07-13",
            "court_ori": "CA919021J",
            "court_name": "Planted Court of Warrants",
            "agency_ori": "CA9197700",
            "offense_code": "2005",
            "offense": "ARSON - BUSINESS, PLANTED",
            "bail_cents": 31337,
            "extradition": "2",
            "cautions": '["15"]',
            "night_service": 1,
            "subject_fbi": "000002DM0",
            **SUBJECT_COLUMNS,
        },
    ),
]
VALUES = {
    "Warrant.number": "W000000002",
    "Warrant.category": "CAPIAS",
    "Warrant.status": "STAYED",
    "Warrant.issuedOn": "2025-07-13",
    "Warrant.agencyOri": "CA9197700",
    "Warrant.offenseCode": "2005",
    "Warrant.offense": "ARSON - BUSINESS, PLANTED",
    "Warrant.bailCents": 31337,
    "Warrant.extradition": "FELONY_LIMITED",
    "Warrant.cautions": ["EXPLOSIVE_EXPERTISE"],
    "Warrant.nightService": True,
}
ENTRY_PATHS = {
    "warrant": ['number: "W000000002"'],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
