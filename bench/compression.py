"""What gzip saves of replies, and what it takes: `python -m bench.compression`.

The replies are those of the benchmark's workloads, from an application in this process. Each is compressed at each
level in turn, and the quickest of several times counts.
"""

from __future__ import annotations

import argparse
import asyncio
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx
from rich.console import Console
from rich.table import Table

from api.config.settings import Settings
from api.http.app import create_app
from api.http.compression import LEVEL, MINIMUM_BYTES
from bench.contenders import investigator
from bench.data_folder import BUILD, fresh_data_folder, world_folder
from bench.workloads import workloads

PEOPLE, REPLIES, ROUNDS = 5_000, 5, 5
LEVELS = (1, 3, 5, 6, 9)


@dataclass(frozen=True, slots=True)
class Size:
    """Medians of the replies of a workload: their bytes; by level, their compressed bytes and the milliseconds."""

    workload: str
    plain: int
    compressed: tuple[int, ...]
    ms: tuple[float, ...]


def main() -> None:
    argparse.ArgumentParser(prog="python -m bench.compression", description=__doc__).parse_args()
    console = Console()
    with console.status("") as status:
        world = world_folder(BUILD, PEOPLE, status.update)
        with TemporaryDirectory(dir=BUILD) as folder:
            replies = asyncio.run(answered(fresh_data_folder(world, Path(folder) / "data")))
        status.update("compressing")
        sizes = [measured(name, bodies) for name, bodies in replies.items()]
    console.print(table(sizes))


async def answered(data: Path) -> dict[str, list[bytes]]:
    """Some replies to each workload, uncompressed."""
    app = create_app(Settings.of(data=data, demo=True, compression=False, operation_budget_ms=60_000))
    replies = {}
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        headers = [("Content-Type", "application/json"), *investigator(data)]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
            for workload in workloads(data):
                bodies = workload.bodies(sends_inquiry=True)[:REPLIES]
                sent = [await client.post("/graphql", content=body) for body in bodies]
                replies[workload.name] = [each.raise_for_status().content for each in sent]
    return replies


def measured(workload: str, replies: Sequence[bytes]) -> Size:
    """The medians of some replies."""
    sizes, times = zip(*(zip(*compressions(reply), strict=True) for reply in replies), strict=True)
    return Size(
        workload,
        int(median(map(len, replies))),
        tuple(int(median(each)) for each in zip(*sizes, strict=True)),
        tuple(median(each) for each in zip(*times, strict=True)),
    )


def compressions(reply: bytes) -> Iterator[tuple[int, float]]:
    """Compressed bytes and milliseconds at each level."""
    for level in LEVELS:
        quickest = float("inf")
        for _ in range(ROUNDS):
            started = perf_counter()
            compressed = zlib.compress(reply, level)
            quickest = min(quickest, perf_counter() - started)
        yield len(compressed), quickest * 1_000


def table(sizes: Sequence[Size]) -> Table:
    """A row for each workload and level; the server's own level is marked."""
    shown = Table(
        "reply",
        "level",
        "bytes",
        "compressed",
        "of it",
        "ms",
        title=f"Replies and gzip; the server compresses from {MINIMUM_BYTES:,} bytes, at level {LEVEL}",
    )
    for size in sizes:
        for level, compressed, ms in zip(LEVELS, size.compressed, size.ms, strict=True):
            mark = " *" if level == LEVEL else ""
            share = f"{100 * compressed / size.plain:.0f} %"
            shown.add_row(size.workload, f"{level}{mark}", f"{size.plain:,}", f"{compressed:,}", share, f"{ms:.3f}")
        shown.add_section()
    return shown


if __name__ == "__main__":
    main()
