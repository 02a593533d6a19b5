"""The state of one execution: its inputs, its counters, and which fields got no value."""

from __future__ import annotations

from collections.abc import Awaitable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.authorization import AuthorizedPlan
from engine.declarations import Fetch
from engine.limits import Limits
from engine.plan import PlannedField, PreparedOperation, TypePath
from engine.program import CompiledField
from engine.reply_size import ReplySize
from engine.scheduling import Scheduler, TimeSlice


class Loader(Protocol):
    """Batched loading for one operation. It caches what it has loaded."""

    @property
    def has_invalid_values(self) -> bool:
        """Whether an InvalidValue stands in any row so far."""

    def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Awaitable[Mapping[Any, Any]]:
        """The results for distinct keys; a key without a result is missing from them.

        Raises: FetchFailed, FetchOverLimit.
        """

    def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> Awaitable[Any]:
        """Load keys that `load_all` may ask for later. A failure is reported only if it does."""

    def bytes_read(self, fetch: Fetch) -> int:
        """The bytes of JSON that all results of a fetch were read from."""


@dataclass(slots=True)
class ExecutionState:
    """One operation during execution; also the context value of its resolvers.

    request_context:  for the schema's ordinary resolvers and the lookups of edges.
    row_count:        counted toward `row_limit`: the rows of each list, one for each single record asked for, found or
                      not, and the items of lists in rows. A row that is returned twice counts twice.
    reply_size:       how large the response is so far.
    time_slice:       when it should let other operations run.
    slow_paths:       how often generated code gave up and the slow path completed the values.
    completed_fetches: the fetches of the edges that were completed, with rows or without.
    fields_over_row_limit: the fields whose rows would have exceeded `row_limit`, by path.
    fields_over_size_limit: the fields with which the reply would have exceeded its size, by path.
    failed_fields:    the fields whose batch failed, with the source; keyed by (path, source).
    invalid_values:   the fields that are null because their row has a value that does not fit, by path.
    """

    prepared: PreparedOperation
    authorized_plan: AuthorizedPlan[Any]
    loader: Loader
    request_context: Any = None
    row_limit: int = Limits().rows
    row_count: int = 0
    reply_size: ReplySize = field(default_factory=lambda: ReplySize(Limits().reply_bytes))
    slow_paths: int = 0
    time_slice: TimeSlice = field(default_factory=lambda: TimeSlice(Scheduler()))
    completed_fetches: set[Fetch] = field(default_factory=set)
    fields_over_row_limit: dict[TypePath, PlannedField] = field(default_factory=dict)
    fields_over_size_limit: dict[TypePath, PlannedField] = field(default_factory=dict)
    failed_fields: dict[tuple[TypePath, str], tuple[PlannedField, str]] = field(default_factory=dict)
    invalid_values: dict[tuple[str | int, ...], CompiledField] = field(default_factory=dict)

    @property
    def has_fields_left_out(self) -> bool:
        """Whether any field is null because of a limit or of an invalid value."""
        return bool(self.fields_over_row_limit or self.fields_over_size_limit or self.invalid_values)
