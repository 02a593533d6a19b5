"""How large an operation may be. Checked before anything runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one document and on what is kept of documents.

    tokens: lexical tokens of a document, before it is parsed.
    depth:  fields inside one another.
    places: fields of the plan, after fragments are spread and merged; aliases count each.
    cached: documents, and plans, that are kept for the next request.
    """

    tokens: int = 2_000
    depth: int = 14
    places: int = 500
    cached: int = 512
