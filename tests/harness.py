"""Test harness: the running application over a data folder, with every statement to its sources logged."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from starlette.applications import Starlette

from api.auth.demo_issuer import DemoIssuer
from api.config.journal_store import journal_store
from api.config.settings import Settings
from api.http.admission import Admission
from api.http.app import create_app
from api.operation.pipeline import OperationPipeline
from api.operation.pipeline_resources import PipelineResources
from audit.entry import Entry
from audit.journal import JournalStore
from engine.document import DocumentCache
from engine.planner import Planner
from policy.roles import Role
from sources.request import Request
from sources.source import Rows, Source
from sources.sql.dialects import SQLITE
from sources.sql.query import sql_of
from tests.databases import Databases, RemoteSystems

T = TypeVar("T")

PEOPLE_COUNT = 400

# Deadlines that a busy machine does not miss, and no delay after a bad token.
TEST_SETTINGS: Mapping[str, Any] = {
    "source_deadline_ms": 30_000,
    "journal_deadline_ms": 30_000,
    "operation_budget_ms": 60_000,
    "failed_auth_delay_s": 0,
}

TRAFFIC_STOP = "@inquiry(purpose: C, reason: TRAFFIC_STOP)"
INVESTIGATION = "@inquiry(purpose: C, reason: INVESTIGATION)"
WITH_CASE = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417")'

PERSON_QUERY = f'query {TRAFFIC_STOP} {{ person(id: "P0000001") {{ id }} }}'
"""The cheapest request that reads one record."""


def person_ids(folder: Path) -> list[str]:
    """Ids of all people of a world, in order. Those of the demonstration are first."""
    with closing(sqlite3.connect(f"file:{folder}/persons.db?mode=ro", uri=True)) as connection:
        return [id for (id,) in connection.execute("SELECT id FROM person ORDER BY id")]


READ_ONCE = {"schema", "limits", "sources", "resilience", "telemetry", "names_in_errors"}
"""Resources that a pipeline reads only when it is built. Of the limits, it reads `rows` for each operation."""


@dataclass(frozen=True)
class Response:
    """A GraphQL response, with shorthands for what tests compare."""

    http: httpx.Response

    @property
    def status(self) -> int:
        return self.http.status_code

    @property
    def text(self) -> str:
        return self.http.text

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = self.http.json()
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
    def codes_by_path(self) -> dict[str, str]:
        """Error code by path: {"person.ssn": "NEED_TO_KNOW"}. Raises: KeyError if an error has no path."""
        return {".".join(map(str, error["path"])): error["extensions"]["code"] for error in self.errors}

    @property
    def withheld(self) -> list[dict[str, Any]]:
        """The places that are withheld from this caller, by the plan alone."""
        places: list[dict[str, Any]] = self.body["extensions"]["inquiry"]["withheld"]
        return places

    @property
    def sources(self) -> dict[str, str]:
        """Status by source: {"persons": "OK"}."""
        return {each["name"]: each["status"] for each in self.body["extensions"]["inquiry"]["sources"]}


@dataclass
class RecordingSource:
    """A source that records every request. `before`, `during` and `on_probe` are hooks to inspect or to wait in.

    around: gets a request and how to fetch it, and returns its rows.
    """

    inner: Source
    log: list[tuple[str, Request]]
    before: Callable[[Request], object] | None = None
    during: Callable[[Request], Awaitable[object]] | None = None
    around: Callable[[Request, Callable[[Request], Awaitable[Rows]]], Awaitable[Rows]] | None = None
    on_probe: Callable[[], Awaitable[object]] | None = None

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def system(self) -> str:
        return self.inner.system

    @property
    def answered_at(self) -> datetime | None:
        return self.inner.answered_at

    async def fetch(self, request: Request) -> Rows:
        self.log.append((self.name, request))
        if self.before is not None:
            self.before(request)
        if self.during is not None:
            await self.during(request)
        if self.around is not None:
            return await self.around(request, self.inner.fetch)
        return await self.inner.fetch(request)

    async def probe(self) -> None:
        if self.on_probe is not None:
            await self.on_probe()
        await self.inner.probe()

    async def close(self) -> None:
        await self.inner.close()


@dataclass
class World:
    """A data set (a folder with the files of all sources) and the application that serves it."""

    folder: Path
    client: httpx.AsyncClient
    issuer: DemoIssuer
    app: Starlette
    pipeline: OperationPipeline
    admission: Admission
    sources: Mapping[str, RecordingSource]
    journal_store: JournalStore
    log: list[tuple[str, Request]] = field(default_factory=list)

    def token(self, role: str | Role = "patrol", **claims: Any) -> str:
        """A token of a demo caller. Extra claims: `aal`, `ori`, `subject`, `minutes`."""
        return self.issuer.token(role if isinstance(role, Role) else Role(role), **claims)

    async def execute(
        self,
        query: str,
        *,
        role: str | Role = "patrol",
        aal: int = 1,
        variables: Mapping[str, Any] | None = None,
        operation: str | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> Response:
        """Run one operation over HTTP. The log of requests is cleared first."""
        self.log.clear()
        token = self.token(role, aal=aal) if token is None else token
        body = {"query": query, "variables": dict(variables or {}), "operationName": operation}
        body |= {"extensions": dict(extensions)} if extensions is not None else {}
        response = await self.client.post(
            "/graphql", json=body, headers={"Authorization": f"Bearer {token}", **(headers or {})}
        )
        return Response(response)

    @property
    def resources(self) -> PipelineResources:
        return self.pipeline.resources

    def reconfigure(self, *, row_limit: int | None = None, reply_limit: int | None = None, **resources: Any) -> None:
        """Replace resources of the running pipeline, such as `journal`, or its limits on rows and on a reply's bytes.

        Raises: ValueError if the pipeline reads one of them only once, when it is built.
        """
        if without_effect := READ_ONCE & resources.keys():
            raise ValueError(f"has no effect on a running pipeline: {', '.join(sorted(without_effect))}")
        limits = {"rows": row_limit, "reply_bytes": reply_limit}
        given = {name: limit for name, limit in limits.items() if limit is not None}
        if given:
            resources["limits"] = replace(self.resources.limits, **given)
        self.pipeline.resources = replace(self.resources, **resources)

    def allow_fields(self, count: int) -> None:
        """Let an operation select this many fields, which may be more than a client's."""
        limits = self.resources.limits
        limits = replace(limits, fields=max(limits.fields, count), cost=max(limits.cost, count**2))
        self.pipeline.planner = Planner(self.resources.schema, limits, self.resources.telemetry.span)

    @property
    def batches(self) -> list[tuple[str, int]]:
        """The batches of the last operation, in order: (source, number of keys)."""
        return [(source, request.keys) for source, request in self.log]

    @property
    def statements(self) -> list[str]:
        """The SQL of the last operation."""
        return [sql_text(request) for _, request in self.log]

    def journal_entries(self, last: int | None = None) -> list[Entry]:
        """Every entry so far, oldest first; or only so many of the last."""
        return [found.entry for found in _in_a_thread(lambda: list(self.journal_store.search(limit=last)))][::-1]

    def journal_is_whole(self) -> bool:
        """Whether all entries verify."""
        return _in_a_thread(self.journal_store.verify).is_whole


def _in_a_thread(call: Callable[[], T]) -> T:
    """The result of a call that may have an event loop of its own, as one that reads a database has."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def sql_text(request: Request) -> str:
    """The SQL of a request for SQLite."""
    return sql_of(request.query, SQLITE).text


databases: Databases | RemoteSystems | None = None
"""Where sources and journal of applications under test are, unless a test says it: None is their data folder."""


@asynccontextmanager
async def running_app(data: Path, *, names_in_errors: bool = False, **settings: Any) -> AsyncIterator[World]:
    """The running application over a data folder, with settings of the test's own.

    Callers are of the demo issuer. Errors are those of an installation, unless a test asks for the demo's names.
    """
    async with AsyncExitStack() as stack:
        if databases is not None:
            settings = await stack.enter_async_context(databases.settings(data)) | settings
        world = await stack.enter_async_context(_running_app(data, settings))
        if not names_in_errors:
            resources = world.resources
            world.pipeline.documents = DocumentCache(
                resources.schema.graphql, resources.limits, resources.telemetry.span
            )
        yield world


@asynccontextmanager
async def _running_app(data: Path, settings: dict[str, Any]) -> AsyncIterator[World]:
    log: list[tuple[str, Request]] = []
    recording: dict[str, RecordingSource] = {}

    def record(source: Source) -> Source:
        recording[source.name] = RecordingSource(source, log)
        return recording[source.name]

    app = create_app(Settings.of(data=data, **{"demo": True, **TEST_SETTINGS, **settings}), wrap_source=record)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client,
    ):
        pipeline: OperationPipeline = app.state.pipeline
        sources = {name: recording[name] for name in pipeline.resources.sources}
        store = journal_store(data, settings.get("journal", ""))
        yield World(data, client, DemoIssuer.open(data), app, pipeline, app.state.admission, sources, store, log)
