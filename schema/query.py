"""Root type: the fields that read no record. Each record kind extends it with its own: `schema.root_fields`."""

from __future__ import annotations

import strawberry

from engine.declarations import IS_LAST
from schema.callers import Caller, caller_of
from schema.inquiry_status import InquiryStatus, inquiry_status
from schema.sources import SourceStatus, source_statuses


@strawberry.type(description="The root fields. An operation that reads a record says why, with @inquiry.")
class Query:
    me: Caller = strawberry.field(
        resolver=caller_of, description="The caller, as the token describes them, and what they may know."
    )
    sources: list[SourceStatus] = strawberry.field(
        resolver=source_statuses, description="The sources: name, status, last answer."
    )

    inquiry_status: InquiryStatus = strawberry.field(
        resolver=inquiry_status,
        description="What `extensions.inquiry` says of this operation, as data. It is answered last.",
        metadata={IS_LAST: True},
    )
