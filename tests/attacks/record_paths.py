"""The paths to the demonstration investigator's own records, in every source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STEPPED_UP: Final = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-1")'

NOTHING: Final = {"total": 0, "edges": []}
PATHS: Final[Mapping[str, tuple[str, object]]] = {
    "person": ('person(id: "P0000008") { name { full } }', {"person": None}),
    "a person in small letters": ('person(id: " p0000008 ") { name { full } }', {"person": None}),
    "persons": (
        'persons(ids: ["P0000008", "P0000007", "P0000008"]) { id }',
        {"persons": [None, {"id": "P0000007"}, None]},
    ),
    "name": (
        'searchPersons(by: {name: {surname: "Reyes", given: "Dana"}}) { total edges { node { id } } }',
        {"searchPersons": NOTHING},
    ),
    "the sound of the name": (
        'searchPersons(by: {name: {surname: "Rayes", given: "Dana"}}) { total edges { node { id } } }',
        {"searchPersons": NOTHING},
    ),
    "the names swapped": (
        'searchPersons(by: {name: {surname: "Dana", given: "Reyes"}}) { total edges { node { id } } }',
        {"searchPersons": NOTHING},
    ),
    "licence": (
        'searchPersons(by: {driverLicense: {number: "Z0000008"}}) { total edges { node { id } } }',
        {"searchPersons": NOTHING},
    ),
    "social security number": (
        'searchPersons(by: {ssn: "999-18-7008"}) { total edges { node { id } } }',
        {"searchPersons": NOTHING},
    ),
    "CII number": (
        'searchPersons(by: {ciiNumber: "A00000008"}) { total edges { node { id } } }',
        {"searchPersons": NOTHING},
    ),
    "FBI number": (
        'searchPersons(by: {fbiNumber: "000008DM0"}) { total edges { node { id } } }',
        {"searchPersons": NOTHING},
    ),
    "plate": ('vehicle(by: {plate: {number: "1NTK008"}}) { vin owner { id } }', {"vehicle": None}),
    "part of a plate": (
        'searchVehicles(by: {plateStart: "1NTK008"}) { total edges { node { vin } } }',
        {"searchVehicles": NOTHING},
    ),
    "part of a VIN": (
        'searchVehicles(by: {vinEnd: "Z000008"}) { total edges { node { vin } } }',
        {"searchVehicles": NOTHING},
    ),
    "a description": (
        'searchVehicles(by: {make: TOYT, model: "RAV4", color: RED, yearFrom: 2021}) { total edges { node { vin } } }',
        {"searchVehicles": NOTHING},
    ),
    "warrant": ('warrant(number: "W000000008") { number subject { id } }', {"warrant": None}),
    "order": ('protectiveOrder(number: "H000000008") { number restrained { id } }', {"protectiveOrder": None}),
    "missing person": (
        'missingPerson(number: "M000000008") { number subject { id } }',
        {"missingPerson": None},
    ),
    "missing persons of a place": (
        'searchMissingPersons(by: {lastSeenState: "CA", lastSeenTo: "2003", closed: true}) { total edges { cursor } }',
        {"searchMissingPersons": NOTHING},
    ),
    "serial number": (
        'firearm(by: {serial: {number: "N080417"}}) { serial transfers { owner { id } } }',
        {"firearm": []},
    ),
    "serial number and maker": (
        'firearm(by: {serial: {number: "no80417", make: SIG_SAUER}}) { serial }',
        {"firearm": []},
    ),
    "a report on a firearm": ('firearm(by: {number: "G000000008"}) { serial reports { number } }', {"firearm": []}),
    "accident": ('accident(number: "192016000008") { number parties { fault } }', {"accident": None}),
    "supervised release": (
        'supervisedRelease(number: "C000000008") { number subject { id } }',
        {"supervisedRelease": None},
    ),
    "history": ('criminalHistory(ciiNumber: "A00000008") { ciiNumber subject { id } }', {"criminalHistory": None}),
}
"""Every path to the demonstration investigator's own records: a root field, and its result for that caller."""
