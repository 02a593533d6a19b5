"""Planted rows of protective orders."""

from __future__ import annotations

from tests.attacks.planted.rows import Changed, Planted, Row

CHANGED: list[Changed] = [
    Changed("protective_order", "number = 'H000000002'", {"served": 0}),
    Changed(
        "protected_party", "order_number = 'H000000002'", {"middle": "Maud", "suffix": "III", "is_confidential": 0}
    ),
]
ADDED: list[Row] = []
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
    "ProtectedParty.phone": "(760) 555-0142",
}
ENTRY_PATHS = {
    "protectiveOrder": ['number: "H000000002"'],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
