"""Open operation: it reads no record, so it needs no inquiry, gets no grant, and leaves no entry in the journal."""

from __future__ import annotations

from dataclasses import dataclass

from api.operation.looks import Look, digest_of_sources
from api.operation.messages import GraphQLResponse
from api.operation.response_body import response_body
from engine.authorization import AuthorizedPlan
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.plan import PreparedOperation
from engine.scheduling import TimeSlice
from resolvers.loaders import Loaders
from schema.context import Context


@dataclass(frozen=True, slots=True, eq=False)
class OpenOperation:
    """Introspection, `me`, `sources`, or the status of the sources as events."""

    prepared: PreparedOperation
    context: Context
    time_slice: TimeSlice

    async def execute(self) -> GraphQLResponse:
        """Execute it whole."""
        loaders = Loaders({}, {}, {})
        state = ExecutionState(self.prepared, AuthorizedPlan(), loaders, self.context, time_slice=self.time_slice)
        return GraphQLResponse(await response_body(await execute(state), state))

    async def look(self, known: str | None) -> Look:
        """Execute it, if the status of a source differs from what is known."""
        digest = digest_of_sources(await self.context.sources.probes())
        return Look(None if digest == known else await self.execute(), digest)
