"""A source's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.sqlite_files import write_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that answers NAME with "first"."""
    return write_file(tmp_path / "things.db", "first")
