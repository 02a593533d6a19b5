"""People and their aliases, for the master name index."""

from __future__ import annotations

from typing import Final

from names.folding import plain_letters
from resolvers.codes.person import LicenseClass, LicenseStatus
from resolvers.name_index import METADATA as NAME_INDEX
from seed import descriptors, name_index
from seed.arrests import ArrestCounts
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.data import toml, weighted_codes
from seed.demo_values import DemoTable, name_columns
from seed.geography import COUNTIES, NO_ADDRESS, address
from seed.names import ORIGINS, Name, alias, name, transposed
from seed.numbers import FROM_1, Numbers, Series
from seed.random_person import RandomPerson, RecordCounts
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import SourceSeed, WorldDraws

NO_LICENSE: Final[Columns] = dict.fromkeys(
    ("license_number", "license_state", "license_class", "license_status", "license_expires_on")
)

REPORTED_MISSING: Final = 0.007
"""Share of people about whom the system of missing persons has a report."""

PURGED_ORDERS: Final = 0.01
"""Share of people whose orders were all purged from the order file. No caller sees their number."""

_WEIGHTS: Final = toml("weights")["persons"]
_SEX: Final = weighted(_WEIGHTS["sex"])
_VEHICLES: Final = weighted({0: 18, 1: 50, 2: 24, 3: 6, 4: 2})
_WARRANTS: Final = weighted({1: 75, 2: 18, 3: 5, 4: 2})
_ORDERS: Final = weighted({1: 85, 2: 13, 3: 2})
_STATUS: Final = weighted_codes(LicenseStatus, _WEIGHTS["license_status"])
_CLASS: Final = weighted_codes(LicenseClass, _WEIGHTS["license_class"])
_STATE: Final = weighted(_WEIGHTS["license_state"])

# Peace officers work for agencies of one county only, so that no random person is a colleague of the
# demonstration callers, whose agencies are elsewhere; the demonstration colleague is one by design.
_EMPLOYERS: Final = COUNTIES["San Diego"].police


def draw(rng: Rng, numbers: Numbers, neighbour: Columns | None) -> RandomPerson:
    """A person, their aliases, and how many records there are about them.

    `neighbour` is a person drawn before: 3 in 1,000 people have their neighbour's name and birth date.
    """
    sex = rng.one_of(_SEX)
    origin = rng.one_of(ORIGINS)
    born = TODAY - rng.integer(14 * YEAR + 4, 14 * YEAR + int(66 * YEAR * (0.15 + 0.85 * rng.random())))
    primary = name(rng, origin, sex)
    if neighbour is not None and rng.happens(0.003):
        primary = Name(*(neighbour[part] for part in Name._fields))
        sex, born = neighbour["sex"], ordinal(neighbour["birth_date"])
        if rng.happens(0.3):
            primary = transposed(primary)

    license = _license(rng, numbers, (TODAY - born) // YEAR)
    counts = RecordCounts(
        vehicles=rng.one_of(_VEHICLES) if license["license_number"] else 0,
        warrants=rng.one_of(_WARRANTS) if rng.happens(0.02) else 0,
        orders=rng.one_of(_ORDERS) if rng.happens(0.015) else 0,
        arrests=ArrestCounts.draw(rng, TODAY - born),
    )
    # Most people without a record are fingerprinted too, as applicants: a CII number is no sign of a hidden record.
    is_printed = any(counts.arrests) or counts.warrants > 0 or rng.happens(0.6)
    is_officer = counts.arrests.adult == 0 and rng.happens(0.004)
    residence = address(rng) if rng.happens(0.97) else NO_ADDRESS
    person = {
        "row_id": next(numbers.person_row),
        "id": numbers.person.next(),
        **primary._asdict(),
        "birth_date": iso(born),
        **descriptors.draw(rng, origin, sex, TODAY - born, is_printed=is_printed, is_wanted=counts.warrants > 0),
        "ssn": numbers.ssn.next() if rng.happens(0.93) else None,
        **license,
        "cii_number": numbers.cii.next() if is_printed else None,
        "fbi_number": numbers.fbi.next() if is_printed else None,
        "carpos_number": numbers.carpos.next() if counts.orders else None,
        "mups_number": None,
        **residence,
        "is_confidential": is_officer or rng.happens(0.006),
        "subject_surname": plain_letters(primary.surname),
        "subject_user": None,
        "subject_ori": rng.one_of(_EMPLOYERS) if is_officer else None,
    }
    aliases: list[Name] = []
    while len(aliases) < 5 and rng.happens(0.15 if is_printed else 0.05):
        drawn = alias(rng, primary, origin, sex)
        if drawn != primary and drawn not in aliases:
            aliases.append(drawn)
    return RandomPerson(person, aliases, counts)


class People:
    """The people of one world, one after another."""

    def __init__(self, world: WorldDraws) -> None:
        self._world = world
        self._previous: Columns | None = None
        self._reported = world.own_rng("missing_persons.numbers")
        self._mups = Series(self._reported, "M", "U", FROM_1, digits=7)
        self._purged = world.own_rng("protective_orders.numbers")
        self._carpos = Series(self._purged, "R", "0", FROM_1, digits=6)

    def next(self) -> RandomPerson:
        """The next person. One who was ever reported missing has a number in the system of missing persons.

        Some have a number in the order file, whose orders were purged: a number without an order is no sign of one that
        is hidden.
        """
        person = draw(self._world.rng, self._world.numbers, self._previous)
        if self._reported.happens(REPORTED_MISSING):
            person.columns["mups_number"] = self._mups.next()
        if self._purged.happens(PURGED_ORDERS) and person.columns["carpos_number"] is None:
            person.columns["carpos_number"] = self._carpos.next()
        self._previous = person.columns
        return person


def subject(person: Columns) -> Columns:
    """The subject of a record, repeated on each record so that rules about the subject need no join."""
    return {column: person[column] for column in ("subject_surname", "subject_user", "subject_ori")}


def rows(person: Columns, aliases: list[Name]) -> list[Row]:
    """The rows of one person in the master name index."""
    found: list[Row] = [("person", person)]
    found += (("alias", {"person": person["id"], **alias._asdict()}) for alias in aliases)
    return found


def _demo(_number: int, person: Columns, table: DemoTable) -> list[Row]:
    return rows(person, [Name(**name_columns(alias)) for alias in table.get("aliases", ())])


def _license(rng: Rng, numbers: Numbers, age: int) -> Columns:
    """A licence, for most people from 16 on. A valid licence past its date is expired."""
    if age < 16 or rng.happens(0.13):
        return NO_LICENSE
    state = rng.one_of(_STATE)
    status = rng.one_of(_STATUS)
    expires = TODAY + rng.integer(-YEAR // 3, 5 * YEAR)
    if expires < TODAY and status == LicenseStatus.VALID.value:
        status = LicenseStatus.EXPIRED.value
    license_class = rng.one_of(_CLASS) if age >= 21 else LicenseClass.C.value
    values = numbers.license[state].next(), state, license_class, status, iso(expires)
    return dict(zip(NO_LICENSE, values, strict=True))


SEED: Final = SourceSeed(
    lambda _world: lambda person: rows(person.columns, person.aliases),
    _demo,
    index=name_index.write,
    index_tables=(NAME_INDEX,),
)
