"""Status of the sources, for dashboards."""

from __future__ import annotations

from datetime import datetime

import strawberry

from resolvers.codes import Code
from schema.context import Context
from schema.enums import enum


class SourceState(Code):
    """Status of a source."""

    OK = "OK", "It answers"
    TIMEOUT = "TIMEOUT", "It did not answer in time"
    DOWN = "DOWN", "It cannot be queried"


enum(SourceState, "SourceState", "Whether a source answers.")


@strawberry.type(description="One record system, probed just now with a statement that reads no record.")
class SourceStatus:
    name: str = strawberry.field(description="Its name, as in extensions.inquiry.sources.")
    status: SourceState = strawberry.field(description="Whether it answers.")
    last_answer: datetime | None = strawberry.field(
        description="Time of its last answer, UTC; null if there was none since the server started."
    )


async def source_statuses(info: strawberry.Info) -> list[SourceStatus]:
    """The status of every source."""
    context: Context = info.context.request_context
    return [
        SourceStatus(name=each.name, status=SourceState[each.status], last_answer=each.answered_at)
        for each in await context.sources.probes()
    ]
