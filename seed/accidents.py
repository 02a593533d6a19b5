"""Accident reports: drivers with their vehicles, and others, drawn from the last people before each driver."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from typing import Final, NamedTuple

from resolvers import accidents
from resolvers.codes.accident import AccidentSeverity, CollisionManner, Fault, Injury, PartyRole, VehicleDamage
from seed.calendar import TODAY, YEAR, ordinal
from seed.data import toml, weighted_codes
from seed.demo_values import DEMO_COUNTY, DemoTable
from seed.entered import moment
from seed.geography import CITIES, COUNTY_OF
from seed.names import Name
from seed.numbers import FIRST_ROW, FROM_1, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws
from seed.vehicles import demo_vehicle

WINDOW: Final = 200
"""How many of the last drivers may be in a random accident: memory does not grow with the people."""
DRIVERS: Final = 0.138
"""Share of licensed drivers to whom at least one accident happens, beside those of others that they are in."""

_WEIGHTS: Final = toml("weights")["accidents"]
_ACCIDENTS: Final = weighted({1: 88, 2: 9, 3: 2, 5: 1})
_VEHICLES: Final = weighted({1: 24, 2: 62, 3: 11, 4: 3})
_MANNER: Final = weighted_codes(CollisionManner, _WEIGHTS["manner"])
_INJURY: Final = weighted_codes(Injury, _WEIGHTS["injury"])
_DAMAGE: Final = weighted_codes(VehicleDamage, _WEIGHTS["damage"])
_ON_FOOT: Final = (PartyRole.PEDESTRIAN.value, PartyRole.BICYCLIST.value)
_SEVERITY: Final = {
    Injury.FATAL.value: AccidentSeverity.FATAL.value,
    Injury.SERIOUS.value: AccidentSeverity.INCAPACITATING_INJURY.value,
    Injury.MINOR.value: AccidentSeverity.EVIDENT_INJURY.value,
    Injury.POSSIBLE.value: AccidentSeverity.POSSIBLE_INJURY.value,
    Injury.UNKNOWN.value: AccidentSeverity.UNKNOWN.value,
    Injury.NONE_APPARENT.value: AccidentSeverity.NO_INJURY.value,
}
"""Of the gravest injury, which comes first here."""
NOBODY: Final[Columns] = {"subject_surname": "", "subject_user": None, "subject_ori": None}


class Driver(NamedTuple):
    """A licensed person and their vehicles."""

    person: Columns
    vehicles: Sequence[Columns]


class Accidents:
    """The random accidents of one world."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._numbers = Series(rng, FROM_1, digits=5)
        self._ids = count(FIRST_ROW)
        self._before: deque[Driver] = deque(maxlen=WINDOW)

    def draw(self, person: RandomPerson) -> Iterator[Row]:
        """The accidents that happen to one person, each with up to three other drivers."""
        if person.columns["license_number"] is None:
            return
        driver, rng = Driver(person.columns, person.records["vehicle"]), self._rng
        if rng.happens(DRIVERS):
            for _ in range(rng.one_of(_ACCIDENTS)):
                yield from self._accident(driver)
        self._before.append(driver)

    def _accident(self, driver: Driver) -> Iterator[Row]:
        rng = self._rng
        drivers = self._drivers(driver, rng.one_of(_VEHICLES))
        first = max(ordinal(each.person["birth_date"]) for each in drivers) + 16 * YEAR + 5
        day = TODAY - 1 - int(min(10 * YEAR, TODAY - 1 - first) * rng.random() ** 1.4)
        if day <= first:
            return
        home = driver.person["city"]
        city = home if home in COUNTY_OF and rng.happens(0.8) else rng.one_of(CITIES)["city"]
        county = COUNTY_OF[city]
        number = f"{county.number[1:]}{date.fromordinal(day).year}{self._numbers.next()}"
        parties = [*self._faults(drivers), *self._others(drivers)]
        rows = [self._party(number, *each) for each in parties]
        gravest = min((row["injury"] for row in rows), key=list(_SEVERITY).index)
        yield (
            "accident",
            {
                "number": number,
                "occurred_at": moment(day, rng.integer(0, 24 * 60 - 1)),
                "city": city,
                "county": county.name,
                "severity": _SEVERITY[gravest],
                "manner": rng.one_of(_MANNER) if len(drivers) > 1 else CollisionManner.NO_OTHER_VEHICLE.value,
            },
        )
        for each in drivers:
            yield "accident_vehicle", self._vehicle(number, each, date.fromordinal(day).year)
        yield from (("accident_party", row) for row in rows)

    def _drivers(self, driver: Driver, number: int) -> list[Driver]:
        """This driver, and others from before who are all different."""
        drivers = {driver.person["id"]: driver}
        for _ in range(number - 1 if self._before else 0):
            other = self._rng.one_of(self._before)
            drivers[other.person["id"]] = other
        return list(drivers.values())

    def _faults(self, drivers: Sequence[Driver]) -> Iterator[tuple[Columns, str, str | None]]:
        """Each driver as (person, role, fault)."""
        chance, at_fault = self._rng.random(), self._rng.integer(0, len(drivers) - 1)
        for place, each in enumerate(drivers):
            fault = Fault.AT_FAULT if place == at_fault else Fault.ANOTHER_AT_FAULT
            if chance < 0.15:
                fault = Fault.UNDETERMINED
            elif chance < 0.22 and len(drivers) > 1:
                fault = Fault.SHARED
            yield each.person, PartyRole.DRIVER.value, fault.value

    def _others(self, drivers: Sequence[Driver]) -> Iterator[tuple[Columns, str, str | None]]:
        """Passengers of these drivers, and people whom one driver alone meets on foot or on a bicycle."""
        driving = {each.person["id"] for each in drivers}
        for _ in drivers:
            if self._before and self._rng.happens(0.25):
                person = self._rng.one_of(self._before).person
                is_hit = len(drivers) == 1 and self._rng.happens(0.5)
                role = self._rng.one_of(_ON_FOOT) if is_hit else PartyRole.PASSENGER.value
                if person["id"] not in driving:
                    driving.add(person["id"])
                    yield person, role, None

    def _party(self, number: str, person: Columns, role: str, fault: str | None) -> Columns:
        return _party(self._head(number), person, role, self._rng.one_of(_INJURY), fault)

    def _vehicle(self, number: str, driver: Driver, year: int) -> Columns:
        """One of the driver's vehicles that was there in that year; one that the report does not name, if none was."""
        built = [each for each in driver.vehicles if each["year"] <= year]
        vehicle = self._rng.one_of(built) if built else {}
        return _vehicle(self._head(number), vehicle, self._rng.one_of(_DAMAGE))

    def _head(self, number: str) -> Columns:
        return {"id": next(self._ids), "accident_number": number}


def _party(head: Columns, person: Columns, role: str, injury: str, fault: str | None) -> Columns:
    return {
        **head,
        "role": role,
        **{part: person[part] for part in (*Name._fields, "license_number", "license_state")},
        "injury": injury,
        "fault": fault,
        **subject(person),
    }


def _vehicle(head: Columns, vehicle: Columns, damage: str) -> Columns:
    return {
        **head,
        **{name: vehicle.get(name) for name in ("vin", "plate", "plate_state")},
        "damage": damage,
        **(subject(vehicle) if vehicle else NOBODY),
    }


def _start(world: WorldDraws) -> DrawRows:
    return Accidents(world.own_rng(accidents.SOURCE)).draw


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    """The accident of a demonstration person; `with_previous`: of the person before, who is in it too."""
    for accident in table.get("accident", ()):
        is_with_previous = accident.get("with_previous", False)
        first = number - is_with_previous
        report = f"{DEMO_COUNTY.number[1:]}{accident['occurred_at'][:4]}0{first:05}"
        if not is_with_previous:
            columns = {name: accident[name] for name in ("occurred_at", "city")}
            codes = {
                "severity": AccidentSeverity[accident["severity"]].value,
                "manner": CollisionManner[accident["manner"]].value,
            }
            yield "accident", {"number": report, **columns, "county": DEMO_COUNTY.name, **codes}
        head = {"id": number, "accident_number": report}
        vehicle = demo_vehicle(number, person, table["vehicle"][0])
        yield "accident_vehicle", _vehicle(head, vehicle, VehicleDamage[accident["damage"]].value)
        codes_of_party = Injury[accident["injury"]].value, Fault[accident["fault"]].value
        yield "accident_party", _party(head, person, PartyRole.DRIVER.value, *codes_of_party)


SEED: Final = SourceSeed(_start, _demo)
