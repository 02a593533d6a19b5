"""Pages of search hits: their position and their cursors."""

from __future__ import annotations

from typing import Any

import strawberry

from engine.declarations import Row
from schema.fields import computed_member


def edge_cursor(edge: Row) -> str | None:
    """The cursor of a hit; null if its search has one page only."""
    page = edge.get("page")
    return page.cursor(edge["position"]) if page else None


def _last_cursor(page: Row) -> str | None:
    return edge_cursor(page["edges"][-1]) if page.get("edges") else None


def _first_cursor(page: Row) -> str | None:
    return edge_cursor(page["edges"][0]) if page.get("edges") else None


@strawberry.type(description="The position of a page among all hits.")
class PageInfo:
    has_previous_page: bool = computed_member(
        lambda page: bool(page.get("has_previous_page")), "Whether there are hits before these."
    )
    has_next_page: bool = computed_member(lambda page: bool(page.get("has_next_page")), "Whether there are more hits.")
    start_cursor: str | None = computed_member(_first_cursor, "The cursor of the first hit of this page.")
    end_cursor: str | None = computed_member(_last_cursor, "Pass it as `after` for the next page. It is opaque.")


def page_info() -> Any:
    """The position of a page, which is itself read from it."""
    return computed_member(lambda page: page, "The position of this page.")
