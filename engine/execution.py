"""Running a plan, breadth first: the rows of a level are completed together, and what they lead to is the next level.

The run does what the ruling says and decides nothing: an edge that it does not list gives nothing and calls nobody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import ExecutionResult, GraphQLError, OperationType, execute_sync

from engine.authorization import AuthorizedPlan
from engine.completion import ValueCompleter
from engine.declarations import Fetch
from engine.level import Level, Waiting
from engine.limits import Limits
from engine.plan import PlannedField, Prepared, Within
from engine.program import Program
from engine.response import ResponseBuilder


class Loader(Protocol):
    """Where batched answers come from: one set for one operation, which keeps what it has given."""

    def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Awaitable[Mapping[Any, Any]]:
        """The answers for keys, each given once; a key without an answer is absent. Raises FetchFailed."""
        ...

    def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> Awaitable[Any]:
        """The same for keys whose answers will be loaded later, or not at all: what fails may be missed by nobody."""
        ...


@dataclass(slots=True)
class Execution:
    """One operation under way; the context that resolvers get.

    `ambient` is whatever the schema's ordinary resolvers need. `event` is the one of a subscription that is answered.
    `failed` collects each place whose batch had no answer, with the source that gave none; `overfull` each whose rows
    would have been more than `most_rows`, where a row counts each time it is given; `given` the fetches that gave what
    is in the answer.
    """

    prepared: Prepared
    ruling: AuthorizedPlan[Any]
    loads: Loader
    ambient: Any = None
    most_rows: int = Limits().rows
    event: Any = None
    rows: int = 0
    given: set[Fetch] = field(default_factory=set)
    overfull: dict[Within, PlannedField] = field(default_factory=dict)
    failed: dict[tuple[Within, str], tuple[PlannedField, str]] = field(default_factory=dict)

    async def result(self) -> ExecutionResult:
        """Data, and the errors of resolvers that broke; what was withheld or not answered is not among them."""
        plan = self.prepared.plan
        program = plan.program(self.prepared.schema, self.ruling.shape)
        answer = ResponseBuilder()
        exact = ValueCompleter(self.prepared, self, answer)
        _begin(program, self.event if plan.is_subscription else {}, answer, exact)
        first = _waiting(program, answer, exact)
        # The fields of a mutation take turns, each with all that is inside it.
        is_serial = plan.operation.operation is OperationType.MUTATION
        turns: list[Waiting] = (
            [[((each,), held)] for fields, held in first for each in fields] if is_serial else [first]
        )
        for waiting in turns:
            while waiting and answer.data is not None:
                now, later = _sooner(waiting)
                await Level(self, answer, exact).take(now)
                waiting = _waiting(program, answer, exact, later)  # noqa: PLW2901 - the level inside it
        self._introspect(answer)
        return ExecutionResult(answer.data, answer.errors or None)

    def _introspect(self, answer: ResponseBuilder) -> None:
        """What is asked of the schema itself, graphql-core answers: no record is within its reach."""
        document = self.prepared.plan.introspection
        if document is None or answer.data is None:
            return
        variables = dict(self.prepared.given)
        told = execute_sync(self.prepared.schema, document, variable_values=variables, hide_suggestions=True)
        answer.errors += told.errors or ()
        if told.data is None:
            answer.data = None
        else:
            answer.data.update(told.data)


def _begin(program: Program, row: Any, answer: ResponseBuilder, exact: ValueCompleter) -> None:
    root = program.root
    assert root.make is not None
    try:
        answer.data = root.make(row, exact)
    except Exception:  # noqa: BLE001 - whatever it is, the exact way says what to make of it
        exact.clear()
        try:
            answer.data = exact.object(root, row, ())
        except GraphQLError as error:
            answer.data = None
            answer.note(error)


def _waiting(
    program: Program, answer: ResponseBuilder, exact: ValueCompleter, before: Waiting | tuple[()] = ()
) -> Waiting:
    """The objects that wait for the next level, beside those that have waited before; it is then theirs to be taken."""
    new = [(program.selections[number].hops, held) for number, held in sorted(exact.clear().items())]
    # What an error has taken out of the answer asks nobody.
    there = answer.paths() if answer.errors else None
    level: Waiting = []
    for fields, held in [*new, *before]:
        holders = held if there is None else [holder for holder in held if id(holder[0]) in there]
        if holders:
            level.append((fields, holders))
    return level


def _sooner(waiting: Waiting) -> tuple[Waiting, Waiting]:
    """What was asked for ahead, and the rest: what is inside the one is not to wait for the other."""
    sooner: Waiting = []
    later: Waiting = []
    for fields, holders in waiting:
        for turn, is_ahead in ((sooner, True), (later, False)):
            mine = [each for each in fields if each.is_ahead is is_ahead]
            if mine:
                turn.append((mine, holders))
    return (sooner, later) if sooner else (waiting, [])
