"""Unique numbers: licences, SSNs, plates, and the file numbers of people and records.

A series steps through all numbers of its pattern. The step and the count of numbers have no common factor, so no
number repeats before all have been used, and no used number must be stored. No series gives a number of the
demonstration people: a leading 0, licence letter Z, SSN area 999, a plate that begins with 1, or VIN plant Z.
"""

from __future__ import annotations

from itertools import count
from math import gcd, prod
from typing import Final

from seed.rng import Rng

DIGIT: Final = "0123456789"
FROM_1: Final = "123456789"
FROM_2: Final = "23456789"
LETTER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CLEAR: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which look like digits
VOWEL: Final = "AEIOU"

FIRST_ROW: Final = 1_000_001  # lower ids belong to the demonstration people


class Series:
    """All numbers of one pattern, each once, in an order that looks random."""

    def __init__(self, rng: Rng, *pattern: str, digits: int = 0) -> None:
        """A pattern is the possible characters of each place; the last `digits` places are digits."""
        self._pattern = (*pattern, *[DIGIT] * digits)[::-1]
        self._size = prod(map(len, self._pattern))
        self._step = int(self._size * 0.618033988749895)
        while gcd(self._step, self._size) != 1:
            self._step += 1
        self._position = rng.integer(0, self._size - 1)

    def next(self) -> str:
        """The next number; it has not been returned before."""
        self._position = rest = (self._position + self._step) % self._size
        number = ""
        for alphabet in self._pattern:
            rest, index = divmod(rest, len(alphabet))
            number = alphabet[index] + number
        return number


class Numbers:
    """The series of one world, one for each kind of number. Their order decides the world."""

    def __init__(self, rng: Rng) -> None:
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
        self.protected_party, self.cycle, self.charge = count(FIRST_ROW), count(FIRST_ROW), count(FIRST_ROW)
