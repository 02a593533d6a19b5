"""The walk of one question, from its token to its reply. The order of the steps below is the promise that we make.

    who asks      a token, or nobody
    what          the document, planned
    why           the @inquiry, or nothing is read
    may they      a verdict for every record class that the plan touches, before anything is read
    intent        in the journal, durable, before any source is called
    read          what was granted, and nothing else
    release       in the journal, durable, before a byte leaves

It knows nothing of HTTP's headers or of any record kind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from graphql import OperationType

from api.auth.authentication import Authenticator, AuthFailure, Unauthenticated
from api.auth.failed_auth_throttle import FailedAuthThrottle
from api.operation import errors
from api.operation.audit_record import OperationAudit
from api.operation.authorization import Decision, authorize_operation, verdict_name
from api.operation.batch_tracing import BatchTracer
from api.operation.challenges import Challenges
from api.operation.inquiry import inquiry_of
from api.operation.messages import GraphQLRequest, GraphQLResponse
from api.operation.response_body import exclusions_of, response_body, source_statuses
from audit.decision_replay import DecisionReplayer
from audit.errors import JournalUnavailable
from audit.journal import Journal
from engine.authorization import AuthorizedPlan
from engine.document import DocumentCache
from engine.errors import Fault, InvalidDocument, Refused
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.plan import PreparedOperation
from engine.planner import Planner
from policy.table import Policy
from resolvers.loaders import Loaders
from resolvers.paging import Cursors
from schema.context import Context
from sources.resilience import with_resilience
from sources.resilience_config import ResilienceConfig
from sources.source import Source
from telemetry.allow_list import OPERATION
from telemetry.recorder import Telemetry
from telemetry.span import NoopSpan, Span


class OperationPipeline:
    """Answers questions. One for an application; it keeps nothing of any caller."""

    def __init__(
        self,
        *,
        blueprint: GuardedSchema,
        authenticator: Authenticator,
        policy: Callable[[], Policy],
        knocks: FailedAuthThrottle,
        challenges: Challenges,
        sources: Mapping[str, Source],
        trail: Source,
        replays: DecisionReplayer,
        journal: Journal,
        cursors: Cursors,
        telemetry: Telemetry,
        limits: Limits,
        alias: Callable[[str], str],
        care: ResilienceConfig,
        budget_s: float,
        routers: frozenset[str] = frozenset(),
        today: Callable[[], date] = date.today,
    ) -> None:
        self._blueprint = blueprint
        self._authenticator = authenticator
        self._policy = policy
        self._knocks = knocks
        self._challenges = challenges
        self._records = sources
        # Guarded for questions alone: whoever asks whether a source answers is to hear it from the source.
        self._guarded = with_resilience(sources.values(), care)
        self._budget_s = budget_s
        self._trail = {trail.name: trail}
        self._replays = replays
        self._journal = journal
        self._cursors = cursors
        self._telemetry = telemetry
        self._alias = alias
        self._routers = routers
        self._today = today
        self._most_rows = limits.rows
        self._documents = DocumentCache(blueprint.graphql, limits, telemetry.span)
        self._planner = Planner(blueprint, limits, telemetry.span)

    async def answer(self, question: GraphQLRequest) -> GraphQLResponse:
        """The reply to a question, whatever it is. Never raises for anything that a caller can do."""
        with self._telemetry.span(OPERATION) as span:
            try:
                return await self._answer(question, span)
            except JournalUnavailable:
                self._refused(span, "AUDIT_UNAVAILABLE")
                return errors.audit_unavailable()

    async def _answer(self, question: GraphQLRequest, span: Span | NoopSpan) -> GraphQLResponse:
        ledger = OperationAudit(self._journal, self._telemetry, question)
        try:
            caller = await self._authenticator.authenticate(question.authorization)
        except Unauthenticated as unknown:
            self._refused(span, "UNAUTHENTICATED")
            is_often = await self._refuse(unknown, question, ledger)
            return replace(errors.unauthenticated(), wait=self._knocks.wait if is_often else None)
        span.set(role=caller.role.value)
        ledger.caller = caller
        try:
            prepared = self._prepare(question)
            self._name(span, prepared)
            # Once for an operation: another one that comes into force meanwhile is for the next.
            desk = Context(caller, self._policy(), self._records, self._cursors, self._today(), self._replays)
            if not prepared.plan.touches_records:
                return await self._open(prepared, desk)
            decision = self._decide(prepared, desk, question)
        except Refused as refused:
            code = errors.code_of(refused)
            self._refused(span, code)
            await ledger.refuse(code)
            return errors.not_run(code, refused.faults)
        span.set(purpose=decision.inquiry.purpose.name, reason=decision.inquiry.reason.name)
        return await self._look_up(prepared, desk, decision, ledger)

    async def _refuse(self, unknown: Unauthenticated, question: GraphQLRequest, ledger: OperationAudit) -> bool:
        ledger.caller = unknown.caller
        # No token is no guess at one.
        is_often = unknown.reason is not AuthFailure.MISSING and self._knocks.is_often(question.address)
        await ledger.refuse("UNAUTHENTICATED", flags=(unknown.reason.name, *(["SLOWED"] if is_often else ())))
        # It waits only now: whoever does not wait for the answer is in the journal all the same.
        return is_often

    def _prepare(self, question: GraphQLRequest) -> PreparedOperation:
        document = self._documents.get(question.query)
        operation = document.operation(question.operation_name)
        if operation.operation is OperationType.SUBSCRIPTION:
            raise InvalidDocument([Fault("Subscriptions are not supported.")])
        return self._planner.prepare(document, operation, question.variables)

    async def _open(self, prepared: PreparedOperation, desk: Context) -> GraphQLResponse:
        """What touches no record needs no reason: who I am, which sources answer, what the schema is."""
        run = ExecutionState(prepared, AuthorizedPlan(), _NoLoads(), desk)
        return GraphQLResponse(response_body(await execute(run), run))

    def _decide(self, prepared: PreparedOperation, desk: Context, question: GraphQLRequest) -> Decision:
        """The verdicts on everything that the operation touches. Raises Refused if it does not say why it asks."""
        is_router = question.address in self._routers
        inquiry = inquiry_of(prepared, question.inquiry_header, is_trusted=is_router)
        with self._telemetry.span("decide") as span:
            decision = authorize_operation(prepared, desk, inquiry, self._challenges)
            span.set(classes=len(decision.verdicts), denied=len(decision.ruling.withheld))
        if self._telemetry.is_on:
            for record_class, verdict in decision.verdicts.items():
                self._telemetry.count("verdicts", record_class=record_class.value, verdict=verdict_name(verdict))
        return decision

    async def _look_up(
        self, prepared: PreparedOperation, desk: Context, decision: Decision, ledger: OperationAudit
    ) -> GraphQLResponse:
        ends = asyncio.get_running_loop().time() + self._budget_s
        await ledger.intend(prepared, decision)
        sources = self._trail | {name: source.with_deadline(ends) for name, source in self._guarded.items()}
        watch = BatchTracer(self._telemetry).watch if self._telemetry.is_on else None
        loaders = Loaders(sources, decision.grants, decision.ruling.columns, watch)
        run = ExecutionState(prepared, decision.ruling, loaders, desk, self._most_rows)
        with self._telemetry.span("execute", fields=len(prepared.plan.all_fields)) as span:
            try:
                result = await execute(run)
            finally:
                # If the caller has gone, nobody waits for what is still being read.
                loaders.close()
            body = response_body(result, run)
            span.set(errors=len(body.get("errors", ())))
        self._telemetry.count("loaded", loaders.cache_hits, hit=True)
        self._telemetry.count("loaded", sum(keys for _, keys in loaders.batches), hit=False)
        self._telemetry.count("slow_path", run.slow_paths)
        # The journal is no record system: it is spoken of only by whoever reads it.
        named = dict.fromkeys((*self._records, *loaders.outcomes))
        statuses = source_statuses(named, loaders.outcomes, decision.verdicts)
        await ledger.release(decision, loaders, run, statuses, is_broken=bool(result.errors))
        inquiry = {"id": ledger.id, "sources": statuses, "exclusions": exclusions_of(decision.verdicts)}
        return GraphQLResponse({**body, "extensions": {"inquiry": inquiry}})

    def _name(self, span: Span | NoopSpan, prepared: PreparedOperation) -> None:
        """Says which operation it is, as far as may be said."""
        if not isinstance(span, Span):
            return
        operation = prepared.plan.operation
        span.rename(operation.operation.value)
        span.set(operation=operation.operation.value, document=self._alias(prepared.plan.document.digest))
        if operation.name is not None and operation.name.value in self._telemetry.allow_list.operations:
            span.set(name=operation.name.value)

    def _refused(self, span: Span | NoopSpan, code: str) -> None:
        span.set(code=code)
        self._telemetry.count("refused", code=code)


class _NoLoads:
    """For an operation that may load nothing."""

    def load_all(self, fetch: Any, keys: Any) -> Any:
        raise AssertionError("nothing was granted")

    prefetch = load_all
