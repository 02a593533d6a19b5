"""People and orders of a seeded world as a caller sees them, and the properties that the world hides from callers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy.grants import Grant
from policy.record_classes import RecordClass
from resolvers.codes.order import ProhibitionBasis
from seed.order_entries import FOREIGN
from tests.attacks.features import as_set, features, selection, sets
from tests.attacks.inference import Share, Target, shares
from tests.attacks.positions import EVERY_ROLE, INQUIRY, OPERATION_HEAD, Position
from tests.harness import World, person_ids

READERS = [each for each in EVERY_ROLE if isinstance(each.verdicts()[RecordClass.IDENTITY], Grant)]
"""The callers who see people, without and with a step-up."""

Records = list[dict[str, Any]]

EVERYTHING = selection("Person")
BATCH = 50
RATIO = 2.0
"""A share may be this many times that of all records. Most of it is due to CII numbers: who has none has no arrest."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A property of some records: of people by id or CII number, or of orders by number.

    of:      the record class whose denial hides it.
    most:    the largest share of records that may have it, if that is not a multiple of the share of all.
    ignored: features with one of these beginnings are left out, because they tell of it by rule.
    """

    name: str
    of: RecordClass
    key: str
    source: str
    numbers: str
    most: float | None = None
    ignored: tuple[str, ...] = ()

    def set_among(self, records: Records, folder: Path) -> int:
        """The set of the records that have it."""
        with closing(sqlite3.connect(f"file:{folder / self.source}.db?mode=ro", uri=True)) as connection:
            connection.execute("ATTACH ? AS people", (f"file:{folder / 'persons.db'}?mode=ro",))
            numbers = {number for (number,) in connection.execute(self.numbers)}
        return as_set(index for index, record in enumerate(records) if record[self.key] in numbers)


def _cycles(name: str, of: RecordClass, condition: str, ignored: tuple[str, ...] = ()) -> Hidden:
    numbers = f"SELECT cii_number FROM cycle WHERE {condition}"
    return Hidden(name, of, "ciiNumber", "criminal_history", numbers, ignored=ignored)


def _orders(name: str, of: RecordClass, numbers: str, most: float | None = None) -> Hidden:
    return Hidden(name, of, "number", "protective_orders", numbers, most)


def _reports(name: str, of: RecordClass, condition: str, ignored: tuple[str, ...]) -> Hidden:
    people = "SELECT id FROM people.person JOIN missing_person ON mups_number = subject_mups"
    return Hidden(name, of, "id", "missing_persons", f"{people} WHERE {condition}", ignored=ignored)


def _accidents(name: str, of: RecordClass, condition: str, ignored: tuple[str, ...] = ()) -> Hidden:
    drivers = (
        "SELECT person.id FROM people.person JOIN accident_party USING (license_state, license_number) WHERE role = '1'"
    )
    return Hidden(name, of, "id", "accidents", f"{drivers} AND {condition}", ignored=ignored)


# A vehicle has its accidents, with any driver at fault: the driver is often its owner.
ACCIDENTS = ("person.vehicles.accidents", "person.accidents")
# Supervision is open by rule, and it follows a conviction. Who has one conviction often has other arrests.
# A biometric set is of an arrest, which it repeats.
HISTORY = ("person.criminalHistory", "person.supervision", "person.supervisedReleases", "person.biometrics")
# Bail and a diversion under way are of recent years, and who is young was arrested in these, if at all.
RECENT = (*HISTORY, "person.birthDate")
HIDDEN = (
    _cycles("a sealed arrest", RecordClass.SEALED, "is_sealed OR diversion_status = 'COMPLETED'"),
    _cycles("a juvenile arrest", RecordClass.JUVENILE, "is_juvenile"),
    _cycles("a conviction", RecordClass.CONVICTION, "has_conviction", HISTORY),
    _cycles("an arrest without a conviction", RecordClass.ARREST_ONLY, "NOT has_conviction", HISTORY),
    Hidden(
        *("a gang membership", RecordClass.GANG, "fbiNumber", "alerts"),
        "SELECT subject_fbi FROM gang_membership WHERE purge_on > '2026-01-01'",
    ),
    _reports("a closed report", RecordClass.MISSING_HISTORY, "missing_person.state = 'CLEARED'", ()),
    _reports(
        "an open report", RecordClass.MISSING_PERSON, "missing_person.state = 'ACTIVE'", ("person.missingReports",)
    ),
    _cycles("a release before trial", RecordClass.PRETRIAL, "pretrial_release IS NOT NULL", RECENT),
    _cycles("a diversion under way", RecordClass.REHABILITATION, "diversion_status = 'UNDER_WAY'", RECENT),
    _accidents("an accident on the record", RecordClass.ACCIDENT, "fault IS NOT 'ANOTHER_AT_FAULT'"),
    _accidents("an accident of another's fault", RecordClass.ACCIDENT_PARTY, "fault = 'ANOTHER_AT_FAULT'", ACCIDENTS),
    Hidden(
        *("a biometric set", RecordClass.BIOMETRIC, "ciiNumber", "biometrics"),
        "SELECT cii_number FROM biometric_set",
        ignored=HISTORY,
    ),
    Hidden(
        *("a firearm", RecordClass.FIREARM_OWNERSHIP, "id", "firearms"),
        "SELECT person.id FROM people.person JOIN firearm_transfer"
        " ON (owner_license_state, owner_license) = (license_state, license_number) WHERE is_current AND NOT is_permit",
        # Who is armed and prohibited has a firearm by rule.
        ignored=("person.armedAndProhibited",),
    ),
    Hidden(
        *("an order of another state", RecordClass.FOREIGN_ORDER, "id", "protective_orders"),
        "SELECT id FROM people.person JOIN protective_order ON restrained_carpos = carpos_number WHERE is_foreign",
        # Who has an order may have another: to know of one more says this much of where it was made.
        most=FOREIGN,
    ),
    Hidden(
        *("a confidential address", RecordClass.DMV_ADDRESS, "id", "persons"),
        "SELECT id FROM person WHERE is_confidential",
    ),
    _orders(
        *("a confidential protected party", RecordClass.PROTECTED_PARTY),
        "SELECT order_number FROM protected_party WHERE is_confidential",
    ),
    *(
        _orders(
            *(f"the basis {basis.value}", RecordClass.PROHIBITION_BASIS),
            f"SELECT number FROM protective_order WHERE prohibition_basis = '{basis.value}'",
            most=0.5,
        )
        for basis in ProhibitionBasis
    ),
)


async def look(world: World, caller: Position, fields: str = EVERYTHING) -> Records:
    """All people whom the caller sees, with all that they see of them: more fields than a client may select at once."""
    world.allow_fields(len(fields.split()))
    head = OPERATION_HEAD.replace(")", ", $ids: [ID!]!)")
    document = f"{head} {INQUIRY} {{ persons(ids: $ids) {fields} }}"
    token, ids = caller.token(world), person_ids(world.folder)
    people: Records = []
    for start in range(0, len(ids), BATCH):
        variables = caller.variables | {"ids": ids[start : start + BATCH]}
        response = await world.execute(document, token=token, variables=variables)
        people += filter(None, response.data["persons"])
    return people


@dataclass(slots=True)
class Inference:
    """The best inference of one hidden property, which `base` of all records have, and those beyond the bound."""

    hidden: Hidden
    base: float
    best: Share
    beyond: list[Share]

    @property
    def bound(self) -> float:
        """The largest share that may be due to open values."""
        return self.hidden.most or RATIO * self.base

    def __str__(self) -> str:
        return f"{self.hidden.name}: {self.base:.1%} of all, {self.best}"


def inferences(folder: Path, caller: Position, people: Records, support: int) -> Iterator[Inference]:
    """An inference for each property that the caller may not know of."""
    verdicts = caller.verdicts()
    orders = [order | {"person": person} for person in people for order in person["protectiveOrders"]]
    unknown = [hidden for hidden in HIDDEN if not isinstance(verdicts[hidden.of], Grant)]
    for records, kind, is_numbered in ((people, "person", False), (orders, "order", True)):
        known = sets((features(record, kind) for record in records), support)
        found: dict[Target, Inference] = {}
        for hidden in unknown:
            if (hidden.key == "number") is is_numbered:
                having = hidden.set_among(records, folder)
                all_of_them = Share((), having.bit_count(), len(records))
                base = all_of_them.hits / len(records)
                target = Target(having, base, hidden.ignored)
                found[target] = Inference(hidden, base, all_of_them, [])
        for target, share in shares(known, list(found), support):
            inference = found[target]
            if share.at_least > inference.best.at_least:
                inference.best = share
            if share.exceeds(inference.bound):
                inference.beyond.append(share)
            # A share up to this one is neither the best nor beyond the bound.
            target.threshold = min(inference.bound, max(inference.base, inference.best.at_least))
        yield from found.values()
