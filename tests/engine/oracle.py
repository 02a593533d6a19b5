"""The oracle: graphql-core itself walks the document, a resolver at a time. What it answers is right."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLObjectType,
    GraphQLOutputType,
    execute,
    is_list_type,
    is_non_null_type,
    subscribe,
)

from engine.authorization import AuthorizedPlan
from engine.declarations import Edge, Layout, Lookup, Read
from engine.errors import FetchFailed
from engine.execution import Loader
from engine.guarded_schema import GuardedSchema
from engine.plan import PlannedField, Prepared
from engine.rows import as_mapping


@dataclass
class Oracle:
    """One operation as graphql-core answers it; the context that its resolvers get."""

    prepared: Prepared
    ruling: AuthorizedPlan[Any]
    loads: Loader
    ambient: Any = None
    failed: dict[Any, tuple[PlannedField, str]] = field(default_factory=dict)

    async def result(self) -> ExecutionResult:
        return await self._asked(execute)  # type: ignore[no-any-return]

    async def events(self) -> ExecutionResult | AsyncGenerator[ExecutionResult, None]:
        """The answers to a subscription's events, or why there are none."""
        return await self._asked(subscribe)  # type: ignore[no-any-return]

    async def _asked(self, how: Callable[..., Any]) -> Any:
        name = self.prepared.plan.operation.name
        outcome = how(
            self.prepared.schema,
            self.prepared.plan.document.node,
            context_value=self,
            variable_values=dict(self.prepared.given),
            operation_name=name.value if name else None,
            hide_suggestions=True,
        )
        return await outcome if inspect.isawaitable(outcome) else outcome

    def place(self, info: Any) -> PlannedField | None:
        """The place that a resolver stands at, if it may be followed."""
        within, step = [], info.path
        while step:
            if step.typename:  # else it is a list index
                within.append((step.typename, str(step.key)))
            step = step.prev
        return self.ruling.followed.get(tuple(reversed(within)))

    async def answer(self, place: PlannedField, ask: Lookup, blank: Callable[[], Any]) -> Any:
        try:
            found = await self.loads.load_all(ask.fetch, [ask.key])
            return by_name(found[ask.key] if ask.key in found else ask.fetch.absent(), ask.fetch.layout)
        except FetchFailed as failure:
            self.failed[place.within, failure.source] = (place, failure.source)
            return blank()


def bind(blueprint: GuardedSchema) -> GuardedSchema:
    """Give every declared field its resolver. The engine looks at none of them."""
    for (parent, name), site in blueprint.sites.items():
        kind = blueprint.graphql.type_map[parent]
        if isinstance(kind, GraphQLObjectType):
            of = kind.fields[name]
            if isinstance(site.declared, Read):
                of.resolve = _reader(site.coordinate, site.declared)
            elif isinstance(site.declared, Edge):
                of.resolve = _follower(site.declared, of.type)
    return blueprint


def by_name(value: Any, layout: Layout | None) -> Any:
    """A row, or a list of rows, as mappings: the oracle knows no others."""
    if layout is None or not value or value.__class__ is not list:
        return value
    return [as_mapping(row, layout) for row in value] if value[0].__class__ is list else as_mapping(value, layout)


def _reader(coordinate: str, declared: Read) -> Callable[..., Any]:
    return lambda row, info, **_arguments: (
        None if coordinate in info.context.ruling.hidden else by_name(declared.read(row), declared.layout)
    )


def _follower(edge: Edge, kind: GraphQLOutputType) -> Callable[..., Any]:
    must_be_list = is_non_null_type(kind) and is_list_type(kind.of_type)
    blank = edge.blank if is_non_null_type(kind) else _null

    async def resolve(row: Any, info: Any, **arguments: Any) -> Any:
        oracle = info.context
        place = oracle.place(info)
        if place is None:
            asks = edge.ask({}, arguments, oracle.ambient) if must_be_list else None
            return [None] * len(asks) if isinstance(asks, list) else blank()
        ask = edge.ask({} if row is None else row, arguments, oracle.ambient)
        if ask is None:
            return edge.nothing()
        if isinstance(ask, Lookup):
            return await oracle.answer(place, ask, blank)
        return [await oracle.answer(place, one, _null) for one in ask]

    return resolve


def _null() -> None:
    return None
