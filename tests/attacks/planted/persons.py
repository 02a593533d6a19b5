"""Planted rows of people."""

from __future__ import annotations

from tests.attacks.planted.rows import SUBJECT_COLUMNS, Changed, Planted, Row

CHANGED: list[Changed] = [
    Changed(
        "person",
        "id = 'P0000002'",
        {
            "suffix": "SR",
            "weight_pounds": 913,
            "scars_marks_tattoos": '["TAT R SHLD - planted anchor"]',
            "cautions": '["85"]',
            "license_expires_on": "2031-08-09",
            "mups_number": "MU00000002",
        },
    ),
    Changed("name_key", "person = 2", {"is_only": 0}),
]
ADDED: list[Row] = [
    ("alias", {"person": "P0000002", "given": "Lennart", "surname": "Plantwell"}),
    (
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
    ("surname_key", {"key": "LPLANTWELL", "name": "PLANTWELL"}),
    ("given_key", {"key": "LLENNART", "name": "LENNART"}),
]
VALUES = {
    "Person.id": "P0000002",
    "Person.birthDate": "1979-11-02",
    "Person.sex": "M",
    "Person.race": "B",
    "Person.ethnicity": "N",
    "Person.heightInches": 71,
    "Person.weightPounds": 913,
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
}
ENTRY_PATHS = {
    "person": ['id: "P0000002"'],
    "persons": ['ids: ["P0000002"]', 'ids: ["P0000001", "P0000002", "P0000003", "P0000002"]'],
    "searchPersons": [
        'by: {name: {surname: "Vanterpool", given: "Leonard"}}',
        'by: {name: {surname: "Vanterpool"}}',
        'by: {name: {surname: "Vanterpol", given: "L"}}',
        'by: {name: {surname: "Leonard", given: "Vanterpool"}}',
        'by: {name: {surname: "Plantwell", given: "Lennart"}}',
        'by: {name: {surname: "Vanterpool", birthDate: "1980-01-01", expandBirthDate: true, sex: M, race: B}}',
        'by: {driverLicense: {number: "Z0000002"}}',
        'by: {ssn: "999-12-7002"}',
        'by: {ciiNumber: "A00000002"}',
        'by: {fbiNumber: "000002DM0"}',
    ],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
