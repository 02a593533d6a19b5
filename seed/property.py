"""Reports on property: those on registered vehicles follow their rows, and the others are about things of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.codes.entry import EntryState
from resolvers.codes.property import PropertyFile, PropertyStatus, RecoveryCondition
from resolvers.columns import DEMONSTRATION
from resolvers.property import SOURCE, STORED
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.data import toml, weighted_codes
from seed.demo_values import DemoTable
from seed.entered import ACTIVE, Entries, demo_entry
from seed.geography import CITIES, COUNTY_OF, agency
from seed.numbers import FROM_1, Series
from seed.property_items import Things
from seed.random_person import RandomPerson
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws
from seed.vehicles import demo_vehicle

_WEIGHTS: Final = toml("weights")["property"]
_FILES: Final = weighted_codes(PropertyFile, _WEIGHTS["file"])
_STATUS: Final = weighted_codes(PropertyStatus, _WEIGHTS["status"])
_CONDITION: Final = weighted_codes(RecoveryCondition, _WEIGHTS["condition"])
_ENDED: Final = weighted({ACTIVE: 78, EntryState.CLEARED.value: 14, EntryState.LOCATED.value: 5, "CANCELLED": 3})
_VEHICLE: Final = "vin plate plate_state year make model style color"
_NOTHING: Final[Columns] = {column.name: None for column in STORED.columns if column.name != DEMONSTRATION}
OTHERS: Final = 0.037
"""Reports on things for each person, beside those on registered vehicles."""
RECOVERED: Final = 0.004
"""The share of vehicles that were stolen once and are not now."""

LETTERS: Final = {
    PropertyFile.VEHICLE.value: "V",
    PropertyFile.PLATE.value: "P",
    PropertyFile.PART.value: "V",
    PropertyFile.BOAT.value: "B",
    PropertyFile.ARTICLE.value: "A",
    PropertyFile.SECURITY.value: "S",
}
"""The first letter of a report's number, by its file."""


class Reports:
    """The reports of one world."""

    def __init__(self, rng: Rng) -> None:
        self._rng, self._entries, self._things = rng, Entries(rng), Things(rng)
        self._numbers = {letter: Series(rng, letter, FROM_1, digits=8) for letter in sorted(set(LETTERS.values()))}

    def on_vehicle(self, vehicle: Columns) -> Iterator[Columns]:
        """The report on a vehicle that is stolen: one in six is on its plate alone. On some others, one that ended."""
        rng = self._rng
        if vehicle["is_stolen"]:
            day = TODAY - int(2 * YEAR * rng.random() ** 3)
            status = PropertyStatus.FELONY.value if rng.happens(0.08) else PropertyStatus.STOLEN.value
            if vehicle["plate"] and rng.happens(0.16):
                plate = {name: vehicle[name] for name in ("plate", "plate_state", "plate_type")}
                yield self._report(PropertyFile.PLATE.value, status, day, plate)
            else:
                yield self._report(PropertyFile.VEHICLE.value, status, day, _of_vehicle(vehicle))
        elif rng.happens(RECOVERED):
            day, stolen = TODAY - rng.integer(30, 4 * YEAR), PropertyStatus.STOLEN.value
            yield self._report(PropertyFile.VEHICLE.value, stolen, day, _of_vehicle(vehicle), EntryState.CLEARED.value)

    def on_thing(self) -> Columns:
        """A report on something that is no registered vehicle."""
        rng = self._rng
        file, status, state = rng.one_of(_FILES), rng.one_of(_STATUS), rng.one_of(_ENDED)
        if file == PropertyFile.SECURITY.value:
            status = PropertyStatus.STOLEN.value
        return self._report(file, status, TODAY - int(5 * YEAR * rng.random() ** 2), self._things.columns(file), state)

    def _report(self, file: str, status: str, day: int, thing: Columns, state: str = ACTIVE) -> Columns:
        rng = self._rng
        ori = agency(COUNTY_OF[rng.one_of(CITIES)["city"]], rng)
        is_vehicle = file == PropertyFile.VEHICLE.value
        is_wanted = is_vehicle and state == ACTIVE
        is_armed = is_wanted and rng.happens(0.3 if status == PropertyStatus.FELONY.value else 0.03)
        return {
            **_NOTHING,
            **self._entries.columns(self._numbers[LETTERS[file]].next(), ori, day, state),
            "file": file,
            "status": status,
            "occurred_on": iso(day),
            "hold_for_prints": is_wanted and rng.happens(0.1),
            "occupants_armed": is_armed,
            **(self._recovery(day) if state in (EntryState.CLEARED.value, EntryState.LOCATED.value) else {}),
            **thing,
        }

    def _recovery(self, day: int) -> Columns:
        rng = self._rng
        return {
            "recovered_on": iso(min(TODAY, day + 1 + int(120 * rng.random() ** 3))),
            "recovery_agency_ori": agency(COUNTY_OF[rng.one_of(CITIES)["city"]], rng),
            "recovery_condition": rng.one_of(_CONDITION),
        }


def _of_vehicle(vehicle: Columns) -> Columns:
    return {name: vehicle[name] for name in _VEHICLE.split()}


def _start(world: WorldDraws) -> DrawRows:
    rng = world.own_rng(SOURCE)
    reports = Reports(rng)

    def draw_rows(person: RandomPerson) -> Iterator[Row]:
        for vehicle in person.records["vehicle"]:
            for report in reports.on_vehicle(vehicle):
                yield "property_report", report
        if rng.happens(OTHERS):
            yield "property_report", reports.on_thing()

    return draw_rows


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    vehicles = [demo_vehicle(number, person, each) for each in table.get("vehicle", ())]
    for each in table.get("report", ()):
        yield "property_report", _demo_report(number, vehicles, each)


def _demo_report(number: int, vehicles: list[Columns], table: DemoTable) -> Columns:
    """One report. Of a vehicle or a plate, it is about the person's own first one."""
    file = PropertyFile[table["file"]].value
    day, state = ordinal(table["occurred_on"]), table.get("state", ACTIVE)
    thing: Columns = {}
    if file == PropertyFile.VEHICLE.value:
        thing = _of_vehicle(vehicles[0])
    elif file == PropertyFile.PLATE.value:
        thing = {name: vehicles[0][name] for name in ("plate", "plate_state", "plate_type")}
    stored = {name: value for name, value in table.items() if name not in {"file", "agency_ori", "state"}}
    return {
        **_NOTHING,
        **demo_entry(f"{LETTERS[file]}{number:09}", table["agency_ori"], day, state),
        "hold_for_prints": False,
        "occupants_armed": False,
        **thing,
        **stored,
        "file": file,
    }


SEED: Final = SourceSeed(_start, _demo)
