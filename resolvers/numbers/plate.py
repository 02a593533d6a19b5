"""Licence plates: a number of one to eight letters and digits, and the state that issued it.

California also issues plates with one symbol, a heart, hand, star or plus, which is no part of the number here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func

from resolvers.codes.issuer import ISSUERS, NEARBY_ISSUERS
from resolvers.errors import InvalidSearch
from resolvers.numbers.compact_text import compact

SYMBOLS = frozenset("+✚\u2795♡♥❤✋🖐☆★⭐\ufe0f")
STORED_MARKS = " -.·\u00a0+✚♥❤✋★☆⭐\ufe0f"
"""Characters that a source may have stored within a plate and that are no part of its number."""

SHORTEST_PLATE_START, LONGEST_PLATE = 2, 8
INVALID_PLATE = "number must be a plate of 1 to 8 letters A to Z and digits; the state goes into state."
STATE_IN_PLATE = (
    "number must be the plate alone: it ends like a state. Give the state in state, or leave out the spaces."
)
INVALID_START = "plateStart must be two to eight letters A to Z and digits."
INVALID_STATE = "{argument} must be the two letters of a state, such as CA."

LOOKALIKES = {"O": "0", "I": "1", "B": "8", "Z": "2"}
"""Letters that people and plate readers take for digits, and digits for them."""
SHORTEST_LOOKALIKE_START = 5
"""A shorter start would find many plates that nobody meant."""

_TO_DIGITS = str.maketrans(LOOKALIKES)
_STATE_AT_END = re.compile(r"\w.*[\W_]([a-z]{2})\W*", re.IGNORECASE | re.DOTALL)


def plate_form(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The normal form of a stored plate, as an expression that an index has too."""
    form: ColumnElement[Any] = func.upper(column)
    for mark in STORED_MARKS:
        form = func.replace(form, mark, "")
    return form


def lookalike_plate_form(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The look-alike form of a stored plate, as an expression that an index has too."""
    form = plate_form(column)
    for letter, digit in LOOKALIKES.items():
        form = func.replace(form, letter, digit)
    return form


def lookalike_form(plate: str) -> str:
    """A plate with the characters that readers take for one another made equal: "IB0" gives "180"."""
    return plate.translate(_TO_DIGITS)


def stored_plate(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The state and the number in normal form of the plate in a row; None if it has none."""
    number, state = compact(row.get("plate") or "", SYMBOLS), row.get("plate_state")
    return (state, number) if number and state else None


def plate_number(text: str) -> str:
    """The number of a plate in normal form: "1-ntk-009" gives "1NTK009". Raises InvalidSearch."""
    number = compact(text, SYMBOLS)
    if not number or len(number) > LONGEST_PLATE:
        raise InvalidSearch(INVALID_PLATE)
    ends = _STATE_AT_END.fullmatch(unicodedata.normalize("NFKC", text))
    # A plate with the state behind it would be searched for as a longer plate, and found nowhere.
    if ends and ends[1].upper() in NEARBY_ISSUERS:
        raise InvalidSearch(STATE_IN_PLATE)
    return number


def plate_beginning(text: str) -> str:
    """The first characters of a plate in normal form. Raises InvalidSearch."""
    start = compact(text, SYMBOLS) or ""
    if not SHORTEST_PLATE_START <= len(start) <= LONGEST_PLATE:
        raise InvalidSearch(INVALID_START)
    return start


def issuer_code(text: str, argument: str = "state") -> str:
    """The two letters of the state that issued a plate or a licence: " ca" gives "CA". Raises InvalidSearch."""
    code = text.strip().upper() if len(text) <= LONGEST_PLATE else ""
    if code not in ISSUERS:
        raise InvalidSearch(INVALID_STATE.format(argument=argument))
    return code
