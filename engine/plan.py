"""Plans: what one operation asks for, place by place, with fragments spread, selections merged and conditions settled.

A plan holds nothing of any caller and is shared by all. @skip and @include are settled before planning: a plan is made
for each combination of their variables that comes, so that what is left out of a plan is neither read nor decided.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_variable_values,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from .blueprint import Blueprint, Site
from .declare import Edge, Guard
from .document import Document
from .errors import BadVariables, Fault, TooComplex
from .limits import Limits
from .step import Step, untimed
from .words import without_values

ANY = "@"
"""Stands for every index of a list in a path."""


@dataclass(frozen=True, slots=True)
class Place:
    """One field at one place of the answer.

    `within` is its path without list indices, as the executor walks it. `nulls` are the paths, with "@" for every index,
    of the nulls that stand there when it is withheld: its own, that of its items if the list itself must be there, or
    those of its fields if it cannot be null at all. `parts` are the places inside it, by their concrete type.
    """

    nulls: tuple[tuple[str, ...], ...]
    within: tuple[str, ...]
    parent: str
    site: Site
    nodes: tuple[FieldDetails, ...]
    parts: Mapping[str, tuple[Place, ...]]

    @property
    def locations(self) -> tuple[tuple[int, int], ...]:
        """Line and column of the field in the document."""
        first = self.nodes[0].node.loc
        return ((first.start_token.line, first.start_token.column),) if first else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The places of one operation. `guards` are all the guards that the schema puts on them."""

    document: Document
    operation: OperationDefinitionNode
    places: tuple[Place, ...]
    guards: frozenset[Guard] = field(default=frozenset())

    @property
    def touches_records(self) -> bool:
        """Does it read anything guarded, or follow any edge?"""
        return bool(self.guards) or any(isinstance(place.site.declared, Edge) for place in self.walk())

    def walk(self) -> Iterator[Place]:
        """Every place, parents first."""
        pending = list(reversed(self.places))
        while pending:
            place = pending.pop()
            yield place
            for parts in place.parts.values():
                pending.extend(reversed(parts))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan and the variables it is to run with."""

    plan: Plan
    variables: VariableValues
    given: Mapping[str, Any]
    schema: GraphQLSchema = field(repr=False)

    def arguments(self, place: Place) -> dict[str, Any]:
        """The coerced arguments of the field at a place. Raises BadVariables."""
        parent = cast("GraphQLObjectType", self.schema.type_map[place.parent])
        name = place.nodes[0].node.name.value
        try:
            return get_argument_values(parent.fields[name], place.nodes[0].node, self.variables)
        except GraphQLError as error:
            raise BadVariables([Fault(without_values(error.message), place.locations)]) from None


class Planner:
    """Makes plans for a schema and keeps them: bounded, shared by all callers."""

    def __init__(self, blueprint: Blueprint, limits: Limits, step: Step = untimed) -> None:
        self._blueprint = blueprint
        self._limits = limits
        self._step = step
        self._kept: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()

    def prepare(self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Prepared:
        """The plan for an operation with these variables.

        Raises BadVariables if they do not fit, TooComplex if the plan grows past the limits.
        """
        variables = get_variable_values(
            self._blueprint.graphql, operation.variable_definitions or (), dict(given), max_errors=5, hide_suggestions=True
        )
        if isinstance(variables, list):
            raise BadVariables([_variable_fault(error) for error in variables])
        name = operation.name.value if operation.name else None
        key = (document.digest, name, *(variables.coerced.get(condition) for condition in document.conditions))
        plan = self._kept.get(key)
        if plan is None:
            with self._step("plan"):
                plan = _Draft(self._blueprint, self._limits, document, operation, variables).plan()
            self._kept[key] = plan
            if len(self._kept) > self._limits.cached:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return Prepared(plan, variables, given, self._blueprint.graphql)


class _Draft:
    """A plan in the making."""

    def __init__(
        self,
        blueprint: Blueprint,
        limits: Limits,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> None:
        self.blueprint = blueprint
        self.limits = limits
        self.document = document
        self.operation = operation
        self.variables = variables
        self.fragments = {name: FragmentDetails(fragment) for name, fragment in document.fragments.items()}
        self.count = 0
        self.guards: set[Guard] = set()

    def plan(self) -> Plan:
        root = self.blueprint.graphql.get_root_type(self.operation.operation)
        assert root is not None  # validation has seen to it
        collected = collect_fields(
            self.blueprint.graphql, self.fragments, self.variables, root, self.operation, hide_suggestions=True
        )
        places = self._places(root, collected.grouped_field_set, (), (), 1)
        return Plan(self.document, self.operation, places, frozenset(self.guards))

    def _places(
        self,
        parent: GraphQLObjectType,
        groups: Mapping[str, list[FieldDetails]],
        path: tuple[str, ...],
        within: tuple[str, ...],
        depth: int,
    ) -> tuple[Place, ...]:
        if depth > self.limits.depth:
            raise TooComplex([Fault("The operation nests too deeply.")])
        return tuple(
            self._place(parent, key, nodes, path, within, depth)
            for key, nodes in groups.items()
            if not nodes[0].node.name.value.startswith("__")
        )

    def _place(
        self,
        parent: GraphQLObjectType,
        key: str,
        nodes: list[FieldDetails],
        path: tuple[str, ...],
        within: tuple[str, ...],
        depth: int,
    ) -> Place:
        self.count += 1
        if self.count > self.limits.places:
            raise TooComplex([Fault("The operation asks for too many fields.")])
        name = nodes[0].node.name.value
        site = self.blueprint.sites[parent.name, name]
        self.guards.update(site.guards)
        path = (*path, key)
        within = (*within, key)
        kind = parent.fields[name].type
        inner = path
        while is_list_type(kind) or is_non_null_type(kind):
            if is_list_type(kind):
                inner = (*inner, ANY)
            kind = kind.of_type
        named = get_named_type(kind)
        parts: dict[str, tuple[Place, ...]] = {}
        concrete: tuple[GraphQLObjectType, ...] = ()
        if isinstance(named, GraphQLObjectType):
            concrete = (named,)
        elif is_abstract_type(named):
            concrete = tuple(self.blueprint.graphql.get_possible_types(named))
        for each in concrete:
            collected = collect_subfields(
                self.blueprint.graphql,
                self.fragments,
                self.variables,
                self.operation,
                each,
                nodes,
                hide_suggestions=True,
            )
            parts[each.name] = self._places(each, collected.grouped_field_set, inner, within, depth + 1)
        nulls = _nulls(parent.fields[name].type, path, inner, parts)
        return Place(nulls, within, parent.name, site, tuple(nodes), parts)


def _nulls(
    kind: GraphQLOutputType,
    path: tuple[str, ...],
    inner: tuple[str, ...],
    parts: Mapping[str, tuple[Place, ...]],
) -> tuple[tuple[str, ...], ...]:
    if not is_non_null_type(kind):
        return (path,)
    if is_list_type(kind.of_type):
        return (inner,)
    return tuple(dict.fromkeys(null for places in parts.values() for place in places for null in place.nulls))


def _variable_fault(error: GraphQLError) -> Fault:
    nodes = error.nodes or ()
    name = next((node.variable.name.value for node in nodes if hasattr(node, "variable")), None)
    _, _, rest = error.message.partition(": ")
    said = without_values(rest or error.message)
    locations = tuple((place.line, place.column) for place in error.locations or ())
    return Fault(f"Variable ${name}: {said}" if name else said, locations)
