"""Scalars: dates and instants as ISO 8601 text, and cents as whole numbers.

A date or an instant in an argument is any text to GraphQL. The search that it is for parses it, so that a wrong one
refuses its own root and not the whole operation.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from engine.declarations import CheckedText, safe_integer

Date = NewType("Date", str)


# A part that is not known may be left out, or be 00.
_DATE_PATTERN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def record_date(value: Any) -> str:
    """A date as records have it: 1990-05-17 or 1990-05-00, and not NONEXP, 1990-02-30 or 1990. Raises: ValueError."""
    try:
        # This also reads 19900517 and 1990-W20-4. Remembering valid texts was slower: each lookup missed the cache.
        text: str = value
        if date.fromisoformat(text) and text[7] == "-":
            return text
    except (TypeError, ValueError, IndexError):
        pass
    if not isinstance(value, str) or len(parse_date(value)) != len("1990-05-17"):
        raise ValueError("The value is no date.")
    return value


def parse_date(text: str) -> str:
    """A date of a search, of which the day or the month may be unknown. Raises ValueError."""
    match = _DATE_PATTERN.fullmatch(text)
    if match is None:
        raise ValueError
    year, month, day = (int(part or 0) for part in match.groups())
    date(year, month or 1, day or 1)
    if day and not month:
        raise ValueError
    return match.group()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("Expected a string.")
    return value


DATE: ScalarDefinition = strawberry.scalar(
    name="Date",
    description="A calendar date without a time zone, ISO 8601: 1990-05-17. A part that is not known is 00, in records"
    " too: 1990-05-00, 1990-00-00. A search also takes 1990-05 and 1990.",
    serialize=CheckedText(record_date),
    parse_value=_text,
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
)

INSTANT: ScalarDefinition = strawberry.scalar(
    name="DateTime",
    description="A moment with its time zone, ISO 8601: 2026-01-31T08:00:00-08:00.",
    serialize=datetime.isoformat,
    parse_value=_text,
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
)

Cents = NewType("Cents", int)


def _no_input(_value: object) -> int:
    raise ValueError("No argument is an amount of money.")


CENTS: ScalarDefinition = strawberry.scalar(
    name="Cents",
    description="Money in whole US cents, a JSON integer of up to 2^53 - 1. An Int would end at $21,474,836.47.",
    serialize=safe_integer,
    parse_value=_no_input,
)
