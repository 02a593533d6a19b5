"""Arrests of a person: how many of each kind, and on which days.

Some callers see no sealed and no juvenile arrest. So these are as frequent among people with a visible history as among
people without one: neither an arrest nor its absence tells of a hidden one.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from seed.calendar import TODAY, YEAR
from seed.rng import Rng, weighted

# Most people with a history have one to three cycles; the tail is long.
_ADULT: Final = weighted({
    **dict(zip(range(1, 13), (440, 220, 120, 62, 40, 28, 20, 15, 12, 9, 7, 5), strict=True)),
    **dict.fromkeys(range(13, 33), 1),
})  # fmt: skip
_SEALED: Final = weighted({1: 9, 2: 1})
_JUVENILE: Final = weighted({1: 60, 2: 25, 3: 10, 4: 5})


class Arrest(NamedTuple):
    """One arrest: its ordinal day, and whether relief was granted, which needs an end without any conviction."""

    day: int
    is_sealed: bool


class ArrestCounts(NamedTuple):
    """How many arrests of each kind a person has. Sealed ones are an adult's."""

    adult: int
    sealed: int
    juvenile: int

    @classmethod
    def draw(cls, rng: Rng, age_days: int) -> ArrestCounts:
        """Counts for a person of at least 14 years. An adult has half a year in which to be arrested."""
        is_adult = age_days >= 18 * YEAR + YEAR // 2
        return cls(
            adult=rng.one_of(_ADULT) if is_adult and rng.happens(0.21) else 0,
            sealed=rng.one_of(_SEALED) if is_adult and rng.happens(0.025) else 0,
            juvenile=rng.one_of(_JUVENILE) if rng.happens(0.03) else 0,
        )

    def days(self, rng: Rng, born: int) -> list[Arrest]:
        """The arrests in order; adults are arrested more often when young."""
        majority = born + 18 * YEAR + 5
        adult = (majority + int((TODAY - majority) * rng.random() ** 1.6) for _ in range(self.adult + self.sealed))
        first, last = born + 13 * YEAR, min(born + 18 * YEAR - 1, TODAY)
        return sorted([
            *(Arrest(day, is_sealed=place >= self.adult) for place, day in enumerate(adult)),
            *(Arrest(rng.integer(first, last), is_sealed=False) for _ in range(self.juvenile)),
        ])  # fmt: skip
