"""Numbers of people, papers and plates, each given once. Knows the forms, and nothing of who gets them.

A series walks through all its numbers in steps that share no factor with how many there are, so it comes
back to the first only after the last: unique by construction, with nothing to remember. What the fixed
demonstration people have (a leading 0, licence letter Z, SSN area 999, plates that begin with 1, plant Z
of a VIN) no series gives.
"""

from __future__ import annotations

from itertools import count
from math import gcd, prod
from typing import Final

from seed.chance import Chance

DIGIT: Final = "0123456789"
FROM_1: Final = "123456789"
FROM_2: Final = "23456789"
LETTER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CLEAR: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which look like digits
VOWEL: Final = "AEIOU"

FIRST_ROW: Final = 1_000_001  # the rows before are the demonstration people's

Pattern = tuple[str, ...]


def digits(places: int) -> Pattern:
    """A pattern of as many digits."""
    return (DIGIT,) * places


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

# California gives each kind of plate a form of its own, so plates of two kinds never meet.
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
PLATE_ELSEWHERE: Final = (CLEAR, CLEAR, CLEAR, *digits(4))


class Series:
    """All numbers of one pattern, in an order that looks like none."""

    def __init__(self, pattern: Pattern, chance: Chance) -> None:
        self._pattern = pattern[::-1]
        self._size = prod(map(len, pattern))
        self._step = int(self._size * 0.618033988749895)
        while gcd(self._step, self._size) != 1:
            self._step += 1
        self._place = chance.whole(0, self._size - 1)

    def next(self) -> str:
        """A number that this series has not given before."""
        self._place = rest = (self._place + self._step) % self._size
        number = ""
        for alphabet in self._pattern:
            rest, place = divmod(rest, len(alphabet))
            number = alphabet[place] + number
        return number


class Numbers:
    """One world's series of every kind of number."""

    def __init__(self, chance: Chance) -> None:
        self.license = {state: Series(pattern, chance) for state, pattern in LICENSE.items()}
        self.ssn = Series(SSN, chance)
        self.cii = Series(CII, chance)
        self.fbi = Series(FBI, chance)
        self.carpos = Series(CARPOS, chance)
        self.warrant = Series(WARRANT, chance)
        self.order = Series(ORDER, chance)
        self.booking = Series(BOOKING, chance)
        self.plate = {kind: Series(pattern, chance) for kind, pattern in PLATE.items()}
        self.plate["CO"] = self.plate["TK"]  # one form, so one series
        self.plate_elsewhere = Series(PLATE_ELSEWHERE, chance)
        self.vin_tail = Series((CLEAR[:-1], *digits(6)), chance)
        self.protected_party = count(FIRST_ROW)
        self.cycle = count(FIRST_ROW)
        self.charge = count(FIRST_ROW)
