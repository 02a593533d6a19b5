"""A person for whom every guarded field has a value.

She is the restrained party of the demonstration with more records: a warrant, and a history with one conviction, which
every caller with access to any history may see.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.attacks.planted_inquiry import SHOWN_TO_AUDITOR
from tests.file_renewal import renewed

SUBJECT_COLUMNS = {"subject_surname": "VANTERPOOL", "subject_user": None, "subject_ori": None}

CHANGED: dict[tuple[str, str], dict[str, Any]] = {
    ("persons", "person"): {
        "suffix": "SR",
        "weight_pounds": 233,
        "scars_marks_tattoos": '["TAT R SHLD - planted anchor"]',
        "cautions": '["85"]',
        "license_expires_on": "2031-08-09",
    },
    ("persons", "name_key"): {"is_only": 0},
    ("vehicles", "vehicle"): {"is_stolen": 1, "registration_expires_on": "2027-06-07"},
    ("protective_orders", "protective_order"): {"served": 0},
    ("protective_orders", "protected_party"): {"middle": "Maud", "suffix": "III", "is_confidential": 0},
}
CONDITIONS = {
    "person": "id = 'P0000002'",
    "name_key": "person = 2",
    "vehicle": "plate = '1NTK002'",
    "protective_order": "number = 'H000000002'",
    "protected_party": "order_number = 'H000000002'",
}

ADDED: list[tuple[str, str, dict[str, Any]]] = [
    ("persons", "alias", {"person": "P0000002", "given": "Lennart", "surname": "Plantwell"}),
    (
        "persons",
        "name_key",
        {
            "surname": "PLANTWELL",
            "is_given_part": 0,
            "given": "LENNART",
            "birth_date": "1979-11-02",
            "person": 2,
            "is_alias": 1,
            "is_surname_part": 0,
            "is_middle": 0,
            "is_only": 0,
            "initial": "L",
            "sex": "M",
            "race": "B",
            **SUBJECT_COLUMNS,
        },
    ),
    ("persons", "surname_key", {"key": "LPLANTWELL", "name": "PLANTWELL"}),
    ("persons", "given_key", {"key": "LLENNART", "name": "LENNART"}),
    (
        "warrants",
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
    ("criminal_history", "subject", {"cii_number": "A00000002", "fbi_number": "000002DM0", **SUBJECT_COLUMNS}),
    (
        "criminal_history",
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
        "criminal_history",
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


# The value of each leaf for a caller with full access: a second opinion, by hand. Cursors differ each time.
PLANTED_VALUES: dict[str, Any] = {
    "Person.id": "P0000002",
    "Person.birthDate": "1979-11-02",
    "Person.sex": "M",
    "Person.race": "B",
    "Person.ethnicity": "N",
    "Person.heightInches": 71,
    "Person.weightPounds": 233,
    "Person.eyeColor": "BRO",
    "Person.hairColor": "BLK",
    "Person.scarsMarksTattoos": ["TAT R SHLD - planted anchor"],
    "Person.cautions": ["HEMOPHILIAC"],
    "Person.ssn": "999-12-7002",
    "Person.ciiNumber": "A00000002",
    "Person.fbiNumber": "000002DM0",
    "PersonName.given": "Leonard",
    "PersonName.middle": "Paul",
    "PersonName.surname": "Vanterpool",
    "PersonName.suffix": "SR",
    "PersonName.full": "Leonard Paul Vanterpool SR",
    "DriverLicense.number": "Z0000002",
    "DriverLicense.state": "CA",
    "DriverLicense.class": "C",
    "DriverLicense.status": "VALID",
    "DriverLicense.expiresOn": "2031-08-09",
    "Residence.street": "2280 Magnolia Ave",
    "Residence.city": "Riverside",
    "Residence.state": "CA",
    "Residence.postalCode": "92506",
    "Residence.confidential": False,
    "PersonConnection.total": 1,
    "PersonEdge.score": 70,
    "PersonEdge.why": ["SURNAME_LETTERS", "GIVEN_LETTERS"],
    "Vehicle.vin": "1HGCR2F88KZ000002",
    "Vehicle.plate": "1NTK002",
    "Vehicle.plateState": "CA",
    "Vehicle.plateType": "PC",
    "Vehicle.year": 2019,
    "Vehicle.make": "HOND",
    "Vehicle.model": "Accord",
    "Vehicle.style": "FOUR_DOOR_SEDAN",
    "Vehicle.color": "SIL",
    "Vehicle.stolen": True,
    "Registration.status": "CURRENT",
    "Registration.expiresOn": "2027-06-07",
    "VehicleConnection.total": 1,
    "VehicleEdge.why": ["PLATE"],
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
    **SHOWN_TO_AUDITOR,
}


def plant_person(folder: Path) -> None:
    """Write the planted values into the data folder."""
    statements: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for (source, table), row in CHANGED.items():
        assignments = ", ".join(f"{name} = :{name}" for name in row)
        statements[source].append((f"UPDATE {table} SET {assignments} WHERE {CONDITIONS[table]}", row))
    for source, table, row in ADDED:
        names = ", ".join(row)
        statements[source].append((f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})", row))
    for source, each in statements.items():
        with renewed(folder / f"{source}.db") as file:
            for statement, row in each:
                file.execute(statement, row)
