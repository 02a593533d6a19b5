"""Scalars: a calendar date, as text. Sources keep dates as ISO text, so it passes through untouched on the way out."""

from __future__ import annotations

from datetime import date
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

Date = NewType("Date", str)


def _parse(value: object) -> date:
    if not isinstance(value, str):
        raise TypeError
    return date.fromisoformat(value)


DATE: ScalarDefinition = strawberry.scalar(
    name="Date",
    description="A calendar date without a time zone, ISO 8601: 1990-05-17.",
    serialize=lambda value: value,
    parse_value=_parse,
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
)
