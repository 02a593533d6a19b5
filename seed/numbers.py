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

Pattern = tuple[str, ...]


def digits(count: int) -> Pattern:
    """A pattern of `count` digits."""
    return (DIGIT,) * count


LICENSE: Final = {
    "CA": (LETTER[:-1], *digits(7)),
    "AZ": ("D", *digits(8)),
    "NV": (FROM_1, *digits(9)),
    "OR": (FROM_1, *digits(6)),
}
SSN: Final = ("9", DIGIT, DIGIT[:9], "-", FROM_1, DIGIT, "-", FROM_1, *digits(3))
CII: Final = ("A", FROM_1, *digits(7))
FBI: Final = (FROM_1, *digits(5), CLEAR, CLEAR, DIGIT)
CARPOS: Final = ("R", FROM_1, *digits(7))
WARRANT: Final = ("W", FROM_1, *digits(8))
ORDER: Final = ("H", FROM_1, *digits(8))
BOOKING: Final = (FROM_1, *digits(7))

# Each plate type has its own pattern in California, so plates of two types never coincide.
PLATE: Final = {
    "PC": (FROM_2, CLEAR, LETTER, CLEAR, *digits(3)),
    "TK": (FROM_2, CLEAR, *digits(5)),
    "CO": (FROM_2, CLEAR, *digits(5)),
    "MC": (FROM_2, DIGIT, CLEAR, *digits(4)),
    "EX": digits(7),
    "DX": ("D", CLEAR, *digits(5)),
    "DV": ("V", CLEAR, *digits(5)),
    "PE": (CLEAR, VOWEL, CLEAR, VOWEL, *digits(3)),
    "TM": (CLEAR, CLEAR, DIGIT, DIGIT, CLEAR, DIGIT, DIGIT),
}
PLATE_OF_OTHER_STATE: Final = (CLEAR, CLEAR, CLEAR, *digits(4))


class Series:
    """All numbers of one pattern, each once, in an order that looks random."""

    def __init__(self, pattern: Pattern, rng: Rng) -> None:
        self._pattern = pattern[::-1]
        self._size = prod(map(len, pattern))
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
    """The series of one world, one for each kind of number."""

    def __init__(self, rng: Rng) -> None:
        self.license = {state: Series(pattern, rng) for state, pattern in LICENSE.items()}
        self.ssn = Series(SSN, rng)
        self.cii = Series(CII, rng)
        self.fbi = Series(FBI, rng)
        self.carpos = Series(CARPOS, rng)
        self.warrant = Series(WARRANT, rng)
        self.order = Series(ORDER, rng)
        self.booking = Series(BOOKING, rng)
        self.plate = {kind: Series(pattern, rng) for kind, pattern in PLATE.items()}
        self.plate["CO"] = self.plate["TK"]  # one pattern, so one series
        self.plate_of_other_state = Series(PLATE_OF_OTHER_STATE, rng)
        self.vin_tail = Series((CLEAR[:-1], *digits(6)), rng)
        self.protected_party = count(FIRST_ROW)
        self.cycle = count(FIRST_ROW)
        self.charge = count(FIRST_ROW)
