"""Fixtures of the system tests: tools beyond Python, and a demo server.

pytest-xdist runs each file on one worker, because the tests of a file share a server, an image or an environment.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.system.client_process import output
from tests.system.field_visit import FieldVisit, phone, visit_of
from tests.system.server import DemoServer, demo_server, needtoknow

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.system)


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """The path of a tool by its name. If the tool is missing, the test is skipped.

    With SYSTEM_TESTS_STRICT the test fails instead, unless install.sh could not install it (SYSTEM_TESTS_MISSING).
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
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A server with 500 people, as `make run` would start it."""
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "500", "--rng", "1")
    with demo_server(data) as server:
        yield server


@pytest.fixture(scope="session")
def few_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of sixty people, for servers with settings of their own."""
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "60", "--rng", "1")
    return data


@pytest.fixture(scope="session")
def field_app(few_people: Path) -> Iterator[DemoServer]:
    """A server of few people with the field app."""
    with demo_server(few_people, {"NEEDTOKNOW_FIELD": "yes"}) as server:
        yield server


@pytest.fixture
async def visit(tool: Callable[[str], str], field_app: DemoServer) -> AsyncIterator[FieldVisit]:
    """A visit of the field app on a phone in the dark, not opened yet."""
    async with phone(tool) as context:
        yield await visit_of(context, field_app.url)


@pytest.fixture(scope="session")
def without_warrants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """A server of few people, whose source of warrants has gone since it started."""
    data = tmp_path_factory.mktemp("world")
    needtoknow("seed", "--data", str(data), "--people", "60", "--rng", "1")
    with demo_server(data) as server:
        (data / "warrants.db").unlink()
        yield server


@pytest.fixture(scope="session")
def clients(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clients with their packages and the schema, outside the checkout."""
    folder = tmp_path_factory.mktemp("clients") / "clients"
    shutil.copytree(HERE / "clients_js", folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(ROOT / "docs" / "clients", folder / "docs")
    shutil.copytree(ROOT / "docs" / "clients" / "trusted", folder / "trusted")
    shutil.copy(folder / "relay" / "package.json", folder / "trusted" / "relay")
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    output(tool("npm"), "ci", "--ignore-scripts", "--silent", folder=folder)
    return folder


@pytest.fixture(scope="session")
def compiled(tool: Callable[[str], str], clients: Path) -> None:
    """The queries of Relay, compiled against the schema."""
    (clients / "relay" / "__generated__").mkdir()
    output(tool("npx"), "--no-install", "relay-compiler", "relay.config.json", folder=clients)
