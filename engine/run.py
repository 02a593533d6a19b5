"""Running a plan: graphql-core walks the document; every declared field answers from its row or from a batch.

The resolvers below are bound to the built schema once. They do what the ruling says and decide nothing: an edge that it
does not list gives nothing and calls nobody.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import ExecutionResult, GraphQLObjectType, GraphQLResolveInfo, execute

from .blueprint import Blueprint, Site
from .declare import Arguments, Ask, Edge, Fetch, Read, Row
from .errors import FetchFailed
from .plan import Place, Prepared
from .ruling import Ruling


class Loads(Protocol):
    """Where batched answers come from: one set for one operation."""

    def load(self, fetch: Fetch, key: Hashable) -> Awaitable[Any]:
        """The answer for one key. Raises FetchFailed."""
        ...


@dataclass(slots=True)
class Run:
    """One operation under way; the context that resolvers get.

    `ambient` is whatever the schema's ordinary resolvers need. `failed` collects, for each place whose batch had no
    answer, the source that gave none.
    """

    prepared: Prepared
    ruling: Ruling[Any, Any]
    loads: Loads
    ambient: Any = None
    failed: dict[tuple[tuple[str, ...], str], tuple[Place, str]] = field(default_factory=dict)

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

    def place(self, info: GraphQLResolveInfo) -> Place | None:
        """The place that a resolver stands at, if it may be followed."""
        within = tuple(key for key in info.path.as_list() if isinstance(key, str))
        return self.ruling.followed.get((within, info.parent_type.name))

    async def follow(self, place: Place, edge: Edge, row: Row, arguments: Arguments) -> Any:
        """What the batches hold for a key, or for each of several."""
        ask = edge.ask(row, arguments, self.ambient)
        if ask is None:
            return edge.nothing()
        if isinstance(ask, Ask):
            return await self._answer(place, edge, self.loads.load(ask.fetch, ask.key))
        # All are asked before any is awaited, so they are one batch.
        pending = [self.loads.load(one.fetch, one.key) for one in ask]
        return [await self._answer(place, edge, one) for one in pending]

    async def _answer(self, place: Place, edge: Edge, pending: Awaitable[Any]) -> Any:
        try:
            return await pending
        except FetchFailed as failure:
            self.failed[place.within, place.parent] = (place, failure.source)
            return edge.blank()


def bind(blueprint: Blueprint) -> None:
    """Give every declared field of the schema its resolver."""
    for (parent, name), site in blueprint.sites.items():
        kind = blueprint.graphql.type_map[parent]
        if isinstance(kind, GraphQLObjectType) and site.declared is not None:
            kind.fields[name].resolve = _resolver(site)


def _resolver(site: Site) -> Any:
    if isinstance(site.declared, Edge):
        return _follower(site.declared)
    assert site.declared is not None
    return _reader(site.coordinate, site.declared)


def _reader(coordinate: str, declared: Read) -> Any:
    read = declared.read

    def resolve(row: Row, info: GraphQLResolveInfo) -> Any:
        run: Run = info.context
        # The column may be in the row for the sake of another field.
        return None if coordinate in run.ruling.hidden else read(row)

    return resolve


def _follower(edge: Edge) -> Any:
    async def resolve(row: Row | None, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        run: Run = info.context
        place = run.place(info)
        if place is not None:
            return await run.follow(place, edge, row or {}, arguments)
        withheld = edge.ask(row or {}, arguments, run.ambient)
        return [None] * len(withheld) if isinstance(withheld, list) else edge.blank()

    return resolve
