"""Figures as findings say them. Knows nothing of what they are of."""

from __future__ import annotations


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def about(figure: float) -> str:
    """A figure that was worked out, with no more digits than it is good for."""
    return f"{figure:.0f}" if figure >= 10 else f"{figure:.2g}" if figure >= 1 else f"{figure:.1g}"
