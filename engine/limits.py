"""Limits on the size of an operation. A request over a limit is refused, never cut; all but rows before it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one document, and on how many documents are cached.

    characters:  of a document's text.
    tokens:      lexical tokens of a document, and comments, before it is parsed.
    comparisons: steps of checking if selections of one name can be merged: the square of their number.
    depth:       fields nested in one another.
    parts:       deferred parts of a response; each is one more entry of the journal.
    fields:      planned fields, after fragments are spread and merged; each alias counts.
    assumed_list_size: not a bound: rows or items that a list is assumed to have if nothing gives their number.
    cost:        estimated fields of the response, with these list sizes.
    rows:        rows that batches return to one operation, and items of the lists in them; each counts every time.
                 Known only as they arrive.
    reply_bytes: bytes of the reply, and bytes of the rows that are read for it; known only as they arrive.
    cached:      documents, and plans, that stay in their caches.
    cached_bytes: of all cached documents, plans and programs together, as estimated when they are made.
    """

    characters: int = 32_000
    tokens: int = 2_000
    comparisons: int = 15_000
    depth: int = 14
    parts: int = 20
    fields: int = 500
    assumed_list_size: int = 3
    cost: int = 500_000
    rows: int = 20_000
    reply_bytes: int = 8 * 2**20
    cached: int = 256
    cached_bytes: int = 64 * 2**20
