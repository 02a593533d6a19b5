"""Planted rows of property: a report on the planted person's vehicle, and one on a thing of each other kind."""

from __future__ import annotations

from typing import Any

from resolvers.property import STORED
from tests.attacks.planted.rows import Changed, Planted, Row

ENTRY = {
    "agency_ori": "CA9197700",
    "entered_at": "2025-11-02T16:45:00Z",
    "state": "ACTIVE",
    "version": 7,
    "occurred_on": "2025-11-01",
    "hold_for_prints": 1,
    "occupants_armed": 1,
}


def report(number: str, file: str, **columns: Any) -> Row:
    """A report; columns that are not given are null."""
    nothing: dict[str, Any] = {column.name: None for column in STORED.columns}
    fcn = f"25306{number[-1]}0000{number[1:4]}"
    return "property_report", {
        **nothing,
        **ENTRY,
        "number": number,
        "fcn": fcn,
        "file": file,
        "status": "STOLEN",
        **columns,
    }


CHANGED: list[Changed] = []
ADDED: list[Row] = [
    report(
        "V000000002",
        "SV",
        fcn="2530600000002",
        case_number="25-77012",
        status="FELONY",
        serial="PLANTED-ENGINE-9",
        owner_applied_number="PLANTED-OWNER-9",
        hull_number="AMF90210C404",
        recovered_on="2025-11-03",
        recovery_agency_ori="CA9197799",
        recovery_condition="BURNED",
        vin="1HGCR2F88KZ000002",
        plate="1NTK002",
        plate_state="CA",
        year=2019,
        make="HOND",
        model="Accord",
        style="4D",
        color="SIL",
    ),
    report("P000000902", "SL", plate="PLNT902", plate_state="WY", plate_type="EX"),
    report("V000000902", "SP", part_category="AB", brand="PLANTED AIRBAGS"),
    report(
        "B000000902",
        "SB",
        registration="CF9021PL",
        registration_state="NV",
        hull_number="PLT90210C404",
        boat_category="HYD",
        hull_material="WD",
        hull_shape="CM",
        propulsion="SI",
        length_feet=73902,
        color="TEA",
        boat_name="PLANTED BOAT",
    ),
    report(
        "A000000902", "SA", article_category="W", article_type="WPLANTD", brand="PLANTED DRILLS", model="PLANTED BIT"
    ),
    report(
        "S000000902",
        "SS",
        security_type="GC",
        issuer="PLANTED ISSUER",
        denomination_cents=5590210,
        series_year=61907,
        money_use="R",
    ),
]
VALUES = {
    "PropertyReport.number": "V000000002",
    "PropertyReport.fcn": "2530600000002",
    "PropertyReport.agencyOri": "CA9197700",
    "PropertyReport.caseNumber": "25-77012",
    "PropertyReport.enteredAt": "2025-11-02T16:45:00+00:00",
    "PropertyReport.state": "ACTIVE",
    "PropertyReport.version": 7,
    "PropertyReport.file": "VEHICLE",
    "PropertyReport.status": "FELONY",
    "PropertyReport.occurredOn": "2025-11-01",
    "PropertyReport.ownerAppliedNumber": "PLANTED-OWNER-9",
    "PropertyReport.serial": "PLANTED-ENGINE-9",
    "PropertyReport.holdForPrints": True,
    "PropertyReport.occupantsArmed": True,
    "Recovery.on": "2025-11-03",
    "Recovery.agencyOri": "CA9197799",
    "Recovery.condition": "BURNED",
    "Vehicle.stolen": True,
    "StolenVehicle.vin": "1HGCR2F88KZ000002",
    "StolenVehicle.plate": "1NTK002",
    "StolenVehicle.plateState": "CA",
    "StolenVehicle.year": 2019,
    "StolenVehicle.make": "HOND",
    "StolenVehicle.model": "Accord",
    "StolenVehicle.style": "FOUR_DOOR_SEDAN",
    "StolenVehicle.color": "SIL",
    "StolenPlate.plate": "PLNT902",
    "StolenPlate.plateState": "WY",
    "StolenPlate.plateType": "EX",
    "VehiclePart.part": "AIRBAG",
    "VehiclePart.brand": "PLANTED AIRBAGS",
    "Boat.registration": "CF9021PL",
    "Boat.state": "NV",
    "Boat.hullNumber": "PLT90210C404",
    "Boat.category": "HYDROFOIL",
    "Boat.hullMaterial": "WOOD",
    "Boat.hullShape": "CATAMARAN",
    "Boat.propulsion": "SAIL_INBOARD",
    "Boat.lengthFeet": 73902,
    "Boat.color": "TEA",
    "Boat.name": "PLANTED BOAT",
    "Article.articleCategory": "WELL_DRILLING",
    "Article.articleType": "WPLANTD",
    "Article.brand": "PLANTED DRILLS",
    "Article.model": "PLANTED BIT",
    "Security.type": "GOLD_CERTIFICATE",
    "Security.issuer": "PLANTED ISSUER",
    "Security.denominationCents": 5590210,
    "Security.seriesYear": 61907,
    "Security.ransom": "RANSOM",
}
ENTRY_PATHS = {
    "property": [
        'by: {number: "V000000002"}',
        'by: {vin: "1HGCR2F88KZ000002"}',
        'by: {plate: {number: "1NTK002", state: "CA"}}',
        'by: {plate: {number: "1NTK002"}}',
        'by: {serial: "PLANTED-ENGINE-9"}',
        'by: {ownerApplied: "PLANTED-OWNER-9"}',
        'by: {hin: "AMF90210C404"}',
    ],
}
MEMBER_PATHS = {
    "StolenVehicle": 'property(by: {number: "V000000002"})',
    "StolenPlate": 'property(by: {number: "P000000902"})',
    "VehiclePart": 'property(by: {number: "V000000902"})',
    "Boat": 'property(by: {number: "B000000902"})',
    "Article": 'property(by: {number: "A000000902"})',
    "Security": 'property(by: {number: "S000000902"})',
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS, MEMBER_PATHS)
