"""How large an operation may be. Checked before anything runs; what is over is refused, never cut."""

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
    cached:      documents, and plans, that are kept for the next request.
    """

    characters: int = 32_000
    tokens: int = 2_000
    comparisons: int = 15_000
    depth: int = 14
    places: int = 500
    cached: int = 256
