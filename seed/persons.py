"""People and their other names, for the master name index. Knows their numbers, not what is filed under them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from resolvers.codes.person import LicenseClass, LicenseStatus
from resolvers.names import normalized, phonetic_code
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.chance import Chance, weighted
from seed.looks import look
from seed.names import ORIGINS, Name, name, other_name, transposed
from seed.numbers import Numbers
from seed.places import NOWHERE, SAN_DIEGO, Address, address


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
    def whose(self) -> Whose:
        return Whose(self.subject_surname, self.subject_user, self.subject_ori)


class Alias(NamedTuple):
    """One row of `alias`."""

    person: str
    given: str
    middle: str | None
    surname: str
    suffix: str | None


class NameKey(NamedTuple):
    """One row of `name_key`: a name in the form that searches compare."""

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


class Whose(NamedTuple):
    """Whose record it is, on every record of every source: rules about the subject are decided without a join."""

    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


class Life(NamedTuple):
    """How many records each source will hold about a person, which decides the numbers the person has."""

    vehicles: int
    warrants: int
    orders: int
    cycles: int


class License(NamedTuple):
    """A driver's licence, column for column."""

    license_number: str | None
    license_state: str | None
    license_class: str | None
    license_status: str | None
    license_expires_on: str | None


NO_LICENSE: Final = License(None, None, None, None, None)

_SEX: Final = weighted({"M": 495, "F": 500, "U": 5})
_VEHICLES: Final = weighted({0: 18, 1: 50, 2: 24, 3: 6, 4: 2})
_WARRANTS: Final = weighted({1: 75, 2: 18, 3: 5, 4: 2})
_ORDERS: Final = weighted({1: 85, 2: 13, 3: 2})
# Most people with a history have one to three cycles; the tail is long.
_CYCLES: Final = weighted({
    **dict(zip(range(1, 13), (440, 220, 120, 62, 40, 28, 20, 15, 12, 9, 7, 5), strict=True)),
    **dict.fromkeys(range(13, 33), 1),
})  # fmt: skip

_STATUS: Final = weighted({
    LicenseStatus.VALID: 90, LicenseStatus.SUSPENDED: 6, LicenseStatus.REVOKED: 1, LicenseStatus.SURRENDERED: 3,
})  # fmt: skip
_CLASS: Final = weighted({
    LicenseClass.C.value: 92, LicenseClass.A.value: 3, LicenseClass.B.value: 2, LicenseClass.M1.value: 3,
})  # fmt: skip
_STATE: Final = weighted({"CA": 980, "NV": 8, "AZ": 7, "OR": 5})

# Peace officers work for agencies of one county only, so that no random person is a colleague of the
# demonstration callers, whose agencies are elsewhere; the demonstration colleague is one by design.
_EMPLOYERS: Final = SAN_DIEGO.police


def draw(number: int, chance: Chance, numbers: Numbers, neighbour: Person | None) -> tuple[Person, list[Name], Life]:
    """The person with this number, their other names, and how much is filed about them.

    `neighbour` is somebody already drawn: now and then the new person has their name and birth date.
    """
    sex = chance.one_of(_SEX)
    origin = chance.one_of(ORIGINS)
    born = TODAY - chance.whole(14 * YEAR + 4, 14 * YEAR + int(66 * YEAR * (0.15 + 0.85 * chance.random())))
    primary = name(chance, origin, sex)
    if neighbour is not None and chance.happens(0.003):
        primary = Name(neighbour.given, neighbour.middle, neighbour.surname, neighbour.suffix)
        sex, born = neighbour.sex, ordinal(neighbour.birth_date)
        if chance.happens(0.3):
            primary = transposed(primary)

    license = _license(chance, numbers, (TODAY - born) // YEAR)
    life = Life(
        vehicles=chance.one_of(_VEHICLES) if license.license_number else 0,
        warrants=chance.one_of(_WARRANTS) if chance.happens(0.02) else 0,
        orders=chance.one_of(_ORDERS) if chance.happens(0.015) else 0,
        cycles=chance.one_of(_CYCLES) if chance.happens(0.22) else 0,
    )
    # Applicants for many jobs are fingerprinted too: a CII number is no proof of a record.
    is_printed = life.cycles > 0 or life.warrants > 0 or chance.happens(0.155)
    is_officer = life.cycles == 0 and chance.happens(0.004)
    residence = address(chance) if chance.happens(0.97) else NOWHERE
    person = Person(
        id=f"P{number:07}",
        **primary._asdict(),
        birth_date=iso(born),
        **look(chance, origin, sex, TODAY - born, has_trouble=bool(life.cycles or life.warrants))._asdict(),
        ssn=numbers.ssn.next() if chance.happens(0.93) else None,
        **license._asdict(),
        cii_number=numbers.cii.next() if is_printed else None,
        fbi_number=numbers.fbi.next() if is_printed else None,
        carpos_number=numbers.carpos.next() if life.orders else None,
        **residence._asdict(),
        is_confidential=is_officer or chance.happens(0.006),
        subject_surname=normalized(primary.surname),
        subject_user=None,
        subject_ori=chance.one_of(_EMPLOYERS) if is_officer else None,
    )
    others: list[Name] = []
    while len(others) < 5 and chance.happens(0.3 if life.cycles else 0.05):
        other = other_name(chance, primary, origin, sex)
        if other != primary and other not in others:
            others.append(other)
    return person, others, life


def rows(number: int, person: Person, others: list[Name]) -> list[Person | Alias | NameKey]:
    """Everything the master name index holds about one person; `number` becomes `person.rowid`."""
    return [
        person,
        *(Alias(person.id, **other._asdict()) for other in others),
        _key(number, person, person.given, person.surname, is_alias=False),
        *(_key(number, person, other.given, other.surname, is_alias=True) for other in others),
    ]


# A hundred thousand names at most are remembered, whatever the size of the world.
_letters = lru_cache(100_000)(normalized)
_sound = lru_cache(100_000)(phonetic_code)


def _key(number: int, person: Person, given: str, surname: str, *, is_alias: bool) -> NameKey:
    return NameKey(
        number, is_alias, _letters(surname), _letters(given), _sound(surname), _sound(given),
        person.birth_date, person.sex, person.race, *person.whose,
    )  # fmt: skip


def _license(chance: Chance, numbers: Numbers, age: int) -> License:
    """A licence for most people from 16 on. One past its date was not renewed, whatever it was before."""
    if age < 16 or chance.happens(0.13):
        return NO_LICENSE
    state = chance.one_of(_STATE)
    status = chance.one_of(_STATUS)
    expires = TODAY + chance.whole(-YEAR // 3, 5 * YEAR)
    if expires < TODAY and status is LicenseStatus.VALID:
        status = LicenseStatus.EXPIRED
    kind = chance.one_of(_CLASS) if age >= 21 else LicenseClass.C.value
    return License(numbers.license[state].next(), state, kind, status.value, iso(expires))
