"""Warrants, by the FBI number of the wanted person."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.history import Severity
from resolvers.codes.person import Caution
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from seed.calendar import TODAY, YEAR, iso
from seed.descriptors import json_list
from seed.geography import agency, county_of
from seed.numbers import Numbers
from seed.offenses import Offense, wanted
from seed.persons import Person
from seed.rng import Rng, weighted


class Warrant(NamedTuple):
    """One row of `warrant`."""

    number: str
    category: str
    status: str
    issued_on: str
    court_ori: str
    court_name: str
    agency_ori: str
    offense_code: str
    offense: str
    bail_cents: int | None
    extradition: str
    cautions: str
    night_service: bool
    subject_fbi: str
    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


_C, _E = WarrantCategory, Extradition
# Offenses that violate a court's order, and the warrant categories named after the violation.
_CATEGORY: Final = {
    "5011": (_C.PAROLE_VIOLATION,),
    "5012": (_C.PROBATION_VIOLATION,),
    "5015": weighted({_C.FAILURE_TO_APPEAR: 7, _C.BENCH: 4, _C.CAPIAS: 1}),
}
_FELONY: Final = weighted({
    _C.ARREST: 60, _C.BENCH: 15, _C.BENCH_NO_BOND: 12, _C.RAMEY: 10, _C.JOHN_DOE_DNA: 1, _C.CAPIAS: 2,
})  # fmt: skip
_MISDEMEANOR: Final = weighted({_C.ARREST: 45, _C.BENCH: 45, _C.FAILURE_TO_APPEAR: 10})
_STATUS: Final = weighted({
    WarrantStatus.ACTIVE: 70, WarrantStatus.SERVED: 14, WarrantStatus.RECALLED: 9, WarrantStatus.INACTIVE: 5,
    WarrantStatus.STAYED: 2,
})  # fmt: skip
_FELONY_EXTRADITION: Final = weighted({
    _E.FELONY_FULL: 50, _E.FELONY_LIMITED: 15, _E.FELONY_SURROUNDING_STATES_ONLY: 15, _E.FELONY_NONE: 14,
    _E.FELONY_ARRANGEMENTS_PENDING: 2, _E.FELONY_PENDING_DETERMINATION: 4,
})  # fmt: skip
_MISDEMEANOR_EXTRADITION: Final = weighted({
    _E.MISDEMEANOR_NONE: 70, _E.MISDEMEANOR_SURROUNDING_STATES_ONLY: 12, _E.MISDEMEANOR_LIMITED: 12,
    _E.MISDEMEANOR_FULL: 5, _E.MISDEMEANOR_ARRANGEMENTS_PENDING: 1,
})  # fmt: skip
_CAUTIONS: Final = weighted({
    Caution.VIOLENT_TENDENCIES: 34, Caution.ARMED_AND_DANGEROUS: 26, Caution.KNOWN_TO_ABUSE_DRUGS: 24,
    Caution.ESCAPE_RISK: 12, Caution.SUICIDAL: 4,
})  # fmt: skip
_NO_BAIL: Final = {_C.BENCH_NO_BOND, _C.PAROLE_VIOLATION, _C.JOHN_DOE_DNA}


def draw(person: Person, count: int, rng: Rng, numbers: Numbers) -> list[Warrant]:
    """`count` warrants for one person."""
    return [_warrant(person, rng, numbers) for _ in range(count)]


def _warrant(person: Person, rng: Rng, numbers: Numbers) -> Warrant:
    assert person.fbi_number is not None, f"{person.id} is wanted and has no FBI number"
    offense = wanted(rng)
    is_felony = offense.severity == Severity.FELONY.value
    county = county_of(person.city, rng)
    category = rng.one_of(_CATEGORY.get(offense.code, _FELONY if is_felony else _MISDEMEANOR))
    return Warrant(
        number=numbers.warrant.next(),
        category=category.value,
        status=rng.one_of(_STATUS).value,
        issued_on=iso(TODAY - int(9 * YEAR * rng.random() ** 2)),
        court_ori=county.court,
        court_name=county.court_name,
        agency_ori=agency(county, rng),
        offense_code=offense.code,
        offense=offense.offense,
        bail_cents=None if category in _NO_BAIL else _bail_cents(offense, rng),
        extradition=rng.one_of(_FELONY_EXTRADITION if is_felony else _MISDEMEANOR_EXTRADITION).value,
        cautions=json_list([rng.one_of(_CAUTIONS).value] if rng.happens(0.3 if is_felony else 0.05) else []),
        night_service=is_felony and rng.happens(0.3),
        subject_fbi=person.fbi_number,
        **person.subject_columns._asdict(),
    )


def _bail_cents(offense: Offense, rng: Rng) -> int:
    """Bail in cents: a multiple of $5,000 for a felony, else of $500."""
    if offense.severity == Severity.FELONY.value:
        return 500_000 * rng.integer(2, 40)
    return 50_000 * rng.integer(1, 20)
