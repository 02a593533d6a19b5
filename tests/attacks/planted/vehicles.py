"""Planted rows of vehicles."""

from __future__ import annotations

from tests.attacks.planted.rows import Changed, Planted, Row

CHANGED: list[Changed] = [
    Changed("vehicle", "plate = '1NTK002'", {"is_stolen": 1, "registration_expires_on": "2027-06-07"}),
]
ADDED: list[Row] = []
VALUES = {
    "Vehicle.vin": "1HGCR2F88KZ000002",
    "Vehicle.plate": "1NTK002",
    "Vehicle.plateState": "CA",
    "Vehicle.plateType": "PC",
    "Vehicle.year": 2019,
    "Vehicle.make": "HOND",
    "Vehicle.model": "Accord",
    "Vehicle.style": "FOUR_DOOR_SEDAN",
    "Vehicle.color": "SIL",
    "Registration.status": "CURRENT",
    "Registration.expiresOn": "2027-06-07",
    "VehicleConnection.total": 1,
    "VehicleEdge.why": ["PLATE"],
}
ENTRY_PATHS = {
    "vehicle": ['by: {vin: "1HGCR2F88KZ000002"}', 'by: {plate: {number: "1NTK002"}}'],
    "vehiclesByPlate": ['number: "1NTK002"'],
    "searchVehicles": ['by: {plateStart: "1NTK002"}', "by: {make: HOND, yearFrom: 2019, yearTo: 2019, stolen: true}"],
}

PLANTED = Planted(CHANGED, ADDED, VALUES, ENTRY_PATHS)
