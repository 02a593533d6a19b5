"""Vehicle identification numbers (VINs): 17 characters with a check digit, or from before 1981 11 to 16 of any form."""

from __future__ import annotations

import re
from operator import mul

from resolvers.errors import InvalidSearch
from resolvers.numbers.compact_text import compact

VIN_LENGTH, SHORTEST_VIN_START, SHORTEST_VIN_END = 17, 8, 6
STORED_VIN = re.compile("[A-HJ-NPR-Z0-9]{17}|[A-Z0-9]{11,16}")

INVALID_VIN = (
    "vin must be 17 letters A to Z and digits. For a part of one, or one from before 1981, search by vinStart."
)
LOOKALIKES = "vin must not contain I, O or Q: they are 1 and 0."
ALL_ZEROS = "vin must not be all zeros."
WRONG_CHECK_DIGIT = (
    "vin has a check digit, the ninth character, that does not fit: one character is wrong, or two are exchanged."
    " If the vehicle shows it so, search by vinStart."
)
INVALID_REPORTED_VIN = "vin must be 17 letters A to Z and digits, or from before 1981 11 to 16."
INVALID_START = "vinStart must be 8 to 17 letters A to Z and digits."
INVALID_END = "vinEnd must be 6 to 17 letters A to Z and digits."

_CHARACTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VALUES = dict(zip(_CHARACTERS, map(int, "012345678912345678123457923456789"), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def check_digit(vin: str) -> str:
    """The check digit of a VIN of 17 characters; the ninth one may be any. Raises: KeyError for I, O or Q."""
    remainder = sum(map(mul, map(_VALUES.__getitem__, vin), _WEIGHTS)) % 11
    return "X" if remainder == 10 else str(remainder)


def vin_number(text: str) -> str:
    """A whole VIN of 1981 or later in normal form. Raises InvalidSearch, which says what is wrong with it."""
    vin = compact(text) or ""
    if len(vin) != VIN_LENGTH:
        raise InvalidSearch(INVALID_VIN)
    if set(vin) & set("IOQ"):
        raise InvalidSearch(LOOKALIKES)
    if not vin.strip("0"):
        raise InvalidSearch(ALL_ZEROS)
    if vin[8] != check_digit(vin):
        raise InvalidSearch(WRONG_CHECK_DIGIT)
    return vin


def reported_vin(text: str) -> str:
    """A VIN in normal form, whose check digit may be wrong, as one that was altered has. Raises InvalidSearch."""
    vin = compact(text) or ""
    if not STORED_VIN.fullmatch(vin):
        raise InvalidSearch(INVALID_REPORTED_VIN)
    return vin


def vin_beginning(text: str) -> str:
    """The first characters of a VIN, or a whole one from before 1981, in normal form. Raises InvalidSearch."""
    start = compact(text) or ""
    if not SHORTEST_VIN_START <= len(start) <= VIN_LENGTH:
        raise InvalidSearch(INVALID_START)
    return start


def vin_ending(text: str) -> str:
    """The last characters of a VIN in normal form, such as its serial number. Raises InvalidSearch."""
    end = compact(text) or ""
    if not SHORTEST_VIN_END <= len(end) <= VIN_LENGTH:
        raise InvalidSearch(INVALID_END)
    return end
