"""SQLite files with one table, and statements for them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sources.source import Statement

ENDLESS = Statement("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", {})
NAME = Statement.of_rows("SELECT name FROM thing", {}, 1)


def write_file(path: Path, name: str) -> Path:
    """A file with the table `thing`, whose one row is `name`."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE thing (name TEXT)")
        file.execute("INSERT INTO thing VALUES (?)", (name,))
        file.commit()
    return path
