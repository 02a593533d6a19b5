"""Biometric sets: prints of applicants, and prints, photographs and DNA of arrests, by CII number.

An applicant's prints are as frequent with an arrest as without one, so that they tell of no hidden arrest, nor does
their absence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers import biometrics
from resolvers.codes.biometric import BiometricKind
from resolvers.codes.history import DiversionStatus
from resolvers.numbers.fingerprint_class import FINGERS
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.criminal_history import demo_arrest
from seed.data import toml
from seed.demo_values import DEMO_COUNTY, DemoTable
from seed.geography import agency, county_of
from seed.numbers import FROM_1, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

APPLICANTS: Final = 0.13
"""Share of people with a CII number whose prints as an applicant are on file."""
ARRESTS: Final = 0.112
"""Share of arrests of which anything is on file."""

_WEIGHTS: Final = toml("weights")["biometrics"]
_OF_ARREST: Final[dict[str, float]] = {BiometricKind[name].value: share for name, share in _WEIGHTS["arrest"].items()}
_WHORLS: Final = weighted(_WEIGHTS["whorl"])
_RARE: Final = weighted(_WEIGHTS["rare"])
_TEN_PRINT: Final = BiometricKind.TEN_PRINT.value


def _finger(rng: Rng) -> str:
    """The pattern of one finger: of a hundred, 63 ulnar loops, 4 radial ones, 28 whorls and 5 others."""
    chance = rng.random()
    if chance < 0.63:
        return f"{rng.integer(2, 24):02}"
    if chance < 0.67:
        return f"{50 + rng.integer(2, 20)}"
    patterns: tuple[str, ...] = _WHORLS if chance < 0.95 else _RARE
    return rng.one_of(patterns)


def _set(person: Columns, number: str, kind: str, taken_on: str, agency_ori: str) -> Columns:
    return {
        "number": number,
        "cii_number": person["cii_number"],
        "kind": kind,
        "taken_on": taken_on,
        "agency_ori": agency_ori,
        "fingerprint_class": None,
        **subject(person),
    }


def _of_application() -> Columns:
    return {"cycle": None, "is_applicant": True, "is_sealed": False, "is_juvenile": False, "is_arrest_only": False}


def _of_arrest(cycle: Columns) -> Columns:
    return {
        "cycle": cycle["id"],
        "is_applicant": False,
        "is_sealed": cycle["is_sealed"] or cycle["diversion_status"] == DiversionStatus.COMPLETED.value,
        "is_juvenile": cycle["is_juvenile"],
        "is_arrest_only": not cycle["has_conviction"],
    }


def draw(person: RandomPerson, rng: Rng, numbers: Series) -> Iterator[Row]:
    """The sets of one person. A person's fingerprint class is the same in each."""
    columns = person.columns
    if columns["cii_number"] is None:
        return
    sets: list[Columns] = []
    if rng.happens(APPLICANTS):
        age = TODAY - ordinal(columns["birth_date"])
        day = TODAY - int(min(age - 14 * YEAR, 25 * YEAR) * rng.random())
        taken_by = agency(county_of(columns, rng), rng)
        sets.append(_set(columns, numbers.next(), _TEN_PRINT, iso(day), taken_by) | _of_application())
    for cycle in person.records["cycle"]:
        if rng.happens(ARRESTS):
            for kind, share in _OF_ARREST.items():
                if rng.happens(share):
                    taken = _set(columns, numbers.next(), kind, cycle["arrested_on"], cycle["agency_ori"])
                    sets.append(taken | _of_arrest(cycle))
    fingers = "".join(_finger(rng) for _ in range(FINGERS)) if sets else None
    for each in sets:
        yield _row(each, fingers)


def _row(columns: Columns, fingers: str | None) -> Row:
    return "biometric_set", columns | ({"fingerprint_class": fingers} if columns["kind"] == _TEN_PRINT else {})


def _start(world: WorldDraws) -> DrawRows:
    rng = world.own_rng(biometrics.SOURCE)
    numbers = Series(rng, "B", FROM_1, digits=8)
    return lambda person: draw(person, rng, numbers)


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    """The sets of a demonstration person, as an applicant and then of each arrest, numbered in this order."""
    sets = [
        _set(person, "", _TEN_PRINT, day, DEMO_COUNTY.sheriff) | _of_application()
        for day in table.get("printed_on", ())
    ]
    for sequence, arrest in enumerate(table.get("arrest", ()), start=1):
        _, cycle = demo_arrest(person, sequence, arrest)[0]
        for name in arrest.get("biometrics", ()):
            kind = BiometricKind[name].value
            sets.append(_set(person, "", kind, cycle["arrested_on"], cycle["agency_ori"]) | _of_arrest(cycle))
    for place, each in enumerate(sets, start=1):
        yield _row(each | {"number": f"B0{number:05}{place:03}"}, table.get("fingerprint_class"))


SEED: Final = SourceSeed(_start, _demo)
