"""Planted rows of supervised release."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

CHANGED: list[Changed] = []
ADDED: list[Row] = [
    (
        "supervised_release",
        {
            "number": "C000000002",
            "fcn": "2208700007733",
            "agency_ori": "CA9196600",
            "case_number": "22-77331",
            "entered_at": "2022-03-28T09:41:00Z",
            "state": "PENDING_CHECK",
            "version": 9,
            "kind": "MANDATORY",
            "status": "AT_LARGE",
            "starts_on": "2022-03-27",
            "ends_on": "2033-03-29",
            "cdc_number": "PL7733",
            "agent_name": "Planted Agent Quarles",
            "agent_phone": "(805) 555-0177",
            "terms": '["Planted: no fishing at night"]',
            "search_terms": '["Search of planted garages"]',
            "cii_number": "A00000002",
            "is_sealed": 0,
            "is_juvenile": 0,
            **SUBJECT_COLUMNS,
        },
    ),
    (
        "supervision_contact",
        {
            "id": 2,
            "number": "C000000002",
            "at": "2023-08-19T21:17:00Z",
            "agency_ori": "CA9196700",
            "narrative": "Planted contact at the pier",
        },
    ),
]
VALUES = {
    "SupervisedRelease.number": "C000000002",
    "SupervisedRelease.fcn": "2208700007733",
    "SupervisedRelease.agencyOri": "CA9196600",
    "SupervisedRelease.caseNumber": "22-77331",
    "SupervisedRelease.enteredAt": "2022-03-28T09:41:00+00:00",
    "SupervisedRelease.state": "PENDING_CHECK",
    "SupervisedRelease.version": 9,
    "SupervisedRelease.kind": "MANDATORY",
    "SupervisedRelease.status": "AT_LARGE",
    "SupervisedRelease.startsOn": "2022-03-27",
    "SupervisedRelease.endsOn": "2033-03-29",
    "SupervisedRelease.cdcNumber": "PL7733",
    "SupervisedRelease.agentName": "Planted Agent Quarles",
    "SupervisedRelease.agentPhone": "(805) 555-0177",
    "SupervisedRelease.terms": ["Planted: no fishing at night"],
    "SupervisedRelease.searchTerms": ["Search of planted garages"],
    "SupervisionContact.at": "2023-08-19T21:17:00+00:00",
    "SupervisionContact.agencyOri": "CA9196700",
    "SupervisionContact.narrative": "Planted contact at the pier",
}
ENTRY_PATHS = {
    "supervisedRelease": ['number: "C000000002"'],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
