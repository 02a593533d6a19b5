"""Planted rows of protective orders."""

from __future__ import annotations

from tests.attacks.planted.rows import Changed, Planted, Row

CHANGED: list[Changed] = [
    Changed(
        "protective_order",
        "number = 'H000000002'",
        {
            "served": 0,
            "fcn": "2513209998877",
            "agency_ori": "CA9196600",
            "case_number": "25-80808",
            "entered_at": "2025-05-13T04:05:06Z",
            "version": 77,
        },
    ),
    Changed(
        "order_service",
        "order_number = 'H000000002'",
        {
            "served_at": "2025-05-14T07:08:09Z",
            "method": "VERBAL_NOTICE",
            "served_by": "Planted Process Server",
            "agency_ori": "CA9196611",
        },
    ),
    Changed(
        "protected_party", "order_number = 'H000000002'", {"middle": "Maud", "suffix": "III", "is_confidential": 0}
    ),
]
ADDED: list[Row] = [
    (
        "order_violation",
        {
            "id": 1,
            "order_number": "H000000002",
            "at": "2025-08-19T10:11:12Z",
            "agency_ori": "CA9196622",
            "case_number": "25-90909",
        },
    ),
]
VALUES = {
    "ProtectiveOrder.number": "H000000002",
    "ProtectiveOrder.kind": "DOMESTIC_VIOLENCE",
    "ProtectiveOrder.status": "ACTIVE",
    "ProtectiveOrder.issuedOn": "2025-05-12",
    "ProtectiveOrder.expiresOn": "2040-05-11",
    "ProtectiveOrder.conditions": ["NO_ASSAULT_THREAT_OR_STALKING", "STAY_AWAY", "NO_COMMUNICATION", "NO_FIREARM"],
    "ProtectiveOrder.firearmsProhibited": True,
    "ProtectiveOrder.prohibitionBasis": "FAMILY_COURT_ORDER",
    "ProtectiveOrder.served": False,
    "ProtectiveOrder.enforcement": "NOTIFY_THEN_ENFORCE",
    "ProtectiveOrder.brady": "YES",
    "ProtectiveOrder.isForeign": False,
    "ProtectiveOrder.fcn": "2513209998877",
    "ProtectiveOrder.agencyOri": "CA9196600",
    "ProtectiveOrder.caseNumber": "25-80808",
    "ProtectiveOrder.enteredAt": "2025-05-13T04:05:06+00:00",
    "ProtectiveOrder.version": 77,
    "OrderService.servedAt": "2025-05-14T07:08:09+00:00",
    "OrderService.method": "VERBAL_NOTICE",
    "OrderService.servedBy": "Planted Process Server",
    "OrderService.agencyOri": "CA9196611",
    "OrderViolation.at": "2025-08-19T10:11:12+00:00",
    "OrderViolation.agencyOri": "CA9196622",
    "OrderViolation.caseNumber": "25-90909",
    "ProtectedParty.phone": "(760) 555-0142",
}
ENTRY_PATHS = {
    "protectiveOrder": ['number: "H000000002"'],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
