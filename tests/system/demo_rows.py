"""The rows of docs/demo-world.md: for each person, who asks the query of the row, and what the page must then show.

The queries are those of the page. A first caller has the right to what the row shows; another one has not, and the
record is refused with its rule, or looks absent. A few rows have more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WHOLE = "aal2 and a case number"


@dataclass(frozen=True, slots=True)
class Asked:
    """One caller who asks, and what the page shows.

    shown:    values of the response by path, with those of all members of a list in order.
    withheld: the beginnings of the lines of the list "Withheld", in order.
    absent:   whether a record looks absent. What is withheld is then no error: it is withheld of anybody.
    safety:   the words of the lines above the response, in order.
    full:     whether the caller has a second factor and names a case.
    query:    another query than that of the row.
    """

    role: str
    shown: dict[str, Any]
    withheld: tuple[str, ...] = ()
    absent: bool = False
    safety: tuple[str, ...] | None = None
    full: bool = False
    query: str = ""


def full(role: str, shown: dict[str, Any], **more: Any) -> Asked:
    """A caller with a second factor and a case number."""
    return Asked(role, shown, full=True, **more)


def absent(role: str, shown: dict[str, Any], *withheld: str) -> Asked:
    """A caller for whom a record looks absent."""
    return Asked(role, shown, withheld, absent=True)


def refused(role: str, *paths: str) -> Asked:
    """A caller who may know nobody."""
    return Asked(role, dict.fromkeys(paths), tuple(f"Withheld {path} IDENTITY: " for path in paths))


def no_vehicle(role: str) -> Asked:
    return Asked(role, {"vehicle": None}, ("Withheld vehicle DMV_RECORD: ",))


def flagged(flag: str, user: str) -> Asked:
    """An auditor, who finds the inquiry by the flag that it got."""
    query = f'inquiries(by: {{flag: "{flag}"}}, first: 1) {{ edges {{ node {{ user }} }} }}'
    return Asked("auditor", {"inquiries.edges.node.user": [user]}, query=query)


HISTORY, CYCLES = "criminalHistory", "criminalHistory.cycles"
CHILD = "MISSING PERSON, AT RISK, ENDANGERED"

ROWS: dict[str, tuple[Asked, ...]] = {
    "P0000001": (
        Asked("patrol", {"person.warrants.number": ["W000000001"], "person.warrants.extradition": ["FELONY_FULL"]}),
        refused("outsider", "person"),
    ),
    "P0000002": (
        full("investigator", {"protectiveOrder.protectedParties.phone": ["(760) 555-0142"]}),
        full(
            "court",
            {
                "protectiveOrder.firearmsProhibited": True,
                "protectiveOrder.protectedParties.phone": [None],
                "protectiveOrder.protectedParties.residence.street": ["ADDRESS CONFIDENTIAL"],
            },
        ),
        Asked(
            "jail",
            {"protectiveOrder.firearmsProhibited": True, "protectiveOrder.protectedParties": None},
            ("Withheld protectiveOrder.protectedParties PROTECTED_PARTY: ",),
        ),
    ),
    "P0000003": (
        full("investigator", {"vehicle.residence.city": "Chula Vista", "vehicle.owner.residence.city": "Chula Vista"}),
        Asked(
            "patrol",
            {
                "vehicle.residence.street": "ADDRESS CONFIDENTIAL",
                "vehicle.residence.city": None,
                "vehicle.owner.residence.street": "ADDRESS CONFIDENTIAL",
            },
        ),
    ),
    "P0000004": (
        Asked("records", {f"{CYCLES}.arrestedOn": ["2019-10-26", "2013-02-09"]}),
        absent("jail", {f"{CYCLES}.arrestedOn": ["2019-10-26"]}),
    ),
    "P0000005": (
        Asked("court", {"person.criminalHistory.cycles.arrestedOn": ["2022-10-11"]}),
        absent("records", {"person": {"criminalHistory": None}}),
    ),
    "P0000006": (
        Asked("investigator", {"person.criminalHistory.cycles.charges.disposition": [None, None]}),
        absent(
            "patrol",
            {"person": {"criminalHistory": None}},
            "Step up person.criminalHistory.cycles[].status CONVICTION: ",
            "Step up person.criminalHistory.cycles[].charges CONVICTION: ",
        ),
    ),
    "P0000007": (
        Asked("patrol", {"person.name.full": "Edith Lindqvist-Hale", "person.warrants": [], "person.vehicles": []}),
        refused("admin", "person"),
    ),
    "P0000008": (
        Asked("records", {"searchPersons.edges.node.id": ["P0000008"]}),
        absent("investigator", {"searchPersons": {"total": 0, "edges": []}}),
    ),
    "P0000009": (
        Asked(
            "dispatcher",
            {
                "searchPersons.edges.node.id": ["P0000009", "P0000010"],
                "searchPersons.edges.node.warrants.number": ["W000000009"],
            },
        ),
        refused("outsider", "searchPersons.total", "searchPersons.edges"),
    ),
    "P0000010": (Asked("patrol", {"vehicle.stolen": False, "vehicle.owner.id": "P0000010"}), no_vehicle("outsider")),
    "P0000011": (
        Asked("patrol", {"vehicle.stolen": True, "vehicle.reports.number": ["V000000011"]}),
        no_vehicle("auditor"),
    ),
    "P0000012": (
        Asked("patrol", {"vehicle.owner.name.full": "Desmond Carl Achterberger"}),
        flagged("COLLEAGUE", "demo-patrol"),
        no_vehicle("admin"),
    ),
    "P0000013": (
        Asked(
            "supervision",
            {
                "person.supervisedReleases.number": ["C000000013"],
                "person.criminalHistory.cycles.supervision.kind": ["PAROLE"],
            },
        ),
        refused("outsider", "person"),
    ),
    "P0000014": (
        Asked("investigator", {"vehicle.owner.name.full": "Marisol Reyes"}),
        flagged("SAME_SURNAME", "demo-investigator"),
        no_vehicle("outsider"),
    ),
    "P0000015": (Asked("court", {f"{CYCLES}.arrestedOn": ["2015-05-05"]}), absent("jail", {HISTORY: None})),
    "P0000016": (
        Asked("jail", {f"{CYCLES}.arrestedOn": [f"{year}-09-14" for year in range(2022, 2000, -1)]}),
        absent(
            "dispatcher",
            {HISTORY: None},
            *(f"Step up {CYCLES}[].{name} CONVICTION: " for name in ("arrestedOn", "charges", "custody")),
        ),
    ),
    "P0000017": (
        Asked("records", {"person.biometrics.kind": ["TEN_PRINT", "TEN_PRINT", "MUGSHOT"]}),
        absent("jail", {"person.biometrics.id": ["B000017001"], "person.biometrics.cycle": [None]}),
        Asked("dispatcher", {"person.biometrics": None}, ("Withheld person.biometrics BIOMETRIC: ",)),
    ),
    "P0000018": (
        Asked("records", {"person.missingReports.detail.bloodType": ["O_POSITIVE"]}, safety=(CHILD,)),
        Asked(
            "dispatcher",
            {"person.missingReports.amberAlert": [True], "person.missingReports.detail": [None]},
            ("Withheld person.missingReports[].detail MISSING_DETAIL: ",),
            safety=(CHILD,),
        ),
        Asked("court", {"person.missingReports": None}, ("Step up person.missingReports MISSING_PERSON: ",)),
    ),
    "P0000019": (
        Asked("records", {"person.missingReports.found.how": ["LOCATED"]}),
        absent(
            "patrol", {"person": {"missingReports": []}}, "Withheld person.missingReports[].found MISSING_HISTORY: "
        ),
    ),
    "P0000020": (
        full("investigator", {"person.missingReports.possibleMatches.number": ["U000000020"]}),
        Asked(
            "jail",
            {"person.missingReports.number": ["M000000020"], "person.missingReports.possibleMatches": [None]},
            (
                "Withheld person.missingReports[].detail MISSING_DETAIL: ",
                "Withheld person.missingReports[].possibleMatches MISSING_DETAIL: ",
            ),
        ),
    ),
    "P0000021": (
        Asked(
            "patrol",
            {"person.firearms.serial": ["N170482"], "person.firearms.transfers.owner.id": ["P0000021"]},
            safety=("ARMED AND PROHIBITED: MAY HAVE NO FIREARM",),
        ),
        Asked(
            "jail",
            {"person.armedAndProhibited": True, "person.firearms": None},
            ("Withheld person.firearms FIREARM_OWNERSHIP: ",),
            safety=("ARMED AND PROHIBITED: MAY HAVE NO FIREARM",),
        ),
    ),
    "P0000022": (
        Asked("records", {f"{CYCLES}.diversion.status": ["COMPLETED"]}),
        absent("investigator", {HISTORY: None}, f"Withheld {CYCLES}[].diversion REHABILITATION: "),
    ),
    "P0000023": (
        Asked("patrol", {"vehicle.owner.warrants": []}, safety=("OCCUPANTS ARMED", "FELONY VEHICLE")),
        no_vehicle("outsider"),
    ),
    "P0000024": (
        Asked("dispatcher", {"vehicle.stolen": False, "vehicle.reports.recovery.condition": ["STRIPPED"]}),
        no_vehicle("admin"),
    ),
    "P0000025": (
        full(
            "patrol",
            {"person.gangMemberships.group": ["Quarry Lane"]},
            safety=("VIOLENT PERSON, THREAT TO LAW ENFORCEMENT",),
        ),
        full(
            "dispatcher",
            {"person.violentPerson.number": "L000000025", "person.gangMemberships": None},
            withheld=("Withheld person.gangMemberships GANG: ",),
            safety=("VIOLENT PERSON, THREAT TO LAW ENFORCEMENT",),
        ),
    ),
    "P0000026": (
        Asked("patrol", {"protectiveOrder.enforcement": "NOTIFY_THEN_ENFORCE", "protectiveOrder.served": False}),
        Asked("outsider", {"protectiveOrder": None}, ("Withheld protectiveOrder PROTECTIVE_ORDER: ",)),
    ),
    "P0000027": (
        Asked("dispatcher", {"person.protectiveOrders.number": ["H000001027", "H000000027"]}),
        refused("auditor", "person"),
    ),
    "P0000028": (
        Asked("jail", {"person.protectiveOrders.isForeign": [True]}),
        absent(
            "court", {"person": {"protectiveOrders": []}}, "Step up person.protectiveOrders[].isForeign FOREIGN_ORDER: "
        ),
    ),
    "P0000029": (
        Asked(
            "patrol",
            {"person.protectiveOrders.brady": ["UNKNOWN"], "person.protectiveOrders.firearmsProhibited": [None]},
            safety=("PROTECTIVE ORDER, SERVED: ENFORCE IT; FIREARMS PROHIBITION UNKNOWN",),
        ),
        refused("outsider", "person"),
    ),
    "P0000030": (
        Asked("investigator", {"person.accidents.parties.fault": ["AT_FAULT", "ANOTHER_AT_FAULT"]}),
        Asked(
            "patrol",
            {"person.accidents.number": ["192025000030"], "person.accidents.parties.fault": [None, None]},
            (
                "Step up person.accidents[].parties[].name ACCIDENT_PARTY: ",
                "Step up person.accidents[].parties[].fault ACCIDENT_PARTY: ",
            ),
        ),
        Asked("jail", {"person": {"accidents": None}}, ("Withheld person.accidents ACCIDENT: ",)),
    ),
    "P0000031": (
        Asked(
            "records",
            {"person.accidents": [], "person.vehicles.accidents.parties.fault": ["AT_FAULT", "ANOTHER_AT_FAULT"]},
        ),
        Asked(
            "supervision",
            {"person.accidents": None, "person.vehicles.accidents": [None]},
            ("Withheld person.accidents ACCIDENT: ", "Withheld person.vehicles[].accidents ACCIDENT: "),
        ),
    ),
    "P0000032": (
        Asked(
            "patrol",
            {"vehicle.missingReports.number": ["M000000018"], "vehicle.owner.missingReports": []},
            safety=(f"LAST SEEN WITH A {CHILD}",),
        ),
        Asked(
            "court",
            {"vehicle.missingReports": None, "vehicle.owner.missingReports": None},
            (
                "Step up vehicle.missingReports MISSING_PERSON: ",
                "Step up vehicle.owner.missingReports MISSING_PERSON: ",
            ),
            safety=("No lines, and not complete",),
        ),
    ),
}
