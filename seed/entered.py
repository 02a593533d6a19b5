"""Columns of invented entries: file control numbers, cases, times of entry, versions."""

from __future__ import annotations

from datetime import date
from typing import Final

from resolvers.codes.entry import EntryState
from seed.calendar import iso
from seed.numbers import FROM_1, Series
from seed.rng import Rng
from seed.row import Columns

ACTIVE: Final = EntryState.ACTIVE.value


class Entries:
    """The entries of one source, in a world. Their file control numbers are scattered, and tell of no others."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._sequence = Series(rng, FROM_1, digits=7)

    def columns(self, number: str, agency_ori: str, day: int, state: str = ACTIVE) -> Columns:
        """The columns of an entry that an agency made on a day, an ordinal."""
        return {
            "number": number,
            "fcn": _file_control_number(day, self._sequence.next()),
            "agency_ori": agency_ori,
            "case_number": f"{date.fromordinal(day):%y}-{self._rng.integer(10_000, 99_999)}",
            "entered_at": moment(day, self._rng.integer(0, 24 * 60 - 1)),
            "state": state,
            "version": 1 + self._rng.integer(0, 2) + (state != ACTIVE),
        }


def demo_entry(number: str, agency_ori: str, day: int, state: str = ACTIVE) -> Columns:
    """The columns of a demonstration entry. All numbers follow from its own, and no series gives them."""
    digits = number[-7:]
    return {
        "number": number,
        "fcn": _file_control_number(day, f"0{digits}"),
        "agency_ori": agency_ori,
        "case_number": f"{date.fromordinal(day):%y}-0{int(digits):04}",
        "entered_at": moment(day, 8 * 60 + int(digits) % 60),
        "state": state,
        "version": 1 + (state != ACTIVE),
    }


def _file_control_number(day: int, sequence: str) -> str:
    return f"{date.fromordinal(day):%y%j}{sequence}"


def moment(day: int, minutes: int) -> str:
    """A time of a day, an ordinal, as the sources store it: UTC."""
    return f"{iso(day)}T{minutes // 60:02}:{minutes % 60:02}:00Z"
