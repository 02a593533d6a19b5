"""Reports of missing persons, by MUPS number, and unidentified persons.

Of 5,000 people 35 were reported missing at least once. Eight of them still are, three of these at risk; the others
have some 32 closed reports, one of them many. Whether somebody is missing tells nothing of earlier, closed reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.codes.entry import EntryState
from resolvers.codes.missing import (
    BloodType,
    BodyParts,
    FoundReason,
    MannerOfDeath,
    MissingCategory,
    MissingCircumstance,
    MissingKind,
    UnidentifiedCategory,
    XRays,
)
from resolvers.codes.person import Caution
from seed.calendar import TODAY, YEAR, is_minor, iso, ordinal
from seed.data import toml, weighted_codes
from seed.demo_values import DEMO_COUNTY, DemoTable, caution_codes
from seed.descriptors import json_list
from seed.entered import ACTIVE, Entries, demo_entry
from seed.geography import CITIES, COUNTY_OF, agency
from seed.numbers import FROM_1, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

SOURCE: Final = "missing_persons"
CLEARED: Final = EntryState.CLEARED.value
MOST_REPORTS: Final = 60

_WEIGHTS: Final = toml("weights")["missing_persons"]
_MINOR, _ADULT = (weighted_codes(MissingCategory, _WEIGHTS[name]) for name in ("minor_category", "adult_category"))
_MINOR_CIRCUMSTANCE: Final = weighted_codes(MissingCircumstance, _WEIGHTS["minor_circumstance"])
_HOW: Final = weighted_codes(FoundReason, _WEIGHTS["found"])
_CAUTIONS: Final = weighted_codes(Caution, _WEIGHTS["caution"])
_MANNER: Final = weighted_codes(MannerOfDeath, _WEIGHTS["manner"])
_PARTS: Final = weighted_codes(BodyParts, _WEIGHTS["body_parts"])
_BLOOD, _XRAYS = (tuple(each.value for each in kind) for kind in (BloodType, XRays))
_RELATIVES: Final = ("Mother", "Father", "Sister", "Brother", "Spouse", "Roommate", "Social worker", "Employer")
_MEDICAL: Final = ("Needs insulin", "Dementia", "Epilepsy", "Depression", "Asthma")


class _Draws:
    """The draws of one world."""

    def __init__(self, world: WorldDraws) -> None:
        self._rng = rng = world.own_rng(SOURCE)
        self._entries = Entries(rng)
        self._missing, self._unidentified = Series(rng, "M", FROM_1, digits=8), Series(rng, "U", FROM_1, digits=8)

    def rows(self, person: RandomPerson) -> Iterator[Row]:
        rng = self._rng
        if person.columns["mups_number"] is not None:
            is_missing = rng.happens(8 / 35)
            reports = [self._report(person, is_open=True)] if is_missing else []
            if not is_missing or rng.happens(0.01):
                # A few run away again and again: n reports or more with probability n^-3.
                count = min(MOST_REPORTS, int((1 - rng.random()) ** (-1 / 3)))
                reports += [self._report(person, is_open=False) for _ in range(count)]
            yield from (("missing_person", each) for each in reports)
            if is_missing and rng.happens(0.125):
                yield "unidentified_person", self._body(reports[0])
        if rng.happens(0.001):
            yield "unidentified_person", self._body(None)

    def _report(self, missing: RandomPerson, *, is_open: bool) -> Columns:
        rng, person = self._rng, missing.columns
        born = ordinal(person["birth_date"])
        ago = int(2 * YEAR * rng.random() ** 2) if is_open else rng.integer(30, 10 * YEAR)
        seen = max(TODAY - 1 - ago, born + 8 * YEAR)
        declared = min(seen + rng.integer(0, 3), TODAY - 1)
        is_child = is_minor(person["birth_date"], iso(seen))
        category = rng.one_of(_MINOR if is_child else _ADULT)
        city = rng.one_of(CITIES)["city"]
        plate, plate_state = self._plate(missing) if rng.happens(0.3) else (None, None)
        state = ACTIVE if is_open else CLEARED
        return {
            **self._entries.columns(self._missing.next(), agency(COUNTY_OF[city], rng), declared, state),
            "category": category,
            "kind": MissingKind.MISSING_PERSON.value,
            "circumstance": rng.one_of(_MINOR_CIRCUMSTANCE) if is_child else MissingCircumstance.ADULT.value,
            "declared_on": iso(declared),
            "last_seen_on": iso(seen),
            "last_seen_city": city,
            "last_seen_state": "CA",
            "sex": person["sex"],
            "age": (seen - born) // YEAR,
            "is_at_risk": rng.happens(3 / 8),
            "cautions": json_list([rng.one_of(_CAUTIONS)] if rng.happens(0.2) else []),
            "plate": plate,
            "plate_state": plate_state,
            **self._found(declared, is_open=is_open),
            **self._detail(),
            "subject_mups": person["mups_number"],
            **subject(person),
        }

    def _found(self, declared: int, *, is_open: bool) -> Columns:
        """How a report ended; most people are back within days."""
        rng = self._rng
        if is_open:
            return {"found_on": None, "found_how": None, "found_by_ori": None}
        days = min(int(1 / (1 - rng.random())), 300)
        found_by = agency(COUNTY_OF[rng.one_of(CITIES)["city"]], rng)
        return {"found_on": iso(min(declared + days, TODAY)), "found_how": rng.one_of(_HOW), "found_by_ori": found_by}

    def _plate(self, missing: RandomPerson) -> tuple[str, str]:
        """The plate of their own vehicle; otherwise one that no vehicle of the world has: it begins with 0."""
        unknown = f"0{self._rng.integer(100_000, 999_999)}", "CA"
        return next(
            ((each["plate"], each["plate_state"]) for each in missing.records["vehicle"] if each["plate"]), unknown
        )

    def _detail(self) -> Columns:
        rng = self._rng
        return {
            "blood_type": rng.one_of(_BLOOD) if rng.happens(0.5) else None,
            "xrays": rng.one_of(_XRAYS) if rng.happens(0.6) else None,
            "dental_on_file": rng.happens(0.5),
            "dna_on_file": rng.happens(0.2),
            "fingerprint_class": _fingerprint_class(rng) if rng.happens(0.3) else None,
            "medical": rng.one_of(_MEDICAL) if rng.happens(0.25) else None,
            "reported_by": f"{rng.one_of(_RELATIVES)}, (213) 555-01{rng.integer(0, 99):02}",
        }

    def _body(self, report: Columns | None) -> Columns:
        """An unidentified person; one who may be the person of a report fits it."""
        rng = self._rng
        seen = None if report is None else ordinal(report["last_seen_on"])
        found = TODAY - 1 - rng.integer(0, 20 * YEAR) if seen is None else rng.integer(seen, TODAY - 1)
        is_living = report is None and rng.happens(0.05)
        age = report["age"] if report else rng.integer(15, 80)
        county = COUNTY_OF[rng.one_of(CITIES)["city"]]
        return {
            **self._entries.columns(self._unidentified.next(), county.sheriff, found),
            "category": (UnidentifiedCategory.LIVING if is_living else UnidentifiedCategory.DECEASED).value,
            "found_on": iso(found),
            "sex": report["sex"] if report else rng.one_of(("M", "F", None)),
            "race": rng.one_of(("W", "B", "A", "I", None)) if report is None else None,
            "age_from": max(0, age - rng.integer(2, 10)),
            "age_to": age + rng.integer(2, 10),
            "height_inches": rng.integer(58, 76) if report is None and rng.happens(0.7) else None,
            "body_parts": None if is_living else rng.one_of(_PARTS),
            "manner": None if is_living else rng.one_of(_MANNER),
            "possible_match": report["number"] if report else None,
        }


def _fingerprint_class(rng: Rng) -> str:
    """Ten fingers, two characters each: arches, ulnar and radial loops, whorls."""
    return "".join(
        rng.one_of(("AA", "TT", "PI", "PO", "CI", "DM", "XX"))
        if rng.happens(0.3)
        else f"{rng.integer(1, 20) + 50 * rng.integer(0, 1):02}"
        for _ in range(10)
    )


def _start(world: WorldDraws) -> DrawRows:
    return _Draws(world).rows


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    for each in table.get("missing", ()):
        yield "missing_person", _demo_report(number, person, each)
    for each in table.get("unidentified", ()):
        yield "unidentified_person", _demo_body(number, each)


def _demo_report(number: int, person: Columns, table: DemoTable) -> Columns:
    """One report; it is closed if the person was found."""
    state = CLEARED if "found_on" in table else ACTIVE
    circumstance = table.get("circumstance")
    return {
        **demo_entry(f"M{number:09}", DEMO_COUNTY.sheriff, ordinal(table["declared_on"]), state),
        **dict.fromkeys(("last_seen_city", "plate", "plate_state", "found_on", "blood_type", "xrays")),
        **dict.fromkeys(("fingerprint_class", "medical", "reported_by")),
        "last_seen_state": "CA",
        "dental_on_file": False,
        "dna_on_file": False,
        "found_by_ori": DEMO_COUNTY.sheriff if "found_on" in table else None,
        "is_at_risk": False,
        "sex": person["sex"],
        "age": (ordinal(table["last_seen_on"]) - ordinal(person["birth_date"])) // YEAR,
        **table,
        "category": MissingCategory[table["category"]].value,
        "kind": MissingKind[table.get("kind", "MISSING_PERSON")].value,
        "circumstance": MissingCircumstance[circumstance].value if circumstance else None,
        "found_how": table.get("found_how"),
        "cautions": caution_codes(table),
        "subject_mups": person["mups_number"],
        **subject(person),
    }


def _demo_body(number: int, table: DemoTable) -> Columns:
    """One unidentified body that is compared with the person."""
    return {
        **demo_entry(f"U{number:09}", DEMO_COUNTY.sheriff, ordinal(table["found_on"])),
        **dict.fromkeys(("sex", "race", "height_inches")),
        "category": UnidentifiedCategory.DECEASED.value,
        "possible_match": f"M{number:09}",
        **table,
        "body_parts": BodyParts[table["body_parts"]].value,
        "manner": MannerOfDeath[table["manner"]].value,
    }


SEED: Final = SourceSeed(_start, _demo)
