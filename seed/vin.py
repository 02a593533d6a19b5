"""Vehicle identification numbers (VINs) with their check digit."""

from __future__ import annotations

from typing import Final

from resolvers.numbers.vin import check_digit

_MODEL_YEARS: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"  # 1980 is A; the codes repeat after 30 years


def vin(maker: str, descriptor: str, year: int, tail: str) -> str:
    """The VIN made of its parts and the check digit.

    Shape: maker 3 characters, descriptor 5, tail 7 (the plant and six digits); 17 out.
    """
    year_code = _MODEL_YEARS[(year - 1980) % 30]
    unchecked = f"{maker}{descriptor}0{year_code}{tail}"
    return f"{maker}{descriptor}{check_digit(unchecked)}{year_code}{tail}"
