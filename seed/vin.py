"""Vehicle identification numbers (VINs) with their check digit."""

from __future__ import annotations

from operator import mul
from typing import Final

# No VIN contains I, O or Q.
_LETTERS: Final = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VALUES: Final = dict(zip(_LETTERS, map(int, "012345678912345678123457923456789"), strict=True))
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_MODEL_YEARS: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"  # 1980 is A; the codes repeat after 30 years


def vin(maker: str, descriptor: str, year: int, tail: str) -> str:
    """The VIN made of its parts and the check digit.

    Shape: maker 3 characters, descriptor 5, tail 7 (the plant and six digits); 17 out.
    """
    year_code = _MODEL_YEARS[(year - 1980) % 30]
    unchecked = f"{maker}{descriptor}0{year_code}{tail}"
    check = sum(map(mul, map(_VALUES.__getitem__, unchecked), _WEIGHTS)) % 11
    return f"{maker}{descriptor}{'X' if check == 10 else check}{year_code}{tail}"
