"""Hull identification numbers (HINs) of boats: compared as serial numbers are, and without the country before them."""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func

from resolvers.errors import InvalidSearch
from resolvers.numbers.compact_text import compact
from resolvers.numbers.serial import PUNCTUATION, serial_form

SHORTEST_HULL, HULL_LENGTH, LONGEST_HULL = 6, 12, 17
INVALID_HULL = "hin must be the hull number: 12 letters A to Z and digits, or of an old boat 6 to 17."
COUNTRY: Final = "US"
"""Before a hull number of 12 characters it says where the boat was built, and may be left out."""

_HULL = re.compile(f"[A-Z0-9]{{{SHORTEST_HULL},{LONGEST_HULL}}}")


def hull_form(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The comparable form of a stored hull number, as an expression that an index has too."""
    form = serial_form(column)
    has_country = and_(func.length(form) == HULL_LENGTH + len(COUNTRY), func.substr(form, 1, len(COUNTRY)) == COUNTRY)
    # PostgreSQL has no index on a bare CASE.
    return func.coalesce(case((has_country, func.substr(form, len(COUNTRY) + 1))), form)


def hull_number(text: str) -> str:
    """The comparable form of a hull number: "US-ABC12345D404" gives "ABC12345D404". Raises InvalidSearch."""
    number = compact(text, PUNCTUATION) or ""
    if not _HULL.fullmatch(number):
        raise InvalidSearch(INVALID_HULL)
    number = number.replace("O", "0")
    has_country = len(number) == HULL_LENGTH + len(COUNTRY) and number.startswith(COUNTRY)
    return number[len(COUNTRY) :] if has_country else number
