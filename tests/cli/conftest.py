"""Fixtures of the command line: a data folder with a journal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import Run

DataAfter = Callable[..., Path]


@pytest.fixture(scope="session")
def prepared_folders() -> dict[tuple[str | bytes, ...], Path]:
    """Data folders by the operations that their journals hold; each is made once and then copied."""
    return {}


@pytest.fixture
def data_after(
    run: Run,
    data: Path,
    prepared_folders: dict[tuple[str | bytes, ...], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> DataAfter:
    """A data folder in whose journal each of these roles in turn has executed this operation."""

    def data_after(*roles: str, operation: bytes) -> Path:
        key = *roles, operation
        if key in prepared_folders:
            return Path(shutil.copytree(prepared_folders[key], data, dirs_exist_ok=True))
        for role in roles:
            assert run("ask", "--data", data, "--as", role, "-", stdin=operation).status == 0
        prepared_folders[key] = shutil.copytree(data, tmp_path_factory.mktemp("prepared") / "data")
        return data

    return data_after
