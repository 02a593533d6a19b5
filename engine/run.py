"""Running a plan: graphql-core walks the document; every declared field answers from its row or from a batch.

The resolvers below are bound to the built schema once. They do what the ruling says and decide nothing: an edge that it
does not list gives nothing and calls nobody.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from graphql import (
    ExecutionResult,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    execute,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Path

from engine.blueprint import Blueprint
from engine.declare import Arguments, Ask, Edge, Fetch, Read, Row
from engine.errors import FetchFailed
from engine.plan import Place, Prepared, Within
from engine.ruling import Ruling


class Loads(Protocol):
    """Where batched answers come from: one set for one operation."""

    def load(self, fetch: Fetch, key: Hashable) -> Awaitable[Any]:
        """The answer for one key. Raises FetchFailed."""
        ...


@dataclass(slots=True)
class Run:
    """One operation under way; the context that resolvers get.

    `ambient` is whatever the schema's ordinary resolvers need. `failed` collects each place whose batch had no answer,
    with the source that gave none.
    """

    prepared: Prepared
    ruling: Ruling[Any, Any]
    loads: Loads
    ambient: Any = None
    failed: dict[tuple[Within, str], tuple[Place, str]] = field(default_factory=dict)

    async def result(self) -> ExecutionResult:
        """Data, and the errors of resolvers that broke; what was withheld or not answered is not among them."""
        name = self.prepared.plan.operation.name
        outcome = execute(
            self.prepared.schema,
            self.prepared.plan.document.node,
            context_value=self,
            variable_values=dict(self.prepared.given),
            operation_name=name.value if name else None,
            hide_suggestions=True,
        )
        return await outcome if inspect.isawaitable(outcome) else outcome

    def place(self, info: Info) -> Place | None:
        """The place that a resolver stands at, if it may be followed."""
        within = []
        step: Path | None = info.path
        while step:
            if step.typename:  # else it is a list index
                within.append((step.typename, str(step.key)))
            step = step.prev
        return self.ruling.followed.get(tuple(reversed(within)))

    async def follow(self, place: Place, edge: Edge, row: Row, arguments: Arguments, blank: Make) -> Any:
        """What the batches hold for a key, or for each of several; `blank()` where there is no answer."""
        ask = edge.ask(row, arguments, self.ambient)
        if ask is None:
            return edge.nothing()
        if isinstance(ask, Ask):
            return await self._answer(place, self.loads.load(ask.fetch, ask.key), blank)
        # All are asked before any is awaited, so they are one batch.
        pending = [self.loads.load(one.fetch, one.key) for one in ask]
        return [await self._answer(place, one, _null) for one in pending]

    async def _answer(self, place: Place, pending: Awaitable[Any], blank: Make) -> Any:
        try:
            return await pending
        except FetchFailed as failure:
            self.failed[place.within, failure.source] = (place, failure.source)
            return blank()


Info: TypeAlias = "GraphQLResolveInfo[Run]"
Resolve = Callable[..., Any]
Make = Callable[[], Any]


def bind(blueprint: Blueprint) -> None:
    """Give every declared field of the schema its resolver."""
    for (parent, name), site in blueprint.sites.items():
        kind = blueprint.graphql.type_map[parent]
        if isinstance(kind, GraphQLObjectType):
            of = kind.fields[name]
            if isinstance(site.declared, Read):
                of.resolve = _reader(site.coordinate, site.declared.read)
            elif isinstance(site.declared, Edge):
                of.resolve = _follower(site.declared, of.type)


def _reader(coordinate: str, read: Callable[[Row], Any]) -> Resolve:
    def resolve(row: Row, info: Info) -> Any:
        # The column may be in the row for the sake of another field.
        return None if coordinate in info.context.ruling.hidden else read(row)

    return resolve


def _follower(edge: Edge, kind: GraphQLOutputType) -> Resolve:
    must_be_list = is_non_null_type(kind) and is_list_type(kind.of_type)
    blank: Make = edge.blank if is_non_null_type(kind) else _null

    async def resolve(row: Row | None, info: Info, **arguments: Any) -> Any:
        run = info.context
        place = run.place(info)
        if place is not None:
            return await run.follow(place, edge, row or {}, arguments, blank)
        # Such a list stands only at the root, where its length is what the caller asked for.
        asks = edge.ask({}, arguments, run.ambient) if must_be_list else None
        return [None] * len(asks) if isinstance(asks, list) else blank()

    return resolve


def _null() -> None:
    return None
