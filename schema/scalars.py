"""Date scalar: ISO 8601 text. Sources store dates as such text, so output passes through unchanged."""

from __future__ import annotations

import re
from datetime import date
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from engine.declarations import identity

Date = NewType("Date", str)


# fromisoformat alone also takes 19900517 and 1990-W20-4.
DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _parse(value: object) -> date:
    if not isinstance(value, str) or not DATE_PATTERN.fullmatch(value):
        raise ValueError
    return date.fromisoformat(value)


DATE: ScalarDefinition = strawberry.scalar(
    name="Date",
    description="A calendar date without a time zone, ISO 8601: 1990-05-17.",
    serialize=identity,
    parse_value=_parse,
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
)
