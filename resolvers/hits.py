"""Hits: what a search gives, a page at a time. Knows nothing of how they were found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from policy.grants import Grant
from resolvers.fetch import BatchResult, Fetch
from resolvers.paging import Page
from resolvers.table import Columns
from sources.source import Source

Hit = dict[str, Any]


def page_of_hits(edges: Sequence[Hit], *, total: int, page: Page | None = None) -> dict[str, Any]:
    """One page of hits: `edges` holds the hits of the page and, if there are more, at least one beyond it."""
    size = page.first if page else len(edges)
    shown = [{**edge, "page": page} for edge in edges[:size]]
    return {"edges": shown, "total": total, "has_next_page": len(edges) > size}


def none() -> dict[str, Any]:
    """A search that found nothing."""
    return page_of_hits([], total=0)


def as_hits(fetch: Fetch, why: str) -> Fetch:
    """The same question by number, whose answer is the one hit that a number can have, or none."""

    async def ask(source: Source, grant: Grant, keys: Sequence[Any], columns: Columns) -> BatchResult:
        batch = await fetch.ask(source, grant, keys, columns)
        batch.found = {
            key: page_of_hits([{"node": row, "score": 100, "why": [why], "position": ()}], total=1)
            for key, row in batch.found.items()
        }
        return batch

    absent: Callable[[], Any] = none
    return replace(fetch, name=f"{fetch.name}.hits", ask=ask, absent=absent, layout=None, record=None)
