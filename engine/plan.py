"""Plans: the fields of one operation, with fragments spread, selections merged and conditions evaluated.

A plan holds nothing of any caller and is shared by all. @skip and @include are evaluated before planning, and each
combination of their variables gets its own plan. So a field that is left out is neither read nor authorized.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    VariableValues,
    get_directive_values,
    parse,
)

from engine.cost import Cost
from engine.declarations import Edge, Entities, Guard, Representation
from engine.deferral import DeferredPart
from engine.document import Document
from engine.errors import Fault, InvalidVariables
from engine.graphql_core import FieldDetails
from engine.guarded_schema import FieldSpec
from engine.lru import LruCache
from engine.redaction import redact_values

INPUTS_SUFFIX = "#inputs"
"""Ends the response key of an object that holds the inputs of a derived field until that is derived. No document can
use such a key."""

TypePath = tuple[tuple[str, str], ...]
"""The path of a planned field without list indices: (concrete type, response key) from the root down.

The types are part of it: under two members of a union the same keys may lead to fields with other arguments.
"""

ProgramKey = tuple[frozenset[str], frozenset[TypePath]]
"""The hidden coordinates and the allowed edges: authorized plans with equal keys share one program."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannedField:
    """One field at one path of the response.

    path:          its path in the response, with "@" for every index.
    null_paths:    the paths, with "@" for every index, of the nulls in its place when it is withheld: its own path; of
                   its items, if the list itself is non-null; or of its fields, if it is a non-null object.
    definition:    graphql-core's definition of the field.
    selections:    the selection on its value for each possible type.
    list_size:     the rows that it is assumed to give for each row of its parent; None if its arguments say.
    part:          the deferred part that it arrives with; None for the initial part.
    """

    path: tuple[str, ...]
    null_paths: tuple[tuple[str, ...], ...]
    type_path: TypePath
    spec: FieldSpec
    definition: GraphQLField
    nodes: tuple[FieldDetails, ...]
    selections: tuple[PlannedSelection, ...]
    list_size: int | None
    part: DeferredPart | None = None

    @property
    def is_input(self) -> bool:
        """Whether it is selected for a derived field, and not by the document."""
        return any(key.endswith(INPUTS_SUFFIX) for _, key in self.type_path)

    @property
    def locations(self) -> tuple[tuple[int, int], ...]:
        """Line and column of the field in the document."""
        first = self.nodes[0].node.loc
        return ((first.start_token.line, first.start_token.column),) if first else ()


@dataclass(frozen=True, slots=True, eq=False)
class PlannedSelection:
    """The selected fields of one concrete type at one path.

    response_keys: in order, with __typename.
    fragments:     those that are deferred in its objects.
    """

    object_type: GraphQLObjectType
    fields: tuple[PlannedField, ...]
    response_keys: tuple[str, ...]
    fragments: tuple[DeferredPart, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PlannedEntities:
    """One root field of entities, which is planned as a list of each type: no batch and no verdict mixes two types.

    key:    its response key.
    fields: the field of each type, by the type's name; none of types of which the document selects no field.
    """

    key: str
    definition: GraphQLField
    node: FieldNode
    declaration: Entities
    fields: Mapping[str, PlannedField]

    @property
    def locations(self) -> tuple[tuple[int, int], ...]:
        """Line and column of the field in the document."""
        return ((self.node.loc.start_token.line, self.node.loc.start_token.column),) if self.node.loc else ()


def with_descendants(fields: Iterable[PlannedField]) -> Iterator[PlannedField]:
    """Fields and all fields inside them, parents first."""
    for each in fields:
        yield each
        for selection in each.selections:
            yield from with_descendants(selection.fields)


@dataclass(frozen=True, slots=True)
class Plan:
    """The planned fields of one operation.

    root:          the selection of the operation itself.
    all_fields:    the fields of the root and all their descendants, parents first.
    guards:        every guard that the schema puts on a field.
    entities:      the root fields of entities; the fields of their types are among the fields of the root.
    introspection: the introspection fields, as a document of their own; it can reach no record.
    non_null_variables: the variables in `introspection` at positions where null does not fit.
    static_directives: the coerced arguments of the operation's directives; None if they contain variables.
    cost:          of all fields, without the arguments.
    search_cost:   the part of it that is for searches.
    touches_records: does it read anything guarded, or follow any edge?
    parts:         the deferred parts, in order of their numbers; none unless the response may be sent in parts.
    own_size:      estimated bytes in memory of the plan and its document, without these caches:
    authorized_plans, programs: the caches of `engine.authorization` and `engine.compile`.
    """

    document: Document
    operation: OperationDefinitionNode
    root: PlannedSelection
    all_fields: tuple[PlannedField, ...]
    fields_with_arguments: tuple[PlannedField, ...]
    guards: tuple[Guard, ...]
    entities: tuple[PlannedEntities, ...]
    introspection: DocumentNode | None
    non_null_variables: tuple[VariableNode, ...]
    static_directives: Mapping[str, Mapping[str, Any] | None] | None
    cost: Cost[PlannedField]
    search_cost: int
    touches_records: bool
    parts: tuple[DeferredPart, ...]
    own_size: int
    authorized_plans: LruCache[Hashable, Any] = field(repr=False, compare=False)
    programs: LruCache[ProgramKey, Any] = field(repr=False, compare=False)

    @property
    def size(self) -> int:
        """Estimated bytes in memory."""
        return self.own_size + self.authorized_plans.bytes + self.programs.bytes

    @property
    def fields(self) -> tuple[PlannedField, ...]:
        """The fields of the root."""
        return self.root.fields


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """A plan and the variables of one request.

    guards: every guard that it needs, for its fields and for their arguments.
    argument_guards: the guards that the arguments of an edge need, by its field.
    invalid_arguments: the root fields whose arguments do not fit with these variables, each with the reason.
    representations: what each root field of entities is asked for: a type and a key, or the sentence that says why not.
    """

    plan: Plan
    variables: VariableValues
    raw_variables: Mapping[str, Any]
    schema: GraphQLSchema = field(repr=False)
    guards: tuple[Guard, ...]
    argument_guards: Mapping[PlannedField, tuple[Guard, ...]]
    _arguments: Mapping[PlannedField, dict[str, Any]]
    invalid_arguments: Mapping[PlannedField, str]
    representations: Mapping[PlannedEntities, tuple[Representation | str, ...]]

    @property
    def cost(self) -> int:
        """The estimated number of fields in the response."""
        return self.plan.cost.evaluate(self.estimated_rows)

    @property
    def estimated_values(self) -> int:
        """The cost without what searches read and do not give."""
        return self.cost - self.plan.search_cost

    def arguments(self, planned: PlannedField) -> dict[str, Any]:
        """The coerced arguments of a field."""
        return self._arguments.get(planned) or {}

    def estimated_rows(self, planned: PlannedField) -> int:
        """The estimated number of rows that a field gives for each row of its parent."""
        if planned.list_size is not None:
            return planned.list_size
        if planned in self.invalid_arguments:
            return 0
        edge = planned.spec.declaration
        assert isinstance(edge, Edge)
        assert edge.list_size is not None
        return max(edge.list_size(self.arguments(planned)), 0)

    def directive_arguments(self, name: str) -> Mapping[str, Any] | None:
        """The coerced arguments of a directive of the operation; None if it has no such directive.

        Raises: InvalidVariables.
        """
        plan = self.plan
        if plan.static_directives is not None:
            return plan.static_directives.get(name)
        directive = self.schema.get_directive(name)
        assert directive is not None
        try:
            return get_directive_values(directive, plan.operation, self.variables, None, True)
        except GraphQLError as error:
            # A variable that has a default may still be sent as null.
            raise InvalidVariables([Fault.at(error, redact_values(error.message))]) from None


@cache
def inputs_node(selection: str) -> FieldNode:
    """A field with the selection of a derived field's inputs."""
    (operation,) = parse(f"{{ inputs {selection} }}", no_location=True).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    return node
