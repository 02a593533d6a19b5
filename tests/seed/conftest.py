"""Worlds of 5,000 people, and their rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seed.world import World, write

Rows = Callable[[str, str], list[tuple[Any, ...]]]
"""Rows of a source, by a SELECT statement."""
Column = Callable[[str, str], list[Any]]
"""Values of the one column that a SELECT statement returns."""


def select(folder: Path, source: str, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{folder / source}.db?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="session", params=[1, pytest.param(20, marks=pytest.mark.system)], ids="rng={}".format)
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Five thousand people, for each of two seed numbers."""
    return write(tmp_path_factory.mktemp("world"), 5_000, request.param)


@pytest.fixture
def rows(seeded: World) -> Rows:
    return lambda source, sql: select(seeded.folder, source, sql)


@pytest.fixture
def column(rows: Rows) -> Column:
    return lambda source, sql: [value for (value,) in rows(source, sql)]
