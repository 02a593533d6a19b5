"""`needtoknow seed`: a synthetic world into the data folder."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import stderr, write
from api.cli.options import Data
from api.cli.startup_errors import close_data_folder
from api.config.user_error import report_as_user_error


def seed(
    data: Data = Path("data"),
    people: Annotated[int, typer.Option(help="Number of people.")] = 5_000,
    rng: Annotated[int, typer.Option(help="Random seed; the same seed gives the same world.")] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite an existing world.")] = False,
) -> None:
    """Write a synthetic world: people, and their records in every source."""
    from seed.errors import WorldError
    from seed.progress import progress_bar
    from seed.world import write as write_world

    started = time.monotonic()
    console = stderr()
    # A progress bar is for terminals only.
    with report_as_user_error(WorldError), progress_bar(console) if console.is_terminal else nullcontext() as progress:
        write_world(data, people, rng, progress, overwrite=overwrite)
    close_data_folder(data)
    write(f"{people:,} people in {data}, in {time.monotonic() - started:.1f} s")
