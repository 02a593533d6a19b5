"""Root fields of the journal: a search of inquiries, with its pages, and one inquiry by its id."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import UNSET, argument

from engine.declarations import Edge
from policy.record_classes import RecordClass
from resolvers import journal
from resolvers.numbers.number_format import INQUIRY
from schema.directives import know
from schema.extensions import extend
from schema.fields import computed_member, hit, hits, total
from schema.journal import Inquiry
from schema.journal_search import InquirySearch, journal_search
from schema.pages import PageInfo, edge_cursor, page_info
from schema.query import Query
from schema.root_fields import DEFAULT_PAGE_SIZE, After, First, never_resolved, record_field, search_edge

JOURNAL_SEARCH_COST = 100_000
"""A filter without an index reads all entries of its caller, or of everybody for an auditor: four searches at once."""
OPEN_FIELDS = {"Query": "inquiries"}


@strawberry.type(description="One inquiry of a search.", directives=know(RecordClass.AUDIT_TRAIL))
class InquiryEdge:
    node: Inquiry | None = hit("The inquiry.")
    cursor: str | None = computed_member(edge_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of inquiries, newest first: all for an auditor, only their own for other callers.",
    directives=know(RecordClass.AUDIT_TRAIL),
)
class InquiryConnection:
    edges: list[InquiryEdge] | None = hits("The inquiries of this page.")
    page_info: PageInfo = page_info()
    total: int | None = total("The number of all matching inquiries, counted up to 1,000.")


def inquiry_key(text: str) -> str:
    """The id of an inquiry as the journal writes it. Raises InvalidSearch."""
    return INQUIRY.parse(text, "id").lower()


@extend(Query)
class QueryFields:
    @record_field(
        search_edge(journal.by_search, lookup=journal_search, search_cost=JOURNAL_SEARCH_COST),
        "Search of the journal, newest first, a page at a time: who asked, why, about what. Each search is journalled.",
    )
    def inquiries(
        self,
        by: Annotated[InquirySearch | None, argument("The search terms.")] = UNSET,
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> InquiryConnection:
        never_resolved()

    @record_field(
        Edge((journal.by_id,), lambda _row, arguments, _ctx: journal.by_id.of(inquiry_key(arguments["id"]))),
        "An inquiry by its id; null if there is none that the caller may know of.",
        RecordClass.AUDIT_TRAIL,
    )
    def inquiry(self, id: Annotated[strawberry.ID, argument("As in extensions.inquiry.")]) -> Inquiry | None: ...
