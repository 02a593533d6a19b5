"""Authorized operation: its intent and what it releases are in the journal, and it is executed whole or in parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any

from api.operation import errors
from api.operation.audit_record import OperationAudit
from api.operation.authorization import Decision
from api.operation.batch_tracing import BatchTracer
from api.operation.looks import Look, digest_of
from api.operation.messages import GraphQLResponse
from api.operation.parts import CompletedPart, PartFormat, PartPayloads
from api.operation.pipeline_resources import PipelineResources
from api.operation.released import Released
from api.operation.response_body import (
    ReplyTooLarge,
    response_body,
    response_errors,
    safety_notice,
    unexpected_errors,
)
from api.operation.source_status import pending_sources, source_statuses
from api.operation.withheld import exclusions, withheld_places
from audit.errors import JournalUnavailable
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.incremental import Part, TooManyFragments, execute_in_parts
from engine.plan import PreparedOperation
from engine.reply_size import ReplySize
from engine.scheduling import TimeSlice
from resolvers.loaders import Loaders
from schema.context import Context
from sources.read_limit import ReadLimit
from sources.resilience import ResilientSource
from sources.source import Source


@dataclass(slots=True, eq=False)
class AuthorizedOperation:
    """One operation with its verdicts.

    sources:     the record sources, with resilience.
    with_denied: are denials wanted in `errors` too?
    """

    resources: PipelineResources
    sources: Mapping[str, ResilientSource]
    prepared: PreparedOperation
    context: Context
    decision: Decision
    audit: OperationAudit
    time_slice: TimeSlice
    _: KW_ONLY
    with_denied: bool

    async def execute(self) -> GraphQLResponse:
        """Execute it whole. Raises: JournalUnavailable."""
        body, loaders, state = await self._executed()
        inquiry = await self._release(loaders, state)
        return GraphQLResponse({**body, "extensions": {"inquiry": inquiry}})

    async def look(self, known: str | None) -> Look:
        """Execute it, and release what it shows only if that differs from what is known. Raises: JournalUnavailable."""
        body, loaders, state = await self._executed()
        digest = digest_of(body)
        if digest == known:
            await self.audit.record_unchanged(loaders)
            return Look(None, digest)
        inquiry = await self._release(loaders, state)
        return Look(GraphQLResponse({**body, "extensions": {"inquiry": inquiry}}), digest)

    async def _executed(self) -> tuple[dict[str, Any], Loaders, ExecutionState]:
        loaders, state = await self._begin()
        telemetry = self.resources.telemetry
        with telemetry.span("execute", fields=len(self.prepared.plan.all_fields)) as span:
            try:
                result = await execute(state)
            finally:
                # If the client has disconnected, reads in progress are cancelled.
                loaders.close()
            body = await response_body(result, state, with_denied=self.with_denied)
            span.set(errors=len(body.get("errors", ())))
        self._count(loaders, state)
        return body, loaders, state

    async def execute_in_parts(self, part_format: PartFormat) -> AsyncGenerator[GraphQLResponse]:
        """Execute it in parts: each is in the journal before it is given, and all but the last have more to come.

        Raises: JournalUnavailable, if not even the initial part can be released.
        """
        loaders, state = await self._begin()
        payloads = PartPayloads(part_format, state.reply_size.limit)
        released: list[Part] = []
        execution, has_ended = execute_in_parts(state), False
        try:
            async for parts in execution:
                completed = [await self._completed(part, state) for part in parts]
                has_next = len(state.completed_parts) <= len(self.prepared.plan.parts)
                # The journal never withdraws an entry, and an operation has one release.
                has_ended = not has_next
                facts = await self._release(loaders, state, [part.number for part in parts], has_next=has_next)
                payload = payloads.next(completed) if released else payloads.initial(completed)
                body = {**payload, "hasNext": has_next, "extensions": {"inquiry": facts}}
                released += parts
                yield GraphQLResponse(body, has_next=has_next)
        except (JournalUnavailable, TooManyFragments) as cause:
            has_ended, fault = True, errors.audit_unavailable().body["errors"][0]
            if isinstance(cause, TooManyFragments):
                fault = errors.too_many_fragments()
                await self._record_end("PARTIAL", released, loaders, state)
            elif not released:
                raise
            # What was sent is in the journal, and nothing else is sent.
            body = payloads.refused(fault) if released else {"data": None, "errors": [fault]}
            yield GraphQLResponse({**body, "hasNext": False})
        except BaseException as cause:
            if released and not has_ended:
                # The client has left, the server stops, or there is a defect of ours.
                outcome = "BROKEN" if isinstance(cause, Exception) else "ABANDONED"
                with suppress(JournalUnavailable):
                    await self._record_end(outcome, released, loaders, state)
            raise
        finally:
            try:
                await execution.aclose()
            finally:
                loaders.close()
                self._count(loaders, state)

    async def _begin(self) -> tuple[Loaders, ExecutionState]:
        """Record the intent. Nothing has been read before."""
        resources, decision = self.resources, self.decision
        deadline = asyncio.get_running_loop().time() + resources.sources_timeout_s
        self.time_slice.suspend()
        await self.audit.record_intent(self.prepared, decision, resources.term_hashes)
        await self.time_slice.resume()
        sources: dict[str, Source] = {resources.journal_source.name: resources.journal_source}
        sources |= {name: source.with_deadline(deadline) for name, source in self.sources.items()}
        observer = BatchTracer(resources.telemetry, sources).watch if resources.telemetry.is_on else None
        limits = resources.limits
        loaders = Loaders(sources, decision.grants, decision.plan.columns, observer, ReadLimit(limits.reply_bytes))
        state = ExecutionState(
            self.prepared,
            decision.plan,
            loaders,
            replace(self.context, inquiry_status=lambda state: self._facts(loaders, state)),
            limits.rows,
            reply_size=ReplySize(limits.reply_bytes),
            time_slice=self.time_slice,
            root_lookups=decision.lookups,
        )
        return loaders, state

    async def _completed(self, part: Part, state: ExecutionState) -> CompletedPart:
        try:
            found = await response_errors(state, part.response, part.declared, with_denied=self.with_denied)
        except ReplyTooLarge:
            state.is_reply_over_limit = True
            part.remove()
            found = [errors.too_many_errors() | ({"path": list(path)} if path else {}) for path in part.response.roots]
        return CompletedPart(part, found)

    async def _release(
        self, loaders: Loaders, state: ExecutionState, numbers: Sequence[int] = (), *, has_next: bool = False
    ) -> dict[str, Any]:
        """Record a response, or the parts of it with these numbers. Returns what is said of the inquiry."""
        facts = self._facts(loaders, state)
        released = Released.of(self.decision, loaders, state, state.completed_parts)
        self.time_slice.suspend()
        if has_next:
            await self.audit.record_parts(released, loaders, numbers)
        else:
            has_failed = any(unexpected_errors(response.errors, state) for response in state.responses)
            await self.audit.record_release(
                released, loaders, state, facts["sources"], numbers=numbers, has_failed=has_failed
            )
        return facts | safety_notice(self.decision, released, state)

    async def _record_end(self, outcome: str, sent: Sequence[Part], loaders: Loaders, state: ExecutionState) -> None:
        """Record that no part is sent after these."""
        released = Released.of(self.decision, loaders, state, [part.declared for part in sent])
        await self.audit.record_end(outcome, released, loaders, [part.number for part in sent])

    def _facts(self, loaders: Loaders, state: ExecutionState) -> dict[str, Any]:
        """What is said of the inquiry with the parts that are complete."""
        plan, verdicts, parts = self.decision.plan, self.decision.verdicts, state.completed_parts
        # The journal is listed only if the operation reads it.
        names = dict.fromkeys((*self.resources.sources, *loaders.outcomes))
        return {
            "id": self.audit.id,
            "sources": source_statuses(names, loaders.outcomes, verdicts, state, pending_sources(plan, parts)),
            "withheld": withheld_places(plan, parts),
            "exclusions": exclusions(verdicts),
        }

    def _count(self, loaders: Loaders, state: ExecutionState) -> None:
        telemetry = self.resources.telemetry
        telemetry.count("slow_paths", state.slow_paths)
        telemetry.count("keys_loaded", loaders.cache_hits, hit=True)
        telemetry.count("keys_loaded", sum(keys for _, keys in loaders.batches), hit=False)
