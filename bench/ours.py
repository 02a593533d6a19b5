"""The engine alone, to compare with servers that have no authorization and no journal.

It uses the application's own parts, without token, decision and journal. Everything is granted once, at the start, to
an investigator with a case number and two factors.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from api.http.admission import Admission
from api.http.endpoint import GraphQLEndpoint
from api.operation.authorization import mask_is_insufficient
from api.operation.messages import GraphQLRequest, GraphQLResponse
from api.operation.response_body import response_body
from engine.authorization import authorize
from engine.document import DocumentCache
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.limits import Limits
from engine.planner import Planner
from policy.caller import Assurance, Caller
from policy.clearance import Clearance
from policy.decide import decide
from policy.grants import Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from resolvers.catalogue import open_sources
from resolvers.loaders import Loaders
from resolvers.paging import Cursors
from schema.build import guarded_schema
from schema.context import Context
from sources.probe import SourceProbe

CERTIFIED = Clearance(certified_until=date.max)
CALLER = Caller("bench", "Bench", "BENCH", "CA0000000", Role.INVESTIGATOR, True, CERTIFIED, Assurance.AAL2, "bench")
INQUIRY = Inquiry(Purpose.C, Reason.INVESTIGATION, "24-01187", "Reyes 2210")


def create(data: Path) -> Starlette:
    policy, today = Policy.load(), date(2026, 1, 1)
    verdicts = decide(policy, CALLER, INQUIRY, RecordClass, today=today)
    granted: dict[Hashable, Grant] = dict(verdicts.granted.items())
    assert not any(grant.is_masked for grant in granted.values())
    sources = open_sources(data, connections=2, deadline_s=60)
    context = Context(CALLER, policy, SourceProbe(sources), Cursors(bytes(32)), today)
    documents, planner = DocumentCache(guarded_schema().graphql, Limits()), Planner(guarded_schema(), Limits())

    async def respond(request: GraphQLRequest) -> GraphQLResponse:
        assert request.query is not None
        document = documents.get(request.query)
        prepared = planner.prepare(document, document.operation(request.operation_name), request.variables)
        authorization = authorize(prepared, granted, {}, mask_is_insufficient)
        grants = {fetch: granted[guard] for fetch, guard in authorization.fetch_guards.items()}
        state = ExecutionState(prepared, authorization, Loaders(sources, grants, authorization.columns), context)
        return GraphQLResponse(await response_body(await execute(state), state))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        for source in sources.values():
            await source.close()

    admission = Admission(limit=100_000, wait_s=0, executor_latency_s=0)
    endpoint = GraphQLEndpoint(respond, admission, body_limit_bytes=65_536)
    return Starlette(routes=[Route("/graphql", endpoint)], lifespan=lifespan)
