"""Root fields of record kinds: each declares the lookups that its arguments lead to. Nothing here decides or reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NoReturn, TypeVar

from strawberry import argument

from engine.declarations import Arguments, Edge
from policy.record_classes import RecordClass
from resolvers.fetch import Fetch
from resolvers.numbers.number_format import NumberFormat
from resolvers.paging import LARGEST_PAGE
from schema.fields import declared_field

SEARCH_COST = 10_000
"""A search reads each name of one sound, or each vehicle of one make, however few it shows: 49 searches at once."""
DEFAULT_PAGE_SIZE = 20

F = TypeVar("F", bound=Callable[..., Any])


def by_number(fetch: Fetch, argument: str, form: NumberFormat) -> Edge:
    """The edge of a root field that finds one record by its own number."""
    return Edge((fetch,), lambda _row, arguments, _context: fetch.of(form.parse(arguments[argument], argument)))


def search_edge(*fetches: Fetch, **lookups: Any) -> Edge:
    """The edge of a root field that gives a page of hits."""
    return Edge(fetches, placeholder=dict, list_size=hits_per_page, **lookups)


def page_size(arguments: Arguments) -> int:
    """The number of hits that a page is to hold; null means the default."""
    first: int | None = arguments["first"]
    return DEFAULT_PAGE_SIZE if first is None else first


def hits_per_page(arguments: Arguments) -> int:
    """The most hits that a page can have, for its cost; a larger page is refused with a message of its own."""
    return min(page_size(arguments), LARGEST_PAGE)


def record_field(edge: Edge, description: str, label: RecordClass | None = None) -> Callable[[F], F]:
    """A root field that the engine resolves by its edge; its function only declares the arguments."""
    field: Callable[[F], F] = declared_field(edge, description, label)
    return field


def never_resolved() -> NoReturn:
    """The body of a non-null record field: the engine resolves its edge instead."""
    raise AssertionError


First = Annotated[int | None, argument("The most hits on this page: 1 to 100.")]
After = Annotated[str | None, argument("The cursor to start after. It is valid only for its own search and caller.")]
