"""Formatting of the numbers in findings."""

from __future__ import annotations


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def rounded(number: float) -> str:
    """A computed number with the digits that it is accurate to: 123, 4.5, 0.3."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}" if number >= 1 else f"{number:.1g}"
