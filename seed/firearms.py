"""Firearms of a synthetic world: guns, their transfers and reports, and people who are armed and prohibited.

One person in seven holds a gun, with or without other records: a gun is no sign of a hidden record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.codes.entry import EntryState
from resolvers.codes.firearm import (
    FirearmCaliber,
    FirearmCategory,
    FirearmMake,
    FirearmReportStatus,
    FirearmTransferKind,
)
from resolvers.firearms import SOURCE
from seed.calendar import TODAY, YEAR, iso, ordinal
from seed.data import toml, weighted_codes, weighted_rows
from seed.demo_values import DEMO_COUNTY, DemoTable
from seed.entered import Entries, demo_entry
from seed.geography import agency, county_of
from seed.numbers import DIGIT, FIRST_ROW, FROM_1, LETTER, Series
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng, weighted
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws

HOLDERS: Final = 0.178
"""Share of people with a driver licence who hold a gun."""
FOUND: Final = 0.0008
"""Guns that somebody found and whose holder nobody knows, for each person of the world."""
PROHIBITED: Final = 0.011
"""Share of holders who are flagged as armed and prohibited, though no order against them says so."""
PROHIBITED_BY_ORDER: Final = 0.5
NOBODY: Final[Columns] = {"subject_surname": "", "subject_user": None, "subject_ori": None}

_S: Final = FirearmReportStatus
_WEIGHTS: Final = toml("weights")["firearms"]
_MODELS: Final = weighted_rows("firearm_models")
_GUNS: Final = weighted({1: 85, 2: 11, 3: 2, 6: 1, 11: 1})
_KIND: Final = weighted_codes(FirearmTransferKind, _WEIGHTS["transfer_kind"])
_REPORT: Final = weighted_codes(FirearmReportStatus, _WEIGHTS["report_status"])
_FOUND_REPORT: Final = weighted_codes(FirearmReportStatus, _WEIGHTS["found_report_status"])


def description(model: DemoTable) -> Columns:
    """The columns of a gun that are those of its model, whose codes are written as member names."""
    return {
        "make": FirearmMake[model["make"]].value,
        "model": model["model"],
        "caliber": FirearmCaliber[model["caliber"]].value,
        "category": FirearmCategory[model["category"]].value,
    }


def owner(person: Columns) -> Columns:
    return {"owner_license": person["license_number"], "owner_license_state": person["license_state"]}


def prohibited(person: Columns) -> Row:
    """The flag of a person; its number is that of the person's row."""
    license = {name: person[name] for name in ("license_number", "license_state")}
    return "prohibited_person", {"id": person["row_id"], **license, **subject(person)}


class _Firearms:
    """The firearms of one world."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._ids = Series(rng, "A", "F", FROM_1, digits=7)
        self._numbers = Series(rng, "G", FROM_1, digits=8)
        # Makers number for themselves, so numbers of two may be the same.
        self._serials = {
            make.value: Series(rng, DIGIT, LETTER, digits=6)
            if index % 3 == 0
            else Series(rng, *[LETTER] * 3, digits=4)
            if index % 3 == 1
            else Series(rng, FROM_1, digits=7)
            for index, make in enumerate(FirearmMake)
        }
        self._entries = Entries(rng)
        self._transfers = FIRST_ROW
        self._seller: Columns | None = None

    def draw(self, person: RandomPerson) -> Iterator[Row]:
        """The guns that a person holds, and now and then one that somebody found."""
        rng, columns = self._rng, person.columns
        if rng.happens(FOUND):
            yield from self._gun(None, rng.one_of(_FOUND_REPORT), columns)
        if columns["license_number"] is None or not rng.happens(HOLDERS):
            return
        for _ in range(rng.one_of(_GUNS)):
            yield from self._gun(columns, rng.one_of(_REPORT) if rng.happens(0.034) else None, columns)
        # An order of another state is no reason: the flag would tell of it to a caller who may not know of the order.
        orders = [each["firearms_prohibited"] for each in person.records["protective_order"] if not each["is_foreign"]]
        if rng.happens(PROHIBITED_BY_ORDER if any(orders) else PROHIBITED):
            yield prohibited(columns)
        self._seller = columns

    def _gun(self, holder: Columns | None, status: str | None, near: Columns) -> Iterator[Row]:
        gun = {"firearm_id": self._ids.next(), **description(self._rng.one_of(_MODELS))}
        gun["serial"] = self._serials[gun["make"]].next()
        yield "firearm", {**gun, **(NOBODY if holder is None else subject(holder))}
        acquired = TODAY - int(8 * YEAR * self._rng.random())
        if holder is not None:
            acquired = self._acquired(holder)
            if self._seller is not None and self._rng.happens(0.15):
                sold = acquired - self._rng.integer(30, 9 * YEAR)
                yield self._transfer(gun, self._seller, sold, is_current=False)
            yield self._transfer(gun, holder, acquired, is_current=True)
        if status is not None:
            yield from self._reports(gun, status, acquired, near)

    def _acquired(self, holder: Columns) -> int:
        """A day after the holder's 21st birthday, if there was one."""
        since = min(ordinal(holder["birth_date"]) + 21 * YEAR + 6, TODAY - 60)
        return TODAY - int(min(TODAY - since, 30 * YEAR) * self._rng.random())

    def _transfer(self, gun: Columns, person: Columns, day: int, *, is_current: bool) -> Row:
        self._transfers += 1
        columns = {
            "id": self._transfers,
            "firearm_id": gun["firearm_id"],
            "kind": self._rng.one_of(_KIND),
            "transferred_on": iso(day),
            **owner(person),
            "is_current": is_current,
            "is_permit": False,
            **subject(person),
        }
        return "firearm_transfer", columns

    def _reports(self, gun: Columns, status: str, since: int, near: Columns) -> Iterator[Row]:
        """A report; in one of six cases that of its recovery too, which ends the first."""
        occurred = TODAY - int((TODAY - since) * self._rng.random())
        is_recovered = status == _S.STOLEN.value and self._rng.happens(0.16)
        state = EntryState.CLEARED if is_recovered else EntryState.ACTIVE
        yield self._report(gun, status, occurred, near, state)
        if is_recovered:
            yield self._report(gun, _S.RECOVERED.value, min(TODAY, occurred + 90), near, EntryState.ACTIVE)

    def _report(self, gun: Columns, status: str, occurred: int, near: Columns, state: EntryState) -> Row:
        entered = min(TODAY, occurred + self._rng.integer(0, 20))
        entry = self._entries.columns(
            self._numbers.next(), agency(county_of(near, self._rng), self._rng), entered, state.value
        )
        return "firearm_report", {
            **entry,
            "firearm_id": gun["firearm_id"],
            "status": status,
            "occurred_on": iso(occurred),
        }


def _start(world: WorldDraws) -> DrawRows:
    return _Firearms(world.own_rng(SOURCE)).draw


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    for index, each in enumerate(table.get("firearm", ())):
        id = f"AF{number * 10 + index:08}"
        yield "firearm", {"firearm_id": id, "serial": each["serial"], **description(each), **subject(person)}
        transfer = {"id": number * 10 + index, "firearm_id": id, **each["transfer"], **owner(person)}
        yield "firearm_transfer", {**transfer, "is_current": True, "is_permit": False, **subject(person)}
        if "report" in each:
            yield "firearm_report", _demo_report(f"G{index * 1000 + number:09}", id, each["report"])
    if table.get("armed_and_prohibited"):
        yield prohibited(person)


def _demo_report(number: str, firearm: str, table: DemoTable) -> Columns:
    entry = demo_entry(number, DEMO_COUNTY.sheriff, ordinal(table["occurred_on"]) + 1, table.get("state", "ACTIVE"))
    return {**entry, "firearm_id": firearm, "status": table["status"], "occurred_on": table["occurred_on"]}


SEED: Final = SourceSeed(_start, _demo)
