"""The Starlette application for one data folder: routes, middleware and lifespan."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

from opentelemetry.sdk.metrics.export import MetricExporter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.auth.demo_issuer import DemoIssuer
from api.config.networks import Networks
from api.config.settings import Settings
from api.http.admission import Admission
from api.http.demo_roles import demo_sign_in
from api.http.demo_sign_in import token_route
from api.http.endpoint import GraphQLEndpoint
from api.http.field_app import PATH as FIELD_PATH
from api.http.field_app import field_routes
from api.http.graphiql import GRAPHIQL, graphiql_page
from api.http.health import health_routes
from api.http.middleware import middleware_stack
from api.http.resources import WrapSource, open_pipeline
from api.http.start_page import start_page
from api.operation.pipeline import OperationPipeline
from audit.errors import JournalUnavailable
from engine.declarations import Edge
from resolvers.catalogue import NAMES
from resolvers.journal import SOURCE as JOURNAL_SOURCE
from resolvers.name_candidates import load_name_tables
from schema.build import guarded_schema
from telemetry.allow_list import AllowList
from telemetry.recorder import Telemetry


def create_app(
    settings: Settings,
    *,
    wrap_source: WrapSource = lambda source: source,
    worker_reports: MetricExporter | None = None,
) -> Starlette:
    """Create the application. While it runs, `app.state` has its `pipeline`, its `admission` and its `telemetry`.

    worker_reports: takes the metrics of this process, if another one serves those of all workers.
    Tests pass `wrap_source` to observe what is fetched. Raises: at start-up, the errors of `open_pipeline`.
    """
    edges = (field.declaration for field in guarded_schema().fields.values())
    # The names that this server's telemetry may contain.
    allow_list = AllowList(
        sources=(*NAMES, JOURNAL_SOURCE),
        fetches=(fetch.name for edge in edges if isinstance(edge, Edge) for fetch in edge.fetches),
        operations=settings.telemetry.named_operations,
    )
    telemetry = Telemetry.start(
        allow_list,
        folder=Path(settings.telemetry.traces) if settings.telemetry.traces else None,
        mebibytes=settings.telemetry.traces_mebibytes,
        worker_reports=worker_reports,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        admission = Admission(
            limit=settings.operation.operation_limit,
            wait_s=settings.operation.operation_wait_ms / 1000,
            executor_latency_s=settings.operation.executor_latency_ms / 1000,
            on_reject=partial(telemetry.count, "refused", code="OVERLOADED"),
        )
        load_name_tables()
        async with open_pipeline(settings, telemetry, wrap_source) as pipeline:
            app.state.pipeline, app.state.admission, app.state.telemetry = pipeline, admission, telemetry
            observe_state(telemetry, pipeline, admission)
            app.router.routes.extend(routes(settings, pipeline, admission))
            with closing(admission):
                yield

    middleware = middleware_stack(
        telemetry,
        Networks(settings.trusted_proxies),
        origins=settings.connections.origins,
        compresses=settings.connections.compression,
    )
    app = Starlette(middleware=middleware, lifespan=lifespan)
    # A redirect would go wherever the Host header says.
    app.router.redirect_slashes = False
    return app


def observe_state(telemetry: Telemetry, pipeline: OperationPipeline, admission: Admission) -> None:
    """Let metrics include how many operations run, and what does not work as configured."""
    are_documents_stale = pipeline.resources.trusted_documents.is_stale or bool
    breakers = {name: source.breaker for name, source in pipeline.resilient_sources.items()}
    telemetry.observe("operations", lambda: {(): admission.slots.acquired})
    telemetry.observe("operation_limit", lambda: {(): admission.slots.limit})
    telemetry.observe("stale_documents", lambda: {(): int(are_documents_stale())})
    telemetry.observe(
        "open_circuits", lambda: {(("source", name),): int(breaker.is_open) for name, breaker in breakers.items()}
    )


def routes(settings: Settings, pipeline: OperationPipeline, admission: Admission) -> list[BaseRoute]:
    """All routes of the application, as the settings enable them."""
    resources = pipeline.resources

    def page(_request: Request) -> Response:
        # The policy may have been reloaded since the start.
        return graphiql_page(demo_sign_in(resources.policy()) if settings.demo else None)

    async def check_journal() -> None:
        resources.changes.raise_if_stale()
        if not await resources.journal.is_ready():
            raise JournalUnavailable

    checks = {name: source.probe for name, source in resources.sources.items()}
    endpoint = GraphQLEndpoint(
        pipeline.execute,
        admission,
        body_limit_bytes=settings.operation.body_limit_bytes,
        body_timeout_s=settings.connections.body_timeout_s,
        page=page if settings.shows_graphiql else None,
        stream_handler=pipeline.stream,
    )
    pages = {"/graphql": settings.shows_graphiql, FIELD_PATH: settings.shows_field}
    return [
        Route("/", start_page([path for path, is_on in pages.items() if is_on]), methods=["GET"]),
        Route("/graphql", endpoint),
        *health_routes(checks, check_journal, are_documents_stale=resources.trusted_documents.is_stale),
        *([GRAPHIQL.asset_route("/graphql")] if settings.shows_graphiql else ()),
        *(field_routes(settings, resources.policy) if settings.shows_field else ()),
        *([token_route(DemoIssuer.open(settings.data))] if settings.demo else ()),
    ]
