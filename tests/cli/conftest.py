"""The command line as its user meets it: what it prints, where, and the status it ends with."""

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
class Ended:
    """One finished command."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command line in this process, with no setting from around it."""
    for name in [name for name in os.environ if name.startswith("NEEDTOKNOW_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run_command([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return run


AskedBy = Callable[..., Path]


@pytest.fixture(scope="session")
def asked_before() -> dict[tuple[str | bytes, ...], Path]:
    """Folders of which something has been asked: each is asked once, and copied from then on."""
    return {}


@pytest.fixture
def asked_by(
    run: Run,
    data: Path,
    asked_before: dict[tuple[str | bytes, ...], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> AskedBy:
    """A data folder of which each of these roles in turn has asked this."""

    def asked_by(*roles: str, question: bytes) -> Path:
        asked = *roles, question
        if asked in asked_before:
            return Path(shutil.copytree(asked_before[asked], data, dirs_exist_ok=True))
        for role in roles:
            assert run("ask", "--data", data, "--as", role, "-", stdin=question).status == 0
        asked_before[asked] = shutil.copytree(data, tmp_path_factory.mktemp("asked") / "data")
        return data

    return asked_by
