"""Our engine alone, to hold against servers that decide nothing and write nothing down: the application's own parts
without its token, its decision and its journal. The other one of ours is `needtoknow serve` itself.

Everything is granted, once, at the start: to an investigator with a case number and two factors.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from starlette.applications import Starlette

from api.admission import Admission
from api.decision import not_whole
from api.endpoint import graphql_route
from api.outcome import body_of
from api.reply import Question, Reply
from engine.document import Documents
from engine.limits import Limits
from engine.plan import Planner
from engine.ruling import rule
from engine.run import Run
from policy.caller import Assurance, Caller
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
from schema.build import blueprint
from schema.desk import Desk

CALLER = Caller("bench", "Bench", "BENCH", "CA0000000", Role.INVESTIGATOR, True, date.max, Assurance.AAL2, "bench")
INQUIRY = Inquiry(Purpose.C, Reason.INVESTIGATION, "24-01187", "Reyes 2210")
ASKABLE = frozenset(RecordClass) - {RecordClass.AUDIT_TRAIL}


def create(data: Path) -> Starlette:
    policy, today = Policy.load(), date(2026, 1, 1)
    verdicts = decide(policy, CALLER, INQUIRY, ASKABLE, today=today)
    granted: dict[Hashable, Grant] = {
        record_class: verdict for record_class, verdict in verdicts.items() if isinstance(verdict, Grant)
    }
    assert granted.keys() == ASKABLE
    assert not any(grant.is_masked for grant in granted.values())
    sources = open_sources(data, connections=2, deadline_s=60)
    desk = Desk(CALLER, policy, sources, Cursors(bytes(32)), today)
    documents, planner = Documents(blueprint().graphql, Limits()), Planner(blueprint(), Limits())

    async def answer(question: Question) -> Reply:
        document = documents.read(question.query)
        prepared = planner.prepare(document, document.operation(question.operation_name), question.variables)
        ruling = rule(prepared, granted, {}, not_whole)
        grants = {fetch: granted[guard] for fetch, guard in ruling.opened.items()}
        run = Run(prepared, ruling, Loaders(sources, grants, ruling.columns), desk)
        return Reply(body_of(await run.result(), run))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        for source in sources.values():
            await source.close()

    everybody = Admission(limit=100_000, wait_s=0, late_s=0)
    return Starlette(routes=[graphql_route(answer, None, everybody, body_limit_bytes=65_536)], lifespan=lifespan)
