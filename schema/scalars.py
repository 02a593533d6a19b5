"""Scalars: dates as ISO 8601 text, as sources store them, and cents as whole numbers."""

from __future__ import annotations

import re
from datetime import date
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from engine.declarations import CheckedText, safe_integer

Date = NewType("Date", str)


# fromisoformat alone also takes 19900517 and 1990-W20-4.
DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_date(text: str) -> bool:
    """Whether a text is a date of the calendar: 1990-05-17, and not NONEXP or 1990-02-30."""
    try:
        _parse(text)
    except ValueError:
        return False
    return True


def _parse(value: object) -> date:
    if not isinstance(value, str) or not DATE_PATTERN.fullmatch(value):
        raise ValueError
    return date.fromisoformat(value)


DATE: ScalarDefinition = strawberry.scalar(
    name="Date",
    description="A calendar date without a time zone, ISO 8601: 1990-05-17.",
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
