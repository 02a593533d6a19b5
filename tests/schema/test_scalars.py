"""Scalars of records: which texts are dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import record_date

OTHER_FORMS = [
    "19900517",
    "1990-W20-4",
    "1990W204",
    "1990W20",
    "1990-W20",
    "1990-05",
    "1990",
    "1990-05-17T00:00",
    "\u0661990-05-17",
]


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: date) -> None:
    assert record_date(day.isoformat()) == day.isoformat()


@pytest.mark.parametrize("text", ["1990-05-00", "1990-00-00"])
def test_a_day_or_a_month_may_be_unknown(text: str) -> None:
    assert record_date(text) == text


@pytest.mark.parametrize(
    "value", [*OTHER_FORMS, "NONEXP", "1990-02-30", "1990-00-17", "", None, 19900517, ["1990-05-17"]]
)
def test_nothing_else_is_a_date(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is graphql-core's own
        record_date(value)
