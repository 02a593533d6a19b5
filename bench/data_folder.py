"""Worlds of the benchmarks, and data folders of servers under test."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from api.config.data_folder import JOURNAL
from bench import name_matches
from bench.builds import CHECKOUT
from bench.peers.statements import write_indexes
from bench.processes import ReportProgress
from seed.world import FORMAT, write

BUILD = CHECKOUT / "build" / "bench"
"""Worlds and results of `make bench`."""


def world_folder(build: Path, people: int, report_progress: ReportProgress) -> Path:
    """The data folder of a world of that size, written once."""
    folder = build / f"data-{people}-{FORMAT}"
    if not (folder / "world.json").exists():
        report_progress(f"writing a world of {people:,} people")
        write(folder, people, 1)
        asyncio.run(name_matches.write(folder))
        write_indexes(folder)
    return folder


def fresh_data_folder(world: Path, folder: Path) -> Path:
    """A new data folder with an empty journal. Its sources are hard links to the world's files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Another build's world has other sources.
    for file in (world / "world.json", *world.glob("*.db")):
        if file.name != JOURNAL:
            os.link(file, folder / file.name)
    return folder
