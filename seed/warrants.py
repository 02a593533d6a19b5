"""Warrants, by the FBI number of the wanted person."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.history import Severity
from resolvers.codes.person import Caution
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from seed.calendar import TODAY, YEAR, iso
from seed.data import toml, weighted_codes
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


_C = WarrantCategory
_WEIGHTS: Final = toml("weights")["warrants"]
# Offenses that violate a court's order, and the warrant categories named after the violation.
_CATEGORY: Final = {
    "5011": (_C.PAROLE_VIOLATION,),
    "5012": (_C.PROBATION_VIOLATION,),
    "5015": weighted({_C.FAILURE_TO_APPEAR: 7, _C.BENCH: 4, _C.CAPIAS: 1}),
}
_FELONY, _MISDEMEANOR = (
    weighted_codes(WarrantCategory, _WEIGHTS[name]) for name in ("felony_category", "misdemeanor_category")
)
_STATUS: Final = weighted_codes(WarrantStatus, _WEIGHTS["status"])
_FELONY_EXTRADITION, _MISDEMEANOR_EXTRADITION = (
    weighted_codes(Extradition, _WEIGHTS[name]) for name in ("felony_extradition", "misdemeanor_extradition")
)
_CAUTIONS: Final = weighted_codes(Caution, _WEIGHTS["caution"])
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
