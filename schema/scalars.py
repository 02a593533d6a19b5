"""Scalars: dates as ISO 8601 text, as sources store them, and cents as whole numbers."""

from __future__ import annotations

import re
from datetime import date
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from engine.declarations import CheckedText, safe_integer

Date = NewType("Date", str)


# A part that is not known may be left out, or be 00.
DATE_PATTERN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def is_date(text: str) -> bool:
    """Whether a text is a date as records have it: 1990-05-17 or 1990-05-00, and not NONEXP, 1990-02-30 or 1990."""
    try:
        return len(_parse(text)) == len("1990-05-17")
    except ValueError:
        return False


def _parse(value: object) -> str:
    match = DATE_PATTERN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError
    year, month, day = (int(part or 0) for part in match.groups())
    date(year, month or 1, day or 1)
    if day and not month:
        raise ValueError
    return match.group()


DATE: ScalarDefinition = strawberry.scalar(
    name="Date",
    description="A calendar date without a time zone, ISO 8601: 1990-05-17. A part that is not known is 00, in records"
    " too: 1990-05-00, 1990-00-00. A search also takes 1990-05 and 1990.",
    serialize=CheckedText(is_date),
    parse_value=_parse,
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
