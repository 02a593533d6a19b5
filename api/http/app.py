"""The application: everything that is opened once, and the routes over it. What it opens, it closes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from api.auth.authentication import authenticator
from api.auth.demo_issuer import DemoIssuer, token_route
from api.auth.failed_auth_throttle import FailedAuthThrottle
from api.config import secret_file
from api.config.checkpoints import open_checkpointer
from api.config.reloaded_file import ReloadedFile
from api.config.settings import Settings
from api.http.admission import Admission
from api.http.endpoint import Page, graphql_route
from api.http.graphiql import ExplorerConfig, demo_roles, explorer_page, explorer_routes
from api.http.health import Check, health_routes
from api.http.middleware import middleware_stack
from api.operation.challenges import NO_CHALLENGES, Challenges
from api.operation.messages import GraphQLRequest, GraphQLResponse
from api.operation.pipeline import OperationPipeline
from audit.decision_replay import DecisionReplayer
from audit.journal import Journal
from audit.policy_archive import FOLDER, PolicyArchive
from engine.declarations import Edge
from policy.errors import PolicyError
from policy.table import Policy
from resolvers.catalogue import NAMES, open_sources
from resolvers.journal import SOURCE as JOURNAL_SOURCE
from resolvers.journal import open_journal
from resolvers.paging import Cursors
from schema.build import blueprint, guards
from sources.errors import InvalidProfile
from sources.fault_injection import with_faults
from sources.fault_profile import FaultProfile, find
from sources.probe import PROBE
from telemetry.allow_list import AllowList
from telemetry.pseudonym import DocumentPseudonym
from telemetry.recorder import Telemetry

JOURNAL_FILE = "journal.db"
CURSOR_KEY_FILE = "cursor.key"
CHALLENGE_KEY_FILE = "challenge.key"
ALIAS_KEY_FILE = "alias.key"
STILL = "The sources behave as before."


class Resources:
    """What the application holds while it runs."""

    walk: OperationPipeline
    journal: Journal
    policy: Callable[[], Policy]

    def __init__(self, settings: Settings, telemetry: Telemetry) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self.sources = open_sources(
            settings.data, connections=settings.sources.connections, deadline_s=settings.sources.deadline_ms / 1000
        )
        self.admission = Admission(
            limit=settings.operation.operation_limit,
            wait_s=settings.operation.operation_wait_ms / 1000,
            late_s=settings.operation.executor_latency_ms / 1000,
            count=partial(telemetry.count, "refused", code="OVERLOADED"),
        )
        self.trail = open_journal(settings.data / JOURNAL_FILE, connections=settings.sources.connections)
        if settings.profile:
            profile = ReloadedFile(
                find(settings.profile), partial(FaultProfile.load, sources=NAMES), wrong=InvalidProfile, still=STILL
            )
            self.sources = with_faults(self.sources, profile.now, deadline_s=settings.sources.deadline_ms / 1000)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Open all, in the order in which it must be there; close it the other way round."""
        settings = self._settings
        async with AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, self._telemetry.stop)
            door = await stack.enter_async_context(authenticator(settings))
            journal = settings.data / JOURNAL_FILE
            self.journal = await Journal.open(
                journal,
                deadline_s=settings.journal.journal_deadline_ms / 1000,
                notary=open_checkpointer(settings, journal),
                timed=self._timed,
            )
            stack.push_async_callback(self.journal.close)
            policies = PolicyArchive(settings.data / FOLDER)
            self.policy = ReloadedFile(
                settings.matrix, policies.load, wrong=PolicyError, still="The policy of before stays in force."
            ).now
            for source in (*self.sources.values(), self.trail):
                stack.push_async_callback(source.close)
            self.walk = OperationPipeline(
                blueprint=blueprint(),
                authenticator=door,
                policy=self.policy,
                knocks=FailedAuthThrottle(settings.auth.failed_auth_delay_s),
                challenges=challenges(settings),
                sources=self.sources,
                trail=self.trail,
                replays=DecisionReplayer(policies, guards()),
                journal=self.journal,
                cursors=Cursors(own_key(settings.data / CURSOR_KEY_FILE)),
                telemetry=self._telemetry,
                limits=settings.operation.limits,
                alias=DocumentPseudonym(own_key(settings.data / ALIAS_KEY_FILE)),
                care=settings.sources.resilience,
                budget_s=settings.operation.operation_budget_ms / 1000,
                routers=frozenset(filter(None, map(str.strip, settings.trusted_routers.split(",")))),
            )
            yield

    async def answer(self, question: GraphQLRequest) -> GraphQLResponse:
        """The reply to one question."""
        return await self.walk.answer(question)

    def _timed(self, queue_s: float, commit_s: float) -> None:
        self._telemetry.record("journal_queue", queue_s)
        self._telemetry.record("journal_commit", commit_s)

    async def journal_is_ready(self) -> None:
        """Raises if nothing could be journalled now."""
        if not await self.journal.ready():
            raise RuntimeError


def create_app(settings: Settings) -> Starlette:
    """The whole server for one data folder.

    Raises ProfileWrong, and when it starts: KeysWrong, AccountsWrong, DemoKeyWrong, JournalBroken, CheckpointsWrong,
    PolicyError, UnguardedSchema.
    """
    telemetry = Telemetry.start(
        allow_list(settings),
        folder=Path(settings.telemetry.traces) if settings.telemetry.traces else None,
        mebibytes=settings.telemetry.traces_mebibytes,
    )
    opened = Resources(settings, telemetry)
    page = _page(opened, is_demo=settings.demo) if settings.shows_graphiql else None
    routes: list[BaseRoute] = [
        graphql_route(opened.answer, page, opened.admission, body_limit_bytes=settings.operation.body_limit_bytes),
        *health_routes(
            {name: _answers(opened, name) for name in NAMES},
            opened.journal_is_ready,
        ),
    ]
    if page is not None:
        routes += explorer_routes()
    if settings.demo:
        routes.append(token_route(DemoIssuer.open(settings.data)))
    app = Starlette(routes=routes, middleware=middleware_stack(telemetry), lifespan=opened.lifespan)
    app.state.opened = opened
    return app


def challenges(settings: Settings) -> Challenges:
    """Who is to say more of why. The key is there only where anybody is."""
    if not settings.challenge_one_in:
        return NO_CHALLENGES
    return Challenges(settings.challenge_one_in, own_key(settings.data / CHALLENGE_KEY_FILE))


def allow_list(settings: Settings) -> AllowList:
    """All that this server's telemetry may say."""
    edges = (site.declared for site in blueprint().sites.values())
    return AllowList(
        sources=(*NAMES, JOURNAL_SOURCE),
        fetches=(fetch.name for edge in edges if isinstance(edge, Edge) for fetch in edge.fetches),
        operations=filter(None, map(str.strip, settings.telemetry.named_operations.split(","))),
    )


def own_key(path: Path) -> bytes:
    """A key that nobody else needs: made at first use, for this server's eyes only."""
    secret_file.make(path, lambda: os.urandom(32))
    return path.read_bytes()


def _answers(opened: Resources, name: str) -> Check:
    async def check() -> None:
        await opened.sources[name].fetch(PROBE)

    return check


def _page(opened: Resources, *, is_demo: bool) -> Page:
    def page(_request: Request) -> Response:
        # What a role may know is told as the policy in force has it, which may not be that of the start.
        return explorer_page(ExplorerConfig(demo_roles=demo_roles(opened.policy()) if is_demo else ()))

    return page
