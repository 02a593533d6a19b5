"""The oracle: graphql-core itself executes the document, one resolver at a time. Its result is right by definition."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    ExperimentalIncrementalExecutionResults,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    IncrementalDeferResult,
    execute,
    experimental_execute_incrementally,
    get_named_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from engine.authorization import AuthorizedPlan
from engine.declarations import Derived, Edge, Embedded, Entities, Inputs, Layout, Lookup, Read, Representation
from engine.document import DEFER, without_directives
from engine.entities import type_key
from engine.errors import FetchFailed
from engine.execution_state import Loader
from engine.guarded_schema import GuardedSchema
from engine.plan import INPUTS_SUFFIX, PlannedField, PreparedOperation, TypePath
from engine.rows import as_mapping


@dataclass
class Oracle:
    """One operation as graphql-core executes it; the context value of its resolvers."""

    prepared: PreparedOperation
    authorized_plan: AuthorizedPlan[Any]
    loader: Loader
    request_context: Any = None
    failed_fields: dict[Any, tuple[PlannedField, str]] = field(default_factory=dict)
    within: TypePath = ()

    async def result(self) -> ExecutionResult:
        """The result as a whole."""
        document = self.prepared.plan.document
        result = await self._execute(
            without_directives(document.node, {DEFER}) if document.has_defer else document.node
        )
        assert isinstance(result, ExecutionResult)
        return result

    async def merged_data(self) -> tuple[Any, bool]:
        """The data of the result and of all deferred fragments, and whether each of them has arrived."""
        results = await self._execute(self.prepared.plan.document.node)
        if isinstance(results, ExecutionResult):
            return results.data, True
        data, is_whole = deepcopy(results.initial_result.data), True
        paths = {each.id: each.path for each in results.initial_result.pending}
        async for result in results.subsequent_results:
            paths |= {each.id: each.path for each in result.pending or ()}
            for part in result.incremental or ():
                assert isinstance(part, IncrementalDeferResult)
                found: Any = data
                for step in (*paths[part.id], *(part.sub_path or ())):
                    found = found[step]
                found |= deepcopy(part.data)
            is_whole = is_whole and not any(each.errors for each in result.completed or ())
        return data, is_whole

    async def _execute(self, document: DocumentNode) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        name = self.prepared.plan.operation.name
        # `execute` refuses a schema that has @defer.
        outcome = experimental_execute_incrementally(
            self.prepared.schema,
            document,
            context_value=self,
            variable_values=dict(self.prepared.raw_variables),
            operation_name=name.value if name else None,
            hide_suggestions=True,
        )
        return await outcome if inspect.isawaitable(outcome) else outcome

    def allowed_edge(self, info: Any) -> PlannedField | None:
        """The planned field of a resolver, if its edge may be followed."""
        return self.authorized_plan.allowed_edges.get(self.type_path(info))

    def type_path(self, info: Any) -> TypePath:
        """The path of a resolver's field, without list indices. The plan has a field for each type of entities."""
        type_path, step = [], info.path
        while step:
            if step.typename:  # else it is a list index
                type_path.append((step.typename, str(step.key)))
            step = step.prev
        (root, key), *inner = reversed(type_path)
        if inner and key in {each.key for each in self.prepared.representations}:
            key = type_key(key, inner[0][0])
        return (*self.within, (root, key), *inner)

    async def load(self, planned: PlannedField, lookup: Lookup, placeholder: Callable[[], Any]) -> Any:
        fetch, key = lookup
        try:
            results = await self.loader.load_all(fetch, [key])
            return as_mappings(results[key] if key in results else fetch.when_missing(), fetch.layout)
        except FetchFailed as failure:
            self.failed_fields[planned.type_path, failure.source] = (planned, failure.source)
            return placeholder()


class EntityRow(dict[str, Any]):
    """The row of an entity, and the name of its type."""

    type_name: str


def add_resolvers(schema: GuardedSchema) -> GuardedSchema:
    """Give every declared field a resolver, for the oracle. The engine calls none of them."""
    for (parent, name), spec in schema.fields.items():
        kind = schema.graphql.type_map[parent]
        if isinstance(kind, GraphQLObjectType):
            definition = kind.fields[name]
            if isinstance(spec.declaration, Read):
                if isinstance(spec.declaration.read, Embedded) and spec.declaration.read.types:
                    _set_type_resolver(get_named_type(definition.type), spec.declaration.read)
                definition.resolve = _read_resolver(spec.coordinate, spec.declaration, definition.type)
            elif isinstance(spec.declaration, Derived):
                definition.resolve = _derived_resolver(spec.coordinate, spec.declaration, kind)
            elif isinstance(spec.declaration, Edge):
                definition.resolve = _edge_resolver(spec.declaration, definition.type)
            elif isinstance(spec.declaration, Entities):
                union: Any = get_named_type(definition.type)
                union.resolve_type = lambda row, _info, _kind: row.type_name
                definition.resolve = _resolve_entities
    return schema


def as_mappings(value: Any, layout: Layout | None) -> Any:
    """A row, or a list of rows, as mappings: the oracle knows no others."""
    if layout is None or not value or value.__class__ is not list:
        return value
    return [as_mapping(row, layout) for row in value] if value[0].__class__ is list else as_mapping(value, layout)


def _set_type_resolver(kind: Any, read: Embedded) -> None:
    assert read.types is not None
    types, column = read.types, read.required_column
    kind.resolve_type = lambda row, _info, _kind: types.get(row[column])


def _read_resolver(coordinate: str, declaration: Read, kind: GraphQLOutputType) -> Callable[..., Any]:
    withheld = declaration.read({}) if is_non_null_type(kind) else None
    return lambda row, info, **_arguments: (
        withheld
        if coordinate in info.context.authorized_plan.hidden
        else as_mappings(declaration.read(row), declaration.layout)
    )


def _derived_resolver(coordinate: str, declaration: Derived, kind: GraphQLObjectType) -> Callable[..., Any]:
    """Executes the inputs as an operation of their own, on the parent's row."""
    schema, document = GraphQLSchema(query=kind), parse(declaration.selection)

    async def resolve(row: Any, info: Any) -> Any:
        oracle: Oracle = info.context
        if coordinate in oracle.authorized_plan.hidden:
            return None
        *outer, (parent, key) = oracle.type_path(info)
        within = (*outer, (parent, key + INPUTS_SUFFIX))
        inner = replace(oracle, failed_fields={}, within=within)
        result = execute(schema, document, row, inner)
        result = await result if inspect.isawaitable(result) else result
        denied = [
            denial
            for planned, denial in oracle.authorized_plan.denied_inputs
            if planned.type_path[: len(within)] == within
        ]
        failed = {tuple(key for _, key in path[len(within) :]): source for path, source in inner.failed_fields}
        faulty = {tuple(each.path or ()): each.original_error or each for each in result.errors or ()}
        assert result.data is not None
        try:
            return declaration.derive(Inputs(result.data, failed, faulty, denied))
        except FetchFailed as failure:
            path = oracle.type_path(info)
            planned = next(each for each in oracle.prepared.plan.all_fields if each.type_path == path)
            oracle.failed_fields[path, failure.source] = (planned, failure.source)
            return None

    return resolve


def _edge_resolver(edge: Edge, kind: GraphQLOutputType) -> Callable[..., Any]:
    is_non_null_list = is_non_null_type(kind) and is_list_type(kind.of_type)
    placeholder = edge.placeholder if is_non_null_type(kind) else _null

    async def resolve(row: Any, info: Any, **arguments: Any) -> Any:
        oracle: Oracle = info.context
        planned = oracle.allowed_edge(info)
        if planned is None:
            if is_non_null_list and edge.list_size is not None:
                return [None] * edge.list_size(arguments)
            lookups = edge.lookup({}, arguments, oracle.request_context) if is_non_null_list else None
            return [None] * len(lookups) if isinstance(lookups, list) else placeholder()
        lookups = edge.lookup({} if row is None else row, arguments, oracle.request_context)
        if lookups is None:
            return edge.when_no_key()
        if isinstance(lookups, Lookup):
            return await oracle.load(planned, lookups, placeholder)
        return [await oracle.load(planned, each, _null) for each in lookups]

    return resolve


async def _resolve_entities(_row: Any, info: Any, **_arguments: Any) -> Any:
    """One representation after another; what they are is decided before the operation is executed."""
    oracle: Oracle = info.context
    given = oracle.prepared.representations
    entities = next(each for each in given if each.key == info.path.key)
    allowed = oracle.authorized_plan.allowed_edges
    found: list[Any] = []
    for item in given[entities]:
        row = None
        if isinstance(item, Representation) and entities.fields[item.type_name].type_path in allowed:
            fetch = entities.declaration.fetches[item.type_name]
            row = await oracle.load(entities.fields[item.type_name], Lookup(fetch, item.key), _null)
            if isinstance(row, Mapping):  # neither absent nor an error
                row = EntityRow(row)
                row.type_name = item.type_name
        found.append(row)
    return found


def _null() -> None:
    return None
