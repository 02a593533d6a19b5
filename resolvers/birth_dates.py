"""Birth dates of a search: known wholly, in part, or as an age."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import Enum
from typing import Any

from resolvers.errors import InvalidSearch

OLDEST = 130


class Precision(Enum):
    """How much of a birth date is known: the day, the year with or without the month, or an age."""

    DAY = "DAY"
    PART = "PART"
    AGE = "AGE"


@dataclass(frozen=True, slots=True)
class BirthDate:
    """The birth dates that a search is for: from `start` to `end`, both included.

    day:        the one day, ISO 8601, if it is known wholly.
    near_start, near_end: the days that agree less, when the search is expanded; None if it is not.
    is_age:     whether it was given as an age.
    """

    start: str
    end: str
    day: str | None = None
    near_start: str | None = None
    near_end: str | None = None
    is_age: bool = False

    @staticmethod
    def parse(text: str, *, expand: bool) -> BirthDate:
        """The days of a date known wholly or in part, in a form of the scalar Date: 1992-02-29, 1992-02-00, 1992."""
        year, month, day, *_ = (*(int(part) for part in text.split("-")), 0, 0)
        first = date(year, month or 1, day or 1)
        last = first
        if not day:
            month_end = month or 12
            last = date(year, month_end, monthrange(year, month_end)[1])
        # A stored date of which the month or the day is not known has 00 there, and sorts before the first.
        start = first.isoformat() if day else f"{year:04}-{month:02}-00"
        near = (before(first).isoformat(), after(last).isoformat()) if expand else (None, None)
        return BirthDate(start, last.isoformat(), first.isoformat() if day else None, *near)

    @staticmethod
    def of_age(age: int, margin: int, today: date) -> BirthDate:
        """The birth dates of people of an age, in years, or of up to `margin` years more or less.

        Raises: InvalidSearch.
        """
        if not (0 <= age <= OLDEST and 0 <= margin <= OLDEST):
            raise InvalidSearch(f"age and ageMargin must be from 0 to {OLDEST}.")
        start = _years(today, -(age + margin + 1)) + timedelta(days=1)
        end = _years(today, -max(0, age - margin))
        return BirthDate(start.isoformat(), end.isoformat(), is_age=True)

    @property
    def precision(self) -> Precision:
        if self.is_age:
            return Precision.AGE
        return Precision.DAY if self.day else Precision.PART

    @property
    def parts(self) -> tuple[str, ...]:
        """The stored forms of the day, if the month or the day is not known there."""
        return (f"{self.day[:8]}00", f"{self.day[:5]}00-00") if self.day else ()

    @property
    def exchanged(self) -> str | None:
        """The day with month and day exchanged; itself if that is no date."""
        return f"{self.day[:5]}{self.day[8:]}-{self.day[5:7]}" if self.day else None

    def parameters(self) -> dict[str, Any]:
        """SQL parameters."""
        parameters: dict[str, Any] = {"born_from": self.start, "born_to": self.end}
        if self.near_start:
            parameters |= {"near_from": self.near_start, "near_to": self.near_end}
        if self.day:
            parameters |= {"born": self.day, "exchanged": self.exchanged}
            parameters |= {f"part_{index}": part for index, part in enumerate(self.parts)}
            parameters |= {f"digit_{index}": self.day[index - 1] for index in DIGITS}
        return parameters


DIGITS = (1, 2, 3, 4, 6, 7, 9, 10)
"""Positions of the digits in a date, from 1."""


def before(day: date) -> date:
    """The first day within one year before a day."""
    return _years(day, -1)


def after(day: date) -> date:
    """The last day within one year after a day. 29 February is within a year of the 28th before, as that is of it."""
    last = _years(day, 1)
    is_february_28 = (last.month, last.day) == (2, 28) and (day.month, day.day) == (2, 28)
    return last + timedelta(days=1) if is_february_28 and (last + timedelta(days=1)).day == 29 else last


def _years(day: date, years: int) -> date:
    year = min(max(day.year + years, MINYEAR), MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return day.replace(year=year, day=28)
