"""Planted rows of firearms."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

CHANGED: list[Changed] = []
ADDED: list[Row] = [
    (
        "firearm",
        {
            "firearm_id": "AF00000029",
            "serial": "PL-4471 O",
            "make": "BER",
            "model": "92FS Planted",
            "caliber": "32",
            "category": "Q",
            **SUBJECT_COLUMNS,
        },
    ),
    (
        "firearm_report",
        {
            "number": "G000000002",
            "fcn": "2519100004471",
            "agency_ori": "CA9195500",
            "case_number": "25-44711",
            "entered_at": "2025-07-10T14:47:00Z",
            "state": "LOCATED",
            "version": 7,
            "firearm_id": "AF00000029",
            "status": "CRIME_GUN",
            "occurred_on": "2025-07-09",
        },
    ),
    (
        "firearm_transfer",
        {
            "id": 29,
            "firearm_id": "AF00000029",
            "kind": "SELF_REPORTED",
            "transferred_on": "2018-03-27",
            "owner_license": "Z0000002",
            "owner_license_state": "CA",
            "is_current": 1,
            "is_permit": 0,
            **SUBJECT_COLUMNS,
        },
    ),
    (
        "prohibited_person",
        {"id": 2, "license_number": "Z0000002", "license_state": "CA", **SUBJECT_COLUMNS},
    ),
]
VALUES = {
    "Person.armedAndProhibited": True,
    "Firearm.id": "AF00000029",
    "Firearm.serial": "PL-4471 O",
    "Firearm.make": "BERETTA",
    "Firearm.model": "92FS Planted",
    "Firearm.caliber": "CALIBER_32",
    "Firearm.category": "SHOTGUN_PISTOL",
    "FirearmReport.number": "G000000002",
    "FirearmReport.fcn": "2519100004471",
    "FirearmReport.agencyOri": "CA9195500",
    "FirearmReport.caseNumber": "25-44711",
    "FirearmReport.enteredAt": "2025-07-10T14:47:00+00:00",
    "FirearmReport.state": "LOCATED",
    "FirearmReport.version": 7,
    "FirearmReport.status": "CRIME_GUN",
    "FirearmReport.occurredOn": "2025-07-09",
    "FirearmTransfer.kind": "SELF_REPORTED",
    "FirearmTransfer.transferredOn": "2018-03-27",
}
ENTRY_PATHS = {
    "firearm": [
        'by: {serial: {number: "pl 4471-0"}}',
        'by: {serial: {number: "PL4471O", make: BERETTA}}',
        'by: {number: "G000000002"}',
    ],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
