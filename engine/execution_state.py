"""The state of one execution: its inputs, its counters, and which fields got no value."""

from __future__ import annotations

from collections.abc import Awaitable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import GraphQLError

from engine.authorization import AuthorizedPlan
from engine.declarations import Edge, Fetch, LookupResult
from engine.deferral import DeferredPart
from engine.limits import Limits
from engine.plan import PlannedField, PreparedOperation, TypePath
from engine.program import CompiledField
from engine.reply_size import FRAGMENT_BYTES, ReplySize, size_of
from engine.response import ErrorCounter, ResponseBuilder
from engine.scheduling import Scheduler, TimeSlice
from engine.value_types import ValueTypes


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
class MissingValues:
    """The values of one field that did not arrive, by the objects that they belong to.

    source:  the source that did not answer; None if a limit was exceeded.
    parents: each object by its identity, with the indices of the items that are missing from its list; None if the
             value itself is missing. While they are here no other object has the same identity.
    is_everywhere: is the value missing from every object, whether it is among `parents` or not?
    """

    planned: PlannedField
    source: str | None = None
    parents: dict[int, tuple[Mapping[str, Any], list[int] | None]] = field(default_factory=dict)
    is_everywhere: bool = False

    def add(self, parent: Mapping[str, Any], index: int | None = None) -> None:
        """Add the value of a parent, or one item of it."""
        if index is None:
            self.parents[id(parent)] = parent, None
            return
        indices = self.parents.setdefault(id(parent), (parent, []))[1]
        if indices is not None:
            indices.append(index)


@dataclass(slots=True)
class ExecutionState:
    """One operation during execution; also the context value of its resolvers.

    request_context:  for the schema's ordinary resolvers and the lookups of edges.
    row_count:        counted toward `row_limit`: the rows of each list, one for each single record asked for, found or
                      not, and the items of lists in rows. A row that is returned twice counts twice.
    reply_size:       how large the response is so far.
    time_slice:       when it should let other operations run.
    root_lookups:     the lookups of root fields, if they have been made already.
    fragment_count:   deferred fragments in the objects of the response.
    slow_paths:       how often generated code gave up and the slow path completed the values.
    completed_parts:  the parts that are complete; a response that is not divided is the initial part.
    completed_fetches: the fetches of the edges that were completed and have a value, each with the edge's part.
    fields_over_row_limit: the fields whose rows would have exceeded `row_limit`, by path.
    fields_over_size_limit: the fields with which the reply would have exceeded its size, by path.
    failed_fields:    the fields whose batch failed, by (path, source).
    invalid_values:   the fields that are null because their row has a value that does not fit, by path.
    invalid_inputs:   such fields among the inputs of derived fields, once for each value; no null is in the response.
    input_errors:     the other errors among those inputs.
    missing_inputs:   the inputs of derived fields with values that did not arrive.
    has_errors:       has a resolver or a value raised an error?
    sources_without_key: the sources that some object has no key for.
    object_types:     the concrete types of objects of abstract types.
    responses:        the response, or its parts, under construction.
    error_counter:    of the errors of their fields.
    is_reply_over_limit: is there no data, because its errors would have exceeded the size of a reply?
    """

    prepared: PreparedOperation
    authorized_plan: AuthorizedPlan[Any]
    loader: Loader
    request_context: Any = None
    row_limit: int = Limits().rows
    row_count: int = 0
    reply_size: ReplySize = field(default_factory=lambda: ReplySize(Limits().reply_bytes))
    fragment_count: int = 0
    slow_paths: int = 0
    time_slice: TimeSlice = field(default_factory=lambda: TimeSlice(Scheduler()))
    root_lookups: Mapping[PlannedField, LookupResult] = field(default_factory=dict)
    completed_parts: set[DeferredPart | None] = field(default_factory=lambda: {None})
    completed_fetches: set[tuple[DeferredPart | None, Fetch]] = field(default_factory=set)
    fields_over_row_limit: dict[TypePath, MissingValues] = field(default_factory=dict)
    fields_over_size_limit: dict[TypePath, MissingValues] = field(default_factory=dict)
    failed_fields: dict[tuple[TypePath, str], MissingValues] = field(default_factory=dict)
    invalid_values: dict[tuple[str | int, ...], CompiledField] = field(default_factory=dict)
    invalid_inputs: list[CompiledField] = field(default_factory=list)
    input_errors: list[GraphQLError] = field(default_factory=list)
    missing_inputs: list[PlannedField] = field(default_factory=list)
    has_errors: bool = False
    sources_without_key: set[str] = field(default_factory=set)
    object_types: ValueTypes = field(default_factory=ValueTypes)
    responses: list[ResponseBuilder] = field(default_factory=list)
    error_counter: ErrorCounter = field(default_factory=ErrorCounter)
    is_reply_over_limit: bool = False

    @property
    def has_fields_left_out(self) -> bool:
        """Whether any value is null because of a limit or of an invalid value."""
        over_limit = self.fields_over_row_limit or self.fields_over_size_limit or self.is_reply_over_limit
        return bool(over_limit or self.invalid_values or self.invalid_inputs)

    def add_response(self, response: ResponseBuilder) -> ResponseBuilder:
        """Count a response toward the size of the reply, and toward its errors."""
        self.responses.append(response)
        response.error_counter = self.error_counter
        return response

    def measured_size(self) -> int:
        """The exact size of the reply so far."""
        roots = [root for response in self.responses for root in response.roots.values()]
        return sum(size_of(root.data) + FRAGMENT_BYTES * (root.owner is not None) for root in roots)

    def add_completed(self, planned: PlannedField, values: Sequence[Any]) -> None:
        """Add the fetches of a completed edge, if it has a value."""
        edge = planned.spec.declaration
        if isinstance(edge, Edge) and any(each is not None and each != [] for each in values):
            self.completed_fetches.update([(planned.part, fetch) for fetch in edge.fetches])

    def over_row_limit(self, planned: PlannedField) -> MissingValues:
        """The values of a field that are missing because of the limit on rows."""
        return self.fields_over_row_limit.setdefault(planned.type_path, MissingValues(planned))

    def over_size_limit(self, planned: PlannedField) -> MissingValues:
        """The values of a field that are missing because of the limit on the size of the reply."""
        return self.fields_over_size_limit.setdefault(planned.type_path, MissingValues(planned))

    def failed(self, planned: PlannedField, source: str) -> MissingValues:
        """The values of a field that are missing because a source did not answer."""
        return self.failed_fields.setdefault((planned.type_path, source), MissingValues(planned, source))
