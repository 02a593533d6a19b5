"""How large an operation may be. What is over is refused, never cut; all but rows before anything runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one document and on what is kept of documents.

    characters:  of a document's text.
    tokens:      lexical tokens of a document, and comments, before it is parsed.
    comparisons: steps of finding out whether selections of one name can be merged: the square of how many there are.
    depth:       fields inside one another.
    places:      fields of the plan, after fragments are spread and merged; aliases count each.
    width:       not a bound: how many rows a list is taken to have where its arguments do not say.
    cost:        fields of the answer, by these widths.
    rows:        that batches give to one operation, a row each time it is given. Known only as they come.
    cached:      documents, and plans, that are kept for the next request.
    """

    characters: int = 32_000
    tokens: int = 2_000
    comparisons: int = 15_000
    depth: int = 14
    places: int = 500
    width: int = 3
    cost: int = 500_000
    rows: int = 20_000
    cached: int = 256
