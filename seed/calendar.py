"""The day on which the world stands still, and days as numbers. Knows nothing of the real clock.

A world that depended on today would be another one tomorrow.
"""

from __future__ import annotations

from datetime import date
from typing import Final

EPOCH: Final = date(2026, 1, 1)
TODAY: Final = EPOCH.toordinal()
YEAR: Final = 365


def iso(day: int) -> str:
    """The day with this ordinal, as the sources store it: "2026-01-01"."""
    return date.fromordinal(day).isoformat()


def ordinal(day: str) -> int:
    """The ordinal of a stored day."""
    return date.fromisoformat(day).toordinal()


def is_minor(birth_date: str, day: str) -> bool:
    """Whether the day is before the 18th birthday; on the birthday itself a person is an adult.

    Stored days are compared as text: born on 29 February, one is 18 on 1 March, since no year 18
    years after a leap year has that day.
    """
    return day < f"{int(birth_date[:4]) + 18:04}{birth_date[4:]}"
