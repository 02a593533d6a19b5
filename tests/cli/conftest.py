"""Fixtures of the command line: run a command in this process, and prepare a data folder with a journal."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli.app import run as run_command


@dataclass(frozen=True)
class Result:
    """Exit status and output of a finished command."""

    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command line in this process, without settings from the environment."""
    for name in [name for name in os.environ if name.startswith("NEEDTOKNOW_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run_command([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run


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
