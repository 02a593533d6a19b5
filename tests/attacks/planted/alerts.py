"""Planted rows of the violent person file and the gang file."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

CHANGED: list[Changed] = []
ADDED: list[Row] = [
    (
        "violent_person",
        {
            "number": "L000000002",
            "fcn": "2410100000002",
            "agency_ori": "CA9195500",
            "case_number": "24-PLANTED",
            "entered_at": "2024-04-10T09:08:07Z",
            "state": "PENDING_CHECK",
            "version": 9,
            "criterion": "3",
            "cautions": '["10"]',
            "subject_fbi": "000002DM0",
            **SUBJECT_COLUMNS,
        },
    ),
    (
        "gang_membership",
        {
            "number": "T000000002",
            "fcn": "2410200000002",
            "agency_ori": "CA9195511",
            "case_number": "24-GROUPED",
            "entered_at": "2024-04-11T08:07:06Z",
            "state": "LOCATED",
            "version": 4,
            "group_name": "Planted Row",
            "criteria": '["I", "D"]',
            "purge_on": "2049-04-11",
            "subject_fbi": "000002DM0",
            **SUBJECT_COLUMNS,
        },
    ),
]
VALUES = {
    "ViolentPerson.number": "L000000002",
    "ViolentPerson.fcn": "2410100000002",
    "ViolentPerson.agencyOri": "CA9195500",
    "ViolentPerson.caseNumber": "24-PLANTED",
    "ViolentPerson.enteredAt": "2024-04-10T09:08:07+00:00",
    "ViolentPerson.state": "PENDING_CHECK",
    "ViolentPerson.version": 9,
    "ViolentPerson.criterion": "VIOLENT_CRIME_WITH_WEAPON",
    "ViolentPerson.cautions": ["MARTIAL_ARTS_EXPERT"],
    "GangMembership.number": "T000000002",
    "GangMembership.fcn": "2410200000002",
    "GangMembership.agencyOri": "CA9195511",
    "GangMembership.caseNumber": "24-GROUPED",
    "GangMembership.enteredAt": "2024-04-11T08:07:06+00:00",
    "GangMembership.state": "LOCATED",
    "GangMembership.version": 4,
    "GangMembership.group": "Planted Row",
    "GangMembership.criteria": ["AUTHORIZED_PENAL_ORGANIZATION", "FREQUENTS"],
    "GangMembership.purgeOn": "2049-04-11",
}
ENTRY_PATHS: dict[str, list[str]] = {}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
