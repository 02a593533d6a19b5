"""Plans: what one operation asks for, place by place, with fragments spread, selections merged and conditions settled.

A plan holds nothing of any caller and is shared by all. @skip and @include are settled before planning: a plan is made
for each combination of their variables that comes, so that what is left out of a plan is neither read nor decided.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TypeInfo,
    ValidationContext,
    VariableNode,
    Visitor,
    is_list_type,
    is_non_null_type,
    visit,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from engine.compile import compiled
from engine.cost import Cost, cost_of
from engine.declarations import Edge, Guard, Read
from engine.document import Document
from engine.errors import BadVariables, Fault, TooComplex
from engine.guarded_schema import FieldSpec, GuardedSchema
from engine.limits import Limits
from engine.lru import LruCache
from engine.program import Program
from engine.redaction import redact_values
from engine.tracing import StepTimer, no_timer

ANY = "@"
"""Stands for every index of a list in a path."""

Within = tuple[tuple[str, str], ...]
"""The way to a place as the executor walks it, without list indices: (concrete type, response key) from the root down.

The types belong to it: under two members of a union the same keys may lead to fields with other arguments.
"""

ProgramKey = tuple[frozenset[str], frozenset[Within]]
"""One way of being ruled on: the coordinates that are hidden, and the edges that are followed."""

Groups = Mapping[str, list[FieldDetails]]
"""The selections of one type at one place, merged, by response key."""

SCHEMA = ("__schema", "__type")
PROGRAMS = 32
"""Kept of each plan: about as many as there are roles and ways to have signed in."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannedField:
    """One field at one place of the answer.

    `nulls` are the paths, with "@" for every index, of the nulls that stand there when it is withheld: its own, that of
    its items if the list itself must be there, or those of its fields if it cannot be null at all. `parts` are the
    places inside it, by their concrete type; `keys` are the response keys there in order, __typename among them.
    `width` is how many rows it is taken to bring for each row of its parent; None where its arguments say.
    """

    nulls: tuple[tuple[str, ...], ...]
    within: Within
    site: FieldSpec
    field: GraphQLField
    nodes: tuple[FieldDetails, ...]
    parts: Mapping[str, tuple[PlannedField, ...]]
    keys: Mapping[str, tuple[str, ...]]
    width: int | None

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
    the variables that stand in it where null does not fit. `cost` is what the places cost, but for the variables.
    """

    document: Document
    operation: OperationDefinitionNode
    places: tuple[PlannedField, ...]
    keys: tuple[str, ...]
    guards: tuple[Guard, ...]
    introspection: DocumentNode | None
    needed: tuple[VariableNode, ...]
    cost: Cost
    programs: LruCache[ProgramKey, Program] = field(repr=False, compare=False)
    rulings: LruCache[Hashable, Any] = field(repr=False, compare=False)
    told: dict[str, Mapping[str, Any] | None] = field(init=False, default_factory=dict, repr=False, compare=False)
    """What directives of the operation say, where no variable has a part in it."""
    argued: tuple[PlannedField, ...] = field(init=False)
    """The places whose fields take arguments."""
    size: int = field(init=False)
    """How many places there are."""
    touches_records: bool = field(init=False)
    """Does it read anything guarded, or follow any edge?"""

    def __post_init__(self) -> None:
        every = tuple(self.walk())
        follows = any(isinstance(place.site.declared, Edge) for place in every)
        object.__setattr__(self, "size", len(every))
        object.__setattr__(self, "argued", tuple(place for place in every if place.field.args))
        object.__setattr__(self, "touches_records", bool(self.guards) or follows)

    @property
    def is_subscription(self) -> bool:
        """Is it run once for each event, of which its root is read?"""
        return self.operation.operation is OperationType.SUBSCRIPTION

    def program(self, schema: GraphQLSchema, shape: ProgramKey) -> Program:
        """The plan compiled for one way of being ruled on."""
        return self.programs.get(shape, lambda: compiled(self, schema, *shape))

    def walk(self) -> Iterator[PlannedField]:
        """Every place, parents first."""
        pending = list(reversed(self.places))
        while pending:
            place = pending.pop()
            yield place
            for parts in reversed(tuple(place.parts.values())):
                pending.extend(reversed(parts))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan and the variables it is to run with.

    guards: every guard that it touches, those of the schema and those that its arguments call for.
    called_for: the guards that the arguments of an edge call for, by its place.
    """

    plan: Plan
    variables: VariableValues
    given: Mapping[str, Any]
    schema: GraphQLSchema = field(repr=False)
    guards: tuple[Guard, ...]
    called_for: Mapping[PlannedField, tuple[Guard, ...]]
    _arguments: Mapping[PlannedField, dict[str, Any]]

    @property
    def cost(self) -> int:
        """About as many fields as the answer will hold."""
        return self.plan.cost.under(self)

    def arguments(self, place: PlannedField) -> dict[str, Any]:
        """The coerced arguments of the field at a place."""
        return self._arguments.get(place) or {}

    def directive(self, name: str) -> Mapping[str, Any] | None:
        """The coerced arguments of a directive of the operation; None if it has no such one. Raises BadVariables."""
        told = self.plan.told
        if name in told:
            return told[name]
        operation, directive = self.plan.operation, self.schema.get_directive(name)
        assert directive is not None
        try:
            values = get_directive_values(directive, operation, self.variables, None, True)
        except GraphQLError as error:
            # A variable that has a default may still be sent as null.
            raise BadVariables([Fault.at(error, redact_values(error.message))]) from None
        if not _has_variables(operation.directives or ()):
            told[name] = values
        return values


class Planner:
    """Makes plans for a schema and keeps them: bounded, shared by all callers."""

    def __init__(self, blueprint: GuardedSchema, limits: Limits, step: StepTimer = no_timer) -> None:
        self._blueprint = blueprint
        self._limits = limits
        self._step = step
        self._kept: LruCache[tuple[Any, ...], Plan] = LruCache(limits.cached)

    def prepare(self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Prepared:
        """The plan for an operation with these variables.

        Raises BadVariables if they do not fit, TooComplex if the plan grows past the limits or costs more.
        """
        name = operation.name.value if operation.name else None
        variables = document.variables[name].coerce(given)

        def draft() -> Plan:
            with self._step("plan"):
                return _PlanBuilder(self._blueprint, self._limits, document, operation, variables).plan()

        # Another operation of the document may use the name of a condition for a variable of any type.
        settled = (variables.coerced.get(name) for name in document.conditions)
        key = (document.digest, name, *(value if isinstance(value, bool) else None for value in settled))
        plan = self._kept.get(key, draft)
        # A variable with a default may be given as null where null does not fit.
        for node in plan.needed:
            if variables.coerced.get(node.name.value, node) is None:
                raise BadVariables([Fault.at(GraphQLError("", node), redact_values(""))])
        arguments = {place: _arguments(place, variables) for place in plan.argued}
        called_for = {
            place: tuple(place.site.declared.guards(given))
            for place, given in arguments.items()
            if isinstance(place.site.declared, Edge) and place.site.declared.guards is not None
        }
        guards = plan.guards
        if called_for:
            guards = tuple(dict.fromkeys([*guards, *(guard for each in called_for.values() for guard in each)]))
        prepared = Prepared(plan, variables, given, self._blueprint.graphql, guards, called_for, arguments)
        if prepared.cost > self._limits.cost:
            dearest = max(plan.places, key=lambda place: cost_of([place]).under(prepared))
            raise TooComplex([Fault("The operation asks for too much at once.", dearest.locations)])
        return prepared


def _arguments(place: PlannedField, variables: VariableValues) -> dict[str, Any]:
    try:
        return get_argument_values(place.field, place.nodes[0].node, variables)
    except GraphQLError as error:
        # A variable with a default may be given as null where null does not fit.
        raise BadVariables([Fault(redact_values(error.message), place.locations)]) from None


class _PlanBuilder:
    """A plan in the making."""

    def __init__(
        self,
        blueprint: GuardedSchema,
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
        self.guards: dict[Guard, None] = {}

    def plan(self) -> Plan:
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None  # validation has seen to it
        try:
            collected = collect_fields(self.schema, self.fragments, self.variables, root, self.operation, True)
            places = self._places(root, collected.grouped_field_set, (), ())
        except GraphQLError as error:
            raise BadVariables([Fault.at(error, redact_values(error.message))]) from None
        groups = collected.grouped_field_set
        introspection = self._introspection(groups)
        return Plan(
            self.document,
            self.operation,
            places,
            tuple(groups),
            tuple(self.guards),
            introspection,
            self._needed(introspection) if introspection else (),
            cost_of(places),
            LruCache(PROGRAMS),
            LruCache(PROGRAMS),
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
    ) -> tuple[PlannedField, ...]:
        if len(within) == self.limits.depth:
            (first, *_), *_ = groups.values()
            raise TooComplex([Fault.at(GraphQLError("", first.node), "The operation nests too deeply.")])
        return tuple(
            self._place(parent, nodes, (*path, key), (*within, (parent.name, key)))
            for key, nodes in groups.items()
            if not nodes[0].node.name.value.startswith("__")
        )

    def _place(
        self, parent: GraphQLObjectType, nodes: list[FieldDetails], path: tuple[str, ...], within: Within
    ) -> PlannedField:
        self.count += 1
        if self.count > self.limits.places:
            raise TooComplex([Fault.at(GraphQLError("", nodes[0].node), "The operation asks for too many fields.")])
        name = nodes[0].node.name.value
        field = parent.fields[name]
        kind = field.type
        site = self.blueprint.sites[parent.name, name]
        self.guards |= dict.fromkeys(site.guards)
        parts: dict[str, tuple[PlannedField, ...]] = {}
        keys: dict[str, tuple[str, ...]] = {}
        for each in self.blueprint.concrete(kind):
            collected = collect_subfields(
                self.schema, self.fragments, self.variables, self.operation, each, nodes, True
            )
            keys[each.name] = tuple(collected.grouped_field_set)
            parts[each.name] = self._places(each, collected.grouped_field_set, path + _indices(kind), within)
        width = self._width(site, kind)
        return PlannedField(_nulls(kind, path, parts), within, site, field, tuple(nodes), parts, keys, width)

    def _width(self, site: FieldSpec, kind: GraphQLOutputType) -> int | None:
        if isinstance(site.declared, Edge) and site.declared.width is not None:
            return None
        # What is read is in the row already, a list too.
        return 1 if isinstance(site.declared, Read) or not _indices(kind) else self.limits.width


def _has_variables(directives: Iterable[DirectiveNode]) -> bool:
    found = False

    class Variables(Visitor):
        def enter_variable(self, *_: Any) -> None:
            nonlocal found
            found = True

    for each in directives:
        visit(each, Variables())
    return found


def _indices(kind: GraphQLOutputType) -> tuple[str, ...]:
    """An index for each list that a type is."""
    if is_non_null_type(kind):
        return _indices(kind.of_type)
    return (ANY, *_indices(kind.of_type)) if is_list_type(kind) else ()


def _nulls(
    kind: GraphQLOutputType, path: tuple[str, ...], parts: Mapping[str, tuple[PlannedField, ...]]
) -> tuple[tuple[str, ...], ...]:
    if not is_non_null_type(kind):
        return (path,)
    if is_list_type(kind.of_type):
        return ((*path, ANY),)
    inside = dict.fromkeys(null for places in parts.values() for place in places for null in place.nulls)
    # Where nothing but __typename is asked of it there is no null to point at.
    return tuple(inside) or (path,)
