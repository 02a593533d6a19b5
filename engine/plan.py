"""Plans: what one operation asks for, place by place, with fragments spread, selections merged and conditions settled.

A plan holds nothing of any caller and is shared by all. @skip and @include are settled before planning: a plan is made
for each combination of their variables that comes, so that what is left out of a plan is neither read nor decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    ValidationContext,
    VariableNode,
    get_variable_values,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from engine.blueprint import Blueprint, Site
from engine.compile import compiled
from engine.declare import Edge, Guard
from engine.document import Document
from engine.errors import BadVariables, Fault, TooComplex
from engine.kept import Kept
from engine.limits import Limits
from engine.program import Program
from engine.step import Step, untimed
from engine.words import without_values

ANY = "@"
"""Stands for every index of a list in a path."""

Within = tuple[tuple[str, str], ...]
"""The way to a place as the executor walks it, without list indices: (concrete type, response key) from the root down.

The types belong to it: under two members of a union the same keys may lead to fields with other arguments.
"""

Shape = tuple[frozenset[str], frozenset[Within]]
"""One way of being ruled on: the coordinates that are hidden, and the edges that are followed."""

Groups = Mapping[str, list[FieldDetails]]
"""The selections of one type at one place, merged, by response key."""

SCHEMA = ("__schema", "__type")
PROGRAMS = 32
"""Kept of each plan: about as many as there are roles and ways to have signed in."""


@dataclass(frozen=True, slots=True)
class Place:
    """One field at one place of the answer.

    `nulls` are the paths, with "@" for every index, of the nulls that stand there when it is withheld: its own, that of
    its items if the list itself must be there, or those of its fields if it cannot be null at all. `parts` are the
    places inside it, by their concrete type; `keys` are the response keys there in order, __typename among them.
    """

    nulls: tuple[tuple[str, ...], ...]
    within: Within
    site: Site
    nodes: tuple[FieldDetails, ...]
    parts: Mapping[str, tuple[Place, ...]]
    keys: Mapping[str, tuple[str, ...]]

    @property
    def locations(self) -> tuple[tuple[int, int], ...]:
        """Line and column of the field in the document."""
        first = self.nodes[0].node.loc
        return ((first.start_token.line, first.start_token.column),) if first else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The places of one operation.

    `keys` are the response keys at the root, in order. `guards` are all the guards that the schema puts on the places.
    `introspection` is what is asked of the schema itself, as a document of its own; it can hold no record. `needed` are
    the variables that stand in it where null does not fit.
    """

    document: Document
    operation: OperationDefinitionNode
    places: tuple[Place, ...]
    keys: tuple[str, ...]
    guards: frozenset[Guard]
    introspection: DocumentNode | None
    needed: tuple[VariableNode, ...]
    programs: Kept[Shape, Program] = field(repr=False, compare=False)

    def program(self, schema: GraphQLSchema, hidden: Set[str], followed: Set[Within]) -> Program:
        """The plan compiled for one way of being ruled on: which fields are hidden, and which edges are followed."""
        shape = (frozenset(hidden), frozenset(followed))
        return self.programs.get(shape, lambda: compiled(self, schema, *shape))

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
            for parts in reversed(tuple(place.parts.values())):
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
        parent = cast("GraphQLObjectType", self.schema.type_map[place.within[-1][0]])
        node = place.nodes[0].node
        field = parent.fields[node.name.value]
        if not field.args:
            return {}
        try:
            return get_argument_values(field, node, self.variables)
        except GraphQLError as error:
            raise BadVariables([Fault(without_values(error.message), place.locations)]) from None


class Planner:
    """Makes plans for a schema and keeps them: bounded, shared by all callers."""

    def __init__(self, blueprint: Blueprint, limits: Limits, step: Step = untimed) -> None:
        self._blueprint = blueprint
        self._limits = limits
        self._step = step
        self._kept: Kept[tuple[Any, ...], Plan] = Kept(limits.cached)

    def prepare(self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Prepared:
        """The plan for an operation with these variables.

        Raises BadVariables if they do not fit, TooComplex if the plan grows past the limits.
        """
        schema = self._blueprint.graphql
        declared = operation.variable_definitions or ()
        variables = get_variable_values(schema, declared, dict(given), max_errors=5, hide_suggestions=True)
        if isinstance(variables, list):
            raise BadVariables([Fault.at(error, _variable_fault(error)) for error in variables])

        def draft() -> Plan:
            with self._step("plan"):
                return _Draft(self._blueprint, self._limits, document, operation, variables).plan()

        # Another operation of the document may use the name of a condition for a variable of any type.
        settled = (variables.coerced.get(name) for name in document.conditions)
        name = operation.name.value if operation.name else None
        key = (document.digest, name, *(value if isinstance(value, bool) else None for value in settled))
        prepared = Prepared(self._kept.get(key, draft), variables, given, schema)
        # A variable with a default may be given as null where null does not fit.
        for node in prepared.plan.needed:
            if variables.coerced.get(node.name.value, node) is None:
                raise BadVariables([Fault.at(GraphQLError("", node), without_values(""))])
        for place in prepared.plan.walk():
            prepared.arguments(place)
        return prepared


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
        self.schema = blueprint.graphql
        self.limits = limits
        self.document = document
        self.operation = operation
        self.variables = variables
        self.fragments = {name: FragmentDetails(fragment) for name, fragment in document.fragments.items()}
        self.count = 0
        self.guards: set[Guard] = set()

    def plan(self) -> Plan:
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None  # validation has seen to it
        try:
            collected = collect_fields(self.schema, self.fragments, self.variables, root, self.operation, True)
            places = self._places(root, collected.grouped_field_set, (), ())
        except GraphQLError as error:
            raise BadVariables([Fault.at(error, without_values(error.message))]) from None
        groups = collected.grouped_field_set
        introspection = self._introspection(groups)
        return Plan(
            self.document,
            self.operation,
            places,
            tuple(groups),
            frozenset(self.guards),
            introspection,
            self._needed(introspection) if introspection else (),
            Kept(PROGRAMS),
        )

    def _introspection(self, groups: Groups) -> DocumentNode | None:
        """A document of what is asked of the schema and of nothing else."""
        asked: tuple[FieldNode, ...] = tuple(
            each.node for nodes in groups.values() for each in nodes if each.node.name.value in SCHEMA
        )
        if not asked:
            return None
        operation = replace(self.operation, selection_set=SelectionSetNode(selections=asked))
        return DocumentNode(definitions=(operation, *self.document.fragments.values()))

    def _needed(self, document: DocumentNode) -> tuple[VariableNode, ...]:
        """Variables that must not be null where they stand; those elsewhere are arguments of places."""
        context = ValidationContext(self.schema, document, TypeInfo(self.schema), lambda _: None)
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        used = context.get_recursive_variable_usages(operation)
        return tuple(each.node for each in used if is_non_null_type(each.type))

    def _places(
        self, parent: GraphQLObjectType, groups: Groups, path: tuple[str, ...], within: Within
    ) -> tuple[Place, ...]:
        if len(within) == self.limits.depth:
            raise TooComplex([Fault("The operation nests too deeply.")])
        return tuple(
            self._place(parent, nodes, (*path, key), (*within, (parent.name, key)))
            for key, nodes in groups.items()
            if not nodes[0].node.name.value.startswith("__")
        )

    def _place(
        self, parent: GraphQLObjectType, nodes: list[FieldDetails], path: tuple[str, ...], within: Within
    ) -> Place:
        self.count += 1
        if self.count > self.limits.places:
            raise TooComplex([Fault("The operation asks for too many fields.")])
        name = nodes[0].node.name.value
        kind = parent.fields[name].type
        site = self.blueprint.sites[parent.name, name]
        self.guards.update(site.guards)
        parts: dict[str, tuple[Place, ...]] = {}
        keys: dict[str, tuple[str, ...]] = {}
        for each in self.blueprint.concrete(kind):
            collected = collect_subfields(
                self.schema, self.fragments, self.variables, self.operation, each, nodes, True
            )
            keys[each.name] = tuple(collected.grouped_field_set)
            parts[each.name] = self._places(each, collected.grouped_field_set, path + _indices(kind), within)
        return Place(_nulls(kind, path, parts), within, site, tuple(nodes), parts, keys)


def _indices(kind: GraphQLOutputType) -> tuple[str, ...]:
    """An index for each list that a type is."""
    if is_non_null_type(kind):
        return _indices(kind.of_type)
    return (ANY, *_indices(kind.of_type)) if is_list_type(kind) else ()


def _nulls(
    kind: GraphQLOutputType, path: tuple[str, ...], parts: Mapping[str, tuple[Place, ...]]
) -> tuple[tuple[str, ...], ...]:
    if not is_non_null_type(kind):
        return (path,)
    if is_list_type(kind.of_type):
        return ((*path, ANY),)
    inside = dict.fromkeys(null for places in parts.values() for place in places for null in place.nulls)
    # Where nothing but __typename is asked of it there is no null to point at.
    return tuple(inside) or (path,)


def _variable_fault(error: GraphQLError) -> str:
    return f"A variable does not fit. {without_values(error.message)}"
