"""Source probe: whether each source responds, without reading a record."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sources.errors import SourceUnavailable
from sources.source import Source


@dataclass(frozen=True, slots=True)
class Probe:
    """Status of one source: OK, TIMEOUT or DOWN; `answered_at` is in UTC."""

    name: str
    status: str
    answered_at: datetime | None


class SourceProbe:
    """A probe of all sources that an operation makes once, however many of its fields ask for it."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._probes: asyncio.Task[list[Probe]] | None = None

    async def probes(self) -> list[Probe]:
        """The status of every source."""
        if self._probes is None:
            self._probes = asyncio.create_task(probe(self._sources))
        return await asyncio.shield(self._probes)


async def probe(sources: Mapping[str, Source]) -> list[Probe]:
    """The status of every source. All are probed at once, each within its own deadline."""
    return list(await asyncio.gather(*(_probe(source) for source in sources.values())))


async def _probe(source: Source) -> Probe:
    status = "OK"
    try:
        await source.probe()
    except SourceUnavailable as error:
        status = error.status
    return Probe(source.name, status, source.answered_at)
