"""SQLite file of a world, edited by way of a copy that takes its place, because a server may have it open."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def edited(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a copy, which replaces the file after the block."""
    draft = file.with_suffix(".draft")
    shutil.copy2(file, draft)
    with closing(sqlite3.connect(draft)) as connection:
        yield connection
        connection.commit()
    draft.replace(file)
