"""The fixed date of the synthetic world, and dates as day numbers.

The real clock is not read: a world that depended on it would differ from day to day.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

EPOCH: Final = date(2026, 1, 1)
TODAY: Final = EPOCH.toordinal()
YEAR: Final = 365


@lru_cache(40_000)  # a century
def iso(day: int) -> str:
    """The day with this ordinal, as the sources store it: "2026-01-01"."""
    return date.fromordinal(day).isoformat()


def ordinal(day: str) -> int:
    """The ordinal of a stored day."""
    return date.fromisoformat(day).toordinal()


def is_minor(birth_date: str, day: str) -> bool:
    """Whether the day is before the 18th birthday. On the birthday itself a person is an adult.

    Stored days are compared as text. Someone born on 29 February is 18 on 1 March: 18 years after a leap year there
    is no 29 February.
    """
    return day < f"{int(birth_date[:4]) + 18:04}{birth_date[4:]}"
