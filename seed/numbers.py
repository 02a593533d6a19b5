"""Unique numbers: person ids, licences, SSNs, plates, and the file numbers of people and records.

No number tells another: not the next, nor how many there are, nor which one was left out. No series gives a number of
the demonstration people: a leading 0, licence letter Z, SSN area 999, a plate that begins with 1, or VIN plant Z.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count, product
from math import prod
from typing import Final

from seed.rng import Rng

DIGIT: Final = "0123456789"
FROM_1: Final = "123456789"
FROM_2: Final = "23456789"
LETTER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CLEAR: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which look like digits
VOWEL: Final = "AEIOU"

FIRST_ROW: Final = 1_000_001  # lower ids belong to the demonstration people

_PRIME: Final = 2**31 - 1
_ROUNDS: Final = 2


class Series:
    """Permutation of all numbers of one pattern: a Feistel network with random keys, so no used number is stored.

    Each round adds to one half of the number a sum of the other half and a key, cubed: any round can be undone, so no
    number repeats before all have been used.
    """

    def __init__(self, rng: Rng, *pattern: str, digits: int = 0) -> None:
        """A pattern is the possible characters of each place; the last `digits` places are digits."""
        places = (*pattern, *[DIGIT] * digits)
        middle = min(range(len(places)), key=lambda at: abs(prod(map(len, places[:at])) - prod(map(len, places[at:]))))
        self._left, self._right = prod(map(len, places[:middle])), prod(map(len, places[middle:]))
        self._parts = _parts(places)
        self._keys = [(rng.integer(0, _PRIME), rng.integer(0, _PRIME)) for _ in range(_ROUNDS)]
        self._count = 0

    def next(self) -> str:
        """The next number; it has not been returned before."""
        left, right = divmod(self._count % (self._left * self._right), self._right)
        self._count += 1
        for one, other in self._keys:
            left = (left + (right + one) ** 3 % _PRIME) % self._left
            right = (right + (left + other) ** 3 % _PRIME) % self._right
        rest, number = left * self._right + right, ""
        for texts in self._parts:
            rest, index = divmod(rest, len(texts))
            number = texts[index] + number
        return number


@lru_cache
def _parts(places: tuple[str, ...]) -> list[list[str]]:
    """All texts of some neighbouring places, at most a thousand, for parts of a pattern from its end."""
    for size in range(len(places), 0, -1):
        if prod(map(len, places[-size:])) <= 1_000:
            return [[*map("".join, product(*places[-size:]))], *_parts(places[:-size])]
    return []


class Numbers:
    """The series of one world, one for each kind of number. Their order decides the world."""

    def __init__(self, rng: Rng) -> None:
        self.person = Series(rng, "P", FROM_1[:-1], digits=6)  # no id begins with 9, so P9999999 is nobody's
        self.license = {
            "CA": Series(rng, LETTER[:-1], digits=7),
            "AZ": Series(rng, "D", digits=8),
            "NV": Series(rng, FROM_1, digits=9),
            "OR": Series(rng, FROM_1, digits=6),
        }
        self.ssn = Series(rng, "9", DIGIT, DIGIT[:9], "-", FROM_1, DIGIT, "-", FROM_1, digits=3)
        self.cii = Series(rng, "A", FROM_1, digits=7)
        self.fbi = Series(rng, FROM_1, *[DIGIT] * 5, CLEAR, CLEAR, digits=1)
        self.carpos = Series(rng, "R", FROM_1, digits=7)
        self.warrant = Series(rng, "W", FROM_1, digits=8)
        self.order = Series(rng, "H", FROM_1, digits=8)
        self.booking = Series(rng, FROM_1, digits=7)
        # Each plate type has its own pattern in California, so plates of two types never coincide.
        self.plate = {
            "PC": Series(rng, FROM_2, CLEAR, LETTER, CLEAR, digits=3),
            "TK": Series(rng, FROM_2, CLEAR, digits=5),
            "CO": Series(rng, FROM_2, CLEAR, digits=5),
            "MC": Series(rng, FROM_2, DIGIT, CLEAR, digits=4),
            "EX": Series(rng, digits=7),
            "DX": Series(rng, "D", CLEAR, digits=5),
            "DV": Series(rng, "V", CLEAR, digits=5),
            "PE": Series(rng, CLEAR, VOWEL, CLEAR, VOWEL, digits=3),
            "TM": Series(rng, CLEAR, CLEAR, DIGIT, DIGIT, CLEAR, digits=2),
        }
        self.plate["CO"] = self.plate["TK"]  # one pattern, so one series
        self.plate_of_other_state = Series(rng, CLEAR, CLEAR, CLEAR, digits=4)
        self.vin_tail = Series(rng, CLEAR[:-1], digits=6)
        self.person_row, self.protected_party = count(FIRST_ROW), count(FIRST_ROW)
        self.cycle, self.charge = count(FIRST_ROW), count(FIRST_ROW)
