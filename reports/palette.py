"""Palette of the HTML pages: one colour for each meaning, on a light and on a dark page.

A colour never stands alone: a word, a shape or a place says the same. Tests compute each contrast (WCAG 2.2, level AA).
"""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """One meaning on a light and on a dark page."""

    light: str
    dark: str


GROUNDS = {
    "paper": Colour("#ffffff", "#0d1117"),
    "panel": Colour("#f6f8fa", "#151b23"),
}
TEXTS = {
    "ink": Colour("#1f2328", "#f0f6fc"),
    "quiet": Colour("#59636e", "#9198a1"),
    "link": Colour("#0550ae", "#6cb6ff"),
    "certain": Colour("#b3261e", "#ff8a80"),
    "strong": Colour("#9a3f00", "#f0a35e"),
    "worth": Colour("#0550ae", "#79c0ff"),
    "good": Colour("#116329", "#56d364"),
    "bad": Colour("#b3261e", "#ff8a80"),
}
"""Colours that a text may have: at least 4.5 to 1 on both grounds."""

DRAWINGS = {
    "found": Colour("#bc4c00", "#f0883e"),
    "usual": Colour("#818b98", "#6e7681"),
    "line-0": Colour("#116329", "#56d364"),
    "line-1": Colour("#0550ae", "#79c0ff"),
    "line-2": Colour("#bc4c00", "#f0883e"),
    "line-3": Colour("#8250df", "#bc8cff"),
    "line-4": Colour("#59636e", "#9198a1"),
}
"""Colours of bars and lines: at least 3 to 1 on both grounds."""

RULES = {"rule": Colour("#d1d9e0", "#3d444d")}
"""Colours of lines that only separate: no contrast is needed."""

PALETTE = GROUNDS | TEXTS | DRAWINGS | RULES


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
