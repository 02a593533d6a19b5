"""`needtoknow index`: the name index of persons.db, written anew."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from api.cli.console import write
from api.cli.options import Data
from api.config.user_error import UserError


def index(data: Data = Path("data")) -> None:
    """Write the name index of persons.db anew, after its names have changed."""
    from seed.name_index import renew

    started, file = time.monotonic(), data / "persons.db"
    try:
        people = renew(file)
    except sqlite3.Error as error:
        raise UserError(f"{file} has no tables of people to index: {error}") from None
    write(f"The names of {people:,} people in {file}, in {time.monotonic() - started:.1f} s")
