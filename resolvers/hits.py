"""Hits of a search, a page at a time, and the fetches that give them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from policy.grants import Grant
from resolvers.fetch import BatchResult, Fetch
from resolvers.paging import Page
from resolvers.relation import WITHHELD, related_subject, relation_flags
from resolvers.search_terms import SearchTerm, key_term
from resolvers.table import GrantedColumns, Table
from sources.request import Request
from sources.source import Source

Hit = dict[str, Any]
"""An edge of a connection: `node`, `position`, and what else its search says of it."""


@dataclass(frozen=True, slots=True)
class Search:
    """The key of a search fetch, and which page of its hits is wanted."""

    page: Page

    @property
    def index_keys(self) -> tuple[Hashable, ...]:
        """The keys that its source reads an index by.

        `api.operation.challenges` draws by these alone: a term that only narrows the hits cannot lift a challenge.
        """
        raise NotImplementedError

    @property
    def search_terms(self) -> tuple[SearchTerm, ...]:
        """The names and numbers that it searches for; the journal has keyed hashes of them."""
        return ()


S = TypeVar("S", bound=Search)


def search_terms(fetch: Fetch, keys: Sequence[Any]) -> Iterator[SearchTerm]:
    """The names and numbers that lookups of a fetch search for, by their keys, of which there is at least one."""
    if fetch.term:
        yield from (key_term(fetch.term, key) for key in keys)
    elif isinstance(keys[0], Search):
        yield from (term for key in keys for term in key.search_terms)


def page_of_hits(edges: Sequence[Hit], *, total: int, page: Page | None = None) -> dict[str, Any]:
    """One page of hits. If there are more, `edges` holds at least one hit beyond the page."""
    size = page.first if page else len(edges)
    shown = [{**edge, "page": page} for edge in edges[:size]]
    return {
        "edges": shown,
        "total": total,
        "has_previous_page": bool(page and page.after),
        "has_next_page": len(edges) > size,
    }


def no_hits() -> dict[str, Any]:
    """The page of a search that found nothing."""
    return page_of_hits([], total=0)


def search_fetch(
    name: str,
    source_name: str,
    request: Callable[..., Request],
    hit: Callable[[S, list[Any]], Hit],
    table: Table,
    *,
    prepare: Callable[[Source, S, Grant], Awaitable[Any]] | None = None,
) -> Fetch:
    """A fetch whose keys are searches, one request for each, of (search, columns, grant).

    `prepare` reads what the request takes as its fourth argument, if it needs another one before.

    Rows of a request: number of hits in all; relation to the caller, with bit 1 in every row if the caller's own
    record matched; the record's number, null in the one row of a page without hits; then what `hit` reads. The node
    of a hit that is withheld is the error that says so.
    """

    kind = table.record.name if table.record else source_name

    async def read(source: Source, grant: Grant, keys: Sequence[S], columns: GrantedColumns) -> BatchResult:
        found: dict[S, Any] = {}
        result = BatchResult(found)
        for search in keys:
            prepared = (await prepare(source, search, grant),) if prepare else ()
            rows = await source.fetch(request(search, columns, grant, *prepared))
            total, first = rows[0][0], search.page.first
            result.flags |= relation_flags(row[1] for row in rows[:first])
            if total:
                hits = [row for row in rows if row[2] is not None]
                # The row beyond the page only shows that there are more hits. It is not released.
                # A number that cannot be read is no id that the journal could write.
                shown = [row for row in hits[:first] if not row[1] & WITHHELD and isinstance(row[2], str)]
                result.records += [f"{kind}/{row[2]}" for row in shown]
                edges = [hit(search, row) for row in hits]
                for edge, row in zip(edges, hits, strict=True):
                    if row[1] & WITHHELD:
                        edge["node"] = withheld = related_subject(row[1], grant.scope)
                        result.denied.add(withheld.denied)
                found[search] = page_of_hits(edges, total=total, page=search.page)
        return result

    return Fetch(name, source_name, read, no_hits, table=table.name)


def as_hits(fetch: Fetch, reason: str) -> Fetch:
    """The same fetch by number, as a search: its result is a page of one hit or none."""

    async def read(source: Source, grant: Grant, keys: Sequence[Any], columns: GrantedColumns) -> BatchResult:
        result = await fetch.read(source, grant, keys, columns)
        result.found = {
            key: page_of_hits([{"node": row, "score": 100, "why": [reason], "position": ()}], total=1)
            for key, row in result.found.items()
        }
        return result

    when_missing: Callable[[], Any] = no_hits
    return replace(fetch, name=f"{fetch.name}.hits", read=read, when_missing=when_missing, layout=None, record=None)
