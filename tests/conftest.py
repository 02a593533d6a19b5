"""The world that tests ask: real files, real tokens, the real application; and everything that it did on the way."""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.auth.demo_issuer import DemoIssuer
from api.config.settings import Settings
from api.http.app import create_app
from api.http.resources import Resources
from audit.entry import Entry
from audit.search import search
from policy.roles import Role
from seed.world import write
from sources.source import Source, Statement
from tests.telemetry.readable import Readable

PEOPLE = 400

# Nothing that waits is tested by its wait: a busy machine misses no deadline, and a bad token costs no second.
UNHURRIED = {"source_deadline_ms": 30_000, "journal_deadline_ms": 30_000, "failed_auth_delay_s": 0}


def pytest_collection_finish() -> None:
    """What stands before the first test is looked through once, and not again by each collection of garbage."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests counted, told at the end: a process beside the first one cannot print."""
    for report in terminalreporter.getreports("passed"):
        for name, counted in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(str(counted))


@dataclass(frozen=True)
class Answer:
    """A reply, and shorthands for what tests look at."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.text

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = self.response.json()
        return body

    @property
    def data(self) -> Any:
        return self.body.get("data")

    @property
    def errors(self) -> list[dict[str, Any]]:
        errors: list[dict[str, Any]] = self.body.get("errors", [])
        return errors

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]

    @property
    def paths(self) -> dict[str, str]:
        """Error code by path: {"person.ssn": "NEED_TO_KNOW"}."""
        return {".".join(error.get("path", ())): error["extensions"]["code"] for error in self.errors}

    @property
    def sources(self) -> dict[str, str]:
        """Status by source."""
        return {each["name"]: each["status"] for each in self.body["extensions"]["inquiry"]["sources"]}


@dataclass
class Watched:
    """A source that remembers what it was asked. `before` and `during` are for tests to look in or to wait."""

    inner: Source
    log: list[tuple[str, Statement]]
    before: Callable[[Statement], object] | None = None
    during: Callable[[Statement], Awaitable[object]] | None = None

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def answered_at(self) -> Any:
        return self.inner.answered_at

    async def fetch(self, statement: Statement) -> list[tuple[Any, ...]]:
        self.log.append((self.name, statement))
        if self.before is not None:
            self.before(statement)
        if self.during is not None:
            await self.during(statement)
        return await self.inner.fetch(statement)

    async def close(self) -> None:
        await self.inner.close()


@dataclass
class World:
    """The application over a data folder of its own."""

    folder: Path
    client: httpx.AsyncClient
    issuer: DemoIssuer
    resources: Resources
    log: list[tuple[str, Statement]] = field(default_factory=list)

    def token(self, role: str | Role = "patrol", **claims: Any) -> str:
        """A token of a demo caller; `aal`, `ori`, `subject`, `minutes` as the demo issuer has them."""
        return self.issuer.token(Role(role), **claims)

    async def ask(
        self,
        query: str,
        *,
        as_: str | Role = "patrol",
        aal: int = 1,
        variables: Mapping[str, Any] | None = None,
        operation: str | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask over HTTP. What was asked of the sources before is forgotten."""
        self.log.clear()
        token = self.token(as_, aal=aal) if token is None else token
        body = {"query": query, "variables": dict(variables or {}), "operationName": operation}
        response = await self.client.post(
            "/graphql", json=body, headers={"Authorization": f"Bearer {token}", **(headers or {})}
        )
        return Answer(response)

    @property
    def batches(self) -> list[tuple[str, int]]:
        """What the last question asked of whom: (source, number of keys), in order."""
        return [(source, statement.keys) for source, statement in self.log]

    @property
    def statements(self) -> list[str]:
        """The SQL that the last question made."""
        return [statement.text for _, statement in self.log]

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Inside, the journal gives up at once what never comes."""
        journal = self.resources.journal
        patience, journal._deadline_s = journal._deadline_s, 0.05
        yield
        journal._deadline_s = patience

    def journal(self) -> list[Entry]:
        """Every entry so far, oldest first."""
        return [found.entry for found in search(self.folder / "journal.db", limit=None)][::-1]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world, written once. Copy it before you change it."""
    folder = tmp_path_factory.mktemp("seeded") / "data"
    write(folder, PEOPLE, 1)
    return folder


@pytest.fixture
def data(seeded: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return Path(shutil.copytree(seeded, tmp_path / "data"))


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Every span as soon as it ends. Named before `world`, so that the application finds it."""
    exporter = Readable()
    monkeypatch.setattr("telemetry.exporters.span_exporters", lambda *_: [exporter])
    monkeypatch.setattr("telemetry.export_queue.BatchSpanProcessor", lambda outbox, **_: SimpleSpanProcessor(outbox))
    return exporter


@asynccontextmanager
async def serving(data: Path, **settings: Any) -> AsyncIterator[World]:
    """The running application over a data folder, with settings of the test's own."""
    log: list[tuple[str, Statement]] = []
    app = create_app(
        Settings.of(data=data, demo=True, **UNHURRIED | settings), wrap_source=lambda source: Watched(source, log)
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client,
    ):
        yield World(data, client, DemoIssuer.open(data), app.state.resources, log)


@pytest.fixture
async def world(data: Path) -> AsyncIterator[World]:
    """The running application over `data`."""
    async with serving(data) as world:
        yield world
