"""The state of one execution: its inputs, its counters, and which fields got no value."""

from __future__ import annotations

from collections.abc import Awaitable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.authorization import AuthorizedPlan
from engine.declarations import Fetch
from engine.limits import Limits
from engine.plan import PlannedField, PreparedOperation, TypePath


class Loader(Protocol):
    """Batched loading for one operation. It caches what it has loaded."""

    def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Awaitable[Mapping[Any, Any]]:
        """The results for distinct keys; a key without a result is missing from them.

        Raises: FetchFailed.
        """

    def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> Awaitable[Any]:
        """Load keys that `load_all` may ask for later. A failure is reported only if it does."""


@dataclass(slots=True)
class ExecutionState:
    """One operation during execution; also the context value of its resolvers.

    request_context:  for the schema's ordinary resolvers and the lookups of edges.
    row_count:        counted toward `row_limit`: the rows of each list, one for each single record asked for, found or
                      not, and the items of lists in rows. A row that is returned twice counts twice.
    slow_paths:       how often generated code gave up and the slow path completed the values.
    completed_fetches: the fetches of the edges that were completed, with rows or without.
    fields_over_row_limit: the fields whose rows would have exceeded `row_limit`, by path.
    failed_fields:    the fields whose batch failed, with the source; keyed by (path, source).
    """

    prepared: PreparedOperation
    authorized_plan: AuthorizedPlan[Any]
    loader: Loader
    request_context: Any = None
    row_limit: int = Limits().rows
    row_count: int = 0
    slow_paths: int = 0
    completed_fetches: set[Fetch] = field(default_factory=set)
    fields_over_row_limit: dict[TypePath, PlannedField] = field(default_factory=dict)
    failed_fields: dict[tuple[TypePath, str], tuple[PlannedField, str]] = field(default_factory=dict)
