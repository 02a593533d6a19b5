"""Source probe: whether each source responds, by a statement that reads no record."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sources.errors import SourceUnavailable
from sources.source import Source, Statement

# It reads the file's header, which SELECT 1 would not.
PROBE = Statement.of_rows("SELECT count(*) FROM sqlite_schema", {}, 1)


@dataclass(frozen=True, slots=True)
class Probe:
    """Status of one source: OK, TIMEOUT or DOWN; `answered_at` is in UTC."""

    name: str
    status: str
    answered_at: datetime | None


async def probe(sources: Mapping[str, Source]) -> list[Probe]:
    """The status of every source. All are probed at once, each within its own deadline."""
    return list(await asyncio.gather(*(_probe(source) for source in sources.values())))


async def _probe(source: Source) -> Probe:
    status = "OK"
    try:
        await source.fetch(PROBE)
    except SourceUnavailable as error:
        status = error.status
    return Probe(source.name, status, source.answered_at)
