"""What the system tests stand on: tools beyond Python, and a demonstration world that is served. Knows no test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.server import Served, needtoknow, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.system)


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """The path of a tool by its name; where there is none, a skip that says so.

    With SYSTEM_TESTS_STRICT that is a failure, unless install.sh tried and could not (SYSTEM_TESTS_MISSING).
    """
    impossible = os.environ.get("SYSTEM_TESTS_MISSING", "").split()
    is_strict = bool(os.environ.get("SYSTEM_TESTS_STRICT"))

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is not None:
            return path
        if is_strict and name not in impossible:
            pytest.fail(f"{name} is missing, and tests/system/install.sh did not say that it cannot be had")
        pytest.skip(f"{name} is not on this machine; `make test-system` installs it where it may")

    return find


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration world behind a real socket, as `make run` would serve it."""
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "500", "--rng", "1")
    with serving(data) as server:
        yield server
