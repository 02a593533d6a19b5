"""`needtoknow seed`: a synthetic world into the data folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import stderr, write
from api.cli.options import Data
from api.cli.startup_errors import close_data_folder
from api.config.user_error import UserError, report_as_user_error

if TYPE_CHECKING:
    from seed.world import Progress


def seed(
    data: Data = Path("data"),
    people: Annotated[int, typer.Option(help="Number of people.")] = 5_000,
    rng: Annotated[int, typer.Option(help="Random seed; the same seed gives the same world.")] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite an existing world.")] = False,
    to: Annotated[
        str, typer.Option(metavar="URL", help="Write it into this PostgreSQL database, and not into a folder.")
    ] = "",
) -> None:
    """Write a synthetic world: people, and their records in every source."""
    from seed.errors import WorldError
    from seed.progress import progress_bar
    from seed.world import write as write_world

    started = time.monotonic()
    console = stderr()
    # A progress bar is for terminals only.
    with report_as_user_error(WorldError), progress_bar(console) if console.is_terminal else nullcontext() as progress:
        if to:
            place = _write_to(to, people, rng, progress, overwrite=overwrite)
        else:
            write_world(data, people, rng, progress, overwrite=overwrite)
            place = str(data)
    if not to:
        close_data_folder(data)
    write(f"{people:,} people in {place}, in {time.monotonic() - started:.1f} s")


def _write_to(url: str, people: int, rng: int, progress: Callable[[Progress], None] | None, *, overwrite: bool) -> str:
    """Write a world into a database, by way of a temporary folder. Returns the database, without a password."""
    try:
        from seed.postgres import copy_world
    except ModuleNotFoundError as missing:
        raise UserError(f"--to needs the package {missing.name}: pip install 'needtoknow[postgres]'.") from None
    from seed.world import write as write_world
    from sources.errors import InvalidAddress
    from sources.postgres.address import Address

    try:
        address = Address.parse(url)
    except InvalidAddress as invalid:
        raise UserError(f"--to cannot be used: {invalid}.") from None
    with TemporaryDirectory() as folder:
        write_world(Path(folder), people, rng, progress)
        copy_world(Path(folder), address, progress, overwrite=overwrite)
    return str(address)
