"""Serial numbers of makers: letters and digits as stamped, compared without separators and with O as 0."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func

from resolvers.errors import InvalidSearch
from resolvers.numbers.compact_text import compact

PUNCTUATION = frozenset("/#*,:;()'\"")
"""Beside the separators of any number. A letter or a digit is never left out."""
STORED_MARKS = " -.·_/#*,:;()'\"\u00a0"
"""Characters that a source may have stored within a serial number and that do not count."""

LONGEST_SERIAL = 20
INVALID_SERIAL = "{argument} must be a serial number of 1 to 20 letters A to Z and digits."


def serial_form(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The comparable form of a stored serial number, as an expression that an index has too."""
    form: ColumnElement[Any] = func.upper(column)
    for mark in STORED_MARKS:
        form = func.replace(form, mark, "")
    return func.replace(form, "O", "0")


def serial_number(text: str, argument: str = "number") -> str:
    """The comparable form of a serial number: "bro-1234 o" gives "BR012340". Raises InvalidSearch."""
    number = compact(text, PUNCTUATION)
    if not number or len(number) > LONGEST_SERIAL:
        raise InvalidSearch(INVALID_SERIAL.format(argument=argument))
    return number.replace("O", "0")
