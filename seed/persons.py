"""People and their aliases, for the master name index."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from resolvers.codes.person import LicenseClass, LicenseStatus
from resolvers.names import normalized, phonetic_code
from seed import descriptors
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.data import toml, weighted_codes
from seed.geography import NO_ADDRESS, SAN_DIEGO, Address, address
from seed.names import ORIGINS, Name, alias, name, transposed
from seed.numbers import Numbers
from seed.rng import Rng, weighted


class Person(NamedTuple):
    """One row of `person`, column for column."""

    id: str
    given: str
    middle: str | None
    surname: str
    suffix: str | None
    birth_date: str
    sex: str
    race: str
    ethnicity: str | None
    height_inches: int | None
    weight_pounds: int | None
    eye_color: str | None
    hair_color: str | None
    scars_marks_tattoos: str
    cautions: str
    ssn: str | None
    license_number: str | None
    license_state: str | None
    license_class: str | None
    license_status: str | None
    license_expires_on: str | None
    cii_number: str | None
    fbi_number: str | None
    carpos_number: str | None
    street: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    is_confidential: bool
    subject_surname: str
    subject_user: str | None
    subject_ori: str | None

    @property
    def residence(self) -> Address:
        return Address(self.street, self.city, self.state, self.postal_code)

    @property
    def subject_columns(self) -> SubjectColumns:
        return SubjectColumns(self.subject_surname, self.subject_user, self.subject_ori)


class Alias(NamedTuple):
    """One row of `alias`."""

    person: str
    given: str
    middle: str | None
    surname: str
    suffix: str | None


class NameKey(NamedTuple):
    """One row of `name_key`: a name in the normalized and phonetic form that searches compare."""

    person: int
    is_alias: bool
    surname: str
    given: str
    surname_sound: str
    given_sound: str
    birth_date: str
    sex: str
    race: str
    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


class SubjectColumns(NamedTuple):
    """The subject of a record, repeated on each record so that rules about the subject need no join."""

    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


class RecordCounts(NamedTuple):
    """How many records each source holds about a person, which decides the numbers that the person has."""

    vehicles: int
    warrants: int
    orders: int
    cycles: int


class License(NamedTuple):
    """The columns of a driver's licence."""

    license_number: str | None
    license_state: str | None
    license_class: str | None
    license_status: str | None
    license_expires_on: str | None


NO_LICENSE: Final = License(None, None, None, None, None)

_WEIGHTS: Final = toml("weights")["persons"]
_SEX: Final = weighted(_WEIGHTS["sex"])
_VEHICLES: Final = weighted({0: 18, 1: 50, 2: 24, 3: 6, 4: 2})
_WARRANTS: Final = weighted({1: 75, 2: 18, 3: 5, 4: 2})
_ORDERS: Final = weighted({1: 85, 2: 13, 3: 2})
# Most people with a history have one to three cycles; the tail is long.
_CYCLES: Final = weighted({
    **dict(zip(range(1, 13), (440, 220, 120, 62, 40, 28, 20, 15, 12, 9, 7, 5), strict=True)),
    **dict.fromkeys(range(13, 33), 1),
})  # fmt: skip
_STATUS: Final = weighted_codes(LicenseStatus, _WEIGHTS["license_status"])
_CLASS: Final = weighted_codes(LicenseClass, _WEIGHTS["license_class"])
_STATE: Final = weighted(_WEIGHTS["license_state"])

# Peace officers work for agencies of one county only, so that no random person is a colleague of the
# demonstration callers, whose agencies are elsewhere; the demonstration colleague is one by design.
_EMPLOYERS: Final = SAN_DIEGO.police


def draw(number: int, rng: Rng, numbers: Numbers, neighbour: Person | None) -> tuple[Person, list[Name], RecordCounts]:
    """The person with this number, their aliases, and how many records there are about them.

    `neighbour` is a person drawn before: 3 in 1,000 people have their neighbour's name and birth date.
    """
    sex = rng.one_of(_SEX)
    origin = rng.one_of(ORIGINS)
    born = TODAY - rng.integer(14 * YEAR + 4, 14 * YEAR + int(66 * YEAR * (0.15 + 0.85 * rng.random())))
    primary = name(rng, origin, sex)
    if neighbour is not None and rng.happens(0.003):
        primary = Name(neighbour.given, neighbour.middle, neighbour.surname, neighbour.suffix)
        sex, born = neighbour.sex, ordinal(neighbour.birth_date)
        if rng.happens(0.3):
            primary = transposed(primary)

    license = _license(rng, numbers, (TODAY - born) // YEAR)
    counts = RecordCounts(
        vehicles=rng.one_of(_VEHICLES) if license.license_number else 0,
        warrants=rng.one_of(_WARRANTS) if rng.happens(0.02) else 0,
        orders=rng.one_of(_ORDERS) if rng.happens(0.015) else 0,
        cycles=rng.one_of(_CYCLES) if rng.happens(0.22) else 0,
    )
    # Applicants for many jobs are fingerprinted too: a CII number is no proof of a record.
    is_printed = counts.cycles > 0 or counts.warrants > 0 or rng.happens(0.155)
    is_officer = counts.cycles == 0 and rng.happens(0.004)
    residence = address(rng) if rng.happens(0.97) else NO_ADDRESS
    person = Person(
        id=f"P{number:07}",
        **primary._asdict(),
        birth_date=iso(born),
        **descriptors.draw(rng, origin, sex, TODAY - born, has_record=bool(counts.cycles or counts.warrants))._asdict(),
        ssn=numbers.ssn.next() if rng.happens(0.93) else None,
        **license._asdict(),
        cii_number=numbers.cii.next() if is_printed else None,
        fbi_number=numbers.fbi.next() if is_printed else None,
        carpos_number=numbers.carpos.next() if counts.orders else None,
        **residence._asdict(),
        is_confidential=is_officer or rng.happens(0.006),
        subject_surname=normalized(primary.surname),
        subject_user=None,
        subject_ori=rng.one_of(_EMPLOYERS) if is_officer else None,
    )
    aliases: list[Name] = []
    while len(aliases) < 5 and rng.happens(0.3 if counts.cycles else 0.05):
        drawn = alias(rng, primary, origin, sex)
        if drawn != primary and drawn not in aliases:
            aliases.append(drawn)
    return person, aliases, counts


def rows(number: int, person: Person, aliases: list[Name]) -> list[Person | Alias | NameKey]:
    """The rows of one person in the master name index; `number` becomes `person.rowid`."""
    return [
        person,
        *(Alias(person.id, **alias._asdict()) for alias in aliases),
        _key(number, person, person.given, person.surname, is_alias=False),
        *(_key(number, person, alias.given, alias.surname, is_alias=True) for alias in aliases),
    ]


# At most 100,000 names are cached, for a world of any size.
_normalized = lru_cache(100_000)(normalized)
_phonetic = lru_cache(100_000)(phonetic_code)


def _key(number: int, person: Person, given: str, surname: str, *, is_alias: bool) -> NameKey:
    return NameKey(
        number, is_alias, _normalized(surname), _normalized(given), _phonetic(surname), _phonetic(given),
        person.birth_date, person.sex, person.race, *person.subject_columns,
    )  # fmt: skip


def _license(rng: Rng, numbers: Numbers, age: int) -> License:
    """A licence, for most people from 16 on. A valid licence past its date is expired."""
    if age < 16 or rng.happens(0.13):
        return NO_LICENSE
    state = rng.one_of(_STATE)
    status = rng.one_of(_STATUS)
    expires = TODAY + rng.integer(-YEAR // 3, 5 * YEAR)
    if expires < TODAY and status is LicenseStatus.VALID:
        status = LicenseStatus.EXPIRED
    license_class = rng.one_of(_CLASS) if age >= 21 else LicenseClass.C
    return License(numbers.license[state].next(), state, license_class.value, status.value, iso(expires))
