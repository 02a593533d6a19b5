"""Renewal of a source's SQLite file while it is served: a changed copy takes its place, as sources require."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

on_renewal: Callable[[Path], object] = id
"""Called with each file that was renewed."""


@contextmanager
def renewed(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a copy of the file, which takes its place at the end."""
    copy = file.with_name(f"{file.name}.new")
    shutil.copyfile(file, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        yield connection
    copy.replace(file)
    on_renewal(file)
