"""Root type of subscriptions: what is read again and again, and sent when it has changed.

A record kind extends it with its own field, as it does `Query`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET, argument

from schema.sources import SourceStatus, source_statuses

DEFAULT_EVERY_S = 60

Every = Annotated[int, argument("Seconds from one look to the next: 15 to 3600.")]
Until = Annotated[datetime | None, argument("The end, at most 12 hours from now; null: one hour from now.")]


async def source_status_events(
    info: strawberry.Info, every: Every = DEFAULT_EVERY_S, until: Until = UNSET
) -> list[SourceStatus]:
    """The status of every source, just now. Its arguments say when the next look is."""
    return await source_statuses(info)


@strawberry.type(
    description="""What is sent when it has changed; the first event comes at once. Each look is an inquiry of its own,
 decided anew and journalled."""
)
class Subscription:
    source_status: list[SourceStatus] = strawberry.field(
        resolver=source_status_events,
        description="The sources: an event when one goes down, or answers again. It reads no record.",
    )
