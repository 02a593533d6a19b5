"""Ticks of an axis are few and round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.axis import log_ticks, ticks


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (0, [0]),
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (382, [0, 100, 200, 300]),
        (731.96, [0, 200, 400, 600]),
        (5, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_ticks_are_round_numbers_from_zero(high: float, expected: list[float]) -> None:
    assert ticks(high) == pytest.approx(expected)


@given(st.floats(1e-6, 1e12), st.integers(3, 10))
def test_ticks_are_never_more_than_wanted_nor_beyond_the_end(high: float, count: int) -> None:
    found = ticks(high, count)

    assert 2 <= len(found) <= count + 1
    assert found[-1] <= high * (1 + 1e-6)


def test_ticks_of_a_logarithmic_axis_are_1_2_and_5() -> None:
    assert log_ticks(6.6, 150) == pytest.approx([10, 20, 50, 100])
    assert log_ticks(25, 366) == pytest.approx([50, 100, 200])
