"""The plan builder: spreads fragments, merges selections and evaluates conditions, for one operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    ValidationContext,
    VariableNode,
    VariableValues,
    get_directive_values,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)

from engine.declarations import Derived, Edge, Embedded, Entities, Guard, Read
from engine.deferral import ANY_INDEX, Deferrals, DeferredPart, Shape
from engine.document import DEFER, Document, nodes_of, without_directives
from engine.entities import edge_of_type, list_of_type, type_key
from engine.errors import Fault, InvalidVariables, TooComplex
from engine.field_cost import cost_of
from engine.graphql_core import CollectedFields, FieldDetails, FragmentDetails, collect_fields, collect_subfields
from engine.guarded_schema import FieldSpec, GuardedSchema
from engine.limits import Limits
from engine.lru import LruCache
from engine.null_paths import indices, null_paths
from engine.plan import (
    INPUTS_SUFFIX,
    Plan,
    PlannedEntities,
    PlannedField,
    PlannedSelection,
    TypePath,
    inputs_node,
    with_descendants,
)
from engine.redaction import redact_values

SelectionGroups = Mapping[str, list[FieldDetails]]
"""The merged selections of one type at one path, by response key."""

INTROSPECTION = ("__schema", "__type")
CACHED_PER_PLAN = 32
"""Programs, and authorized plans: about as many as there are roles and ways to sign in."""

FIELD_BYTES, AUTHORIZED_FIELD_BYTES, PROGRAM_FIELD_BYTES, SELECTION_BYTES = 600, 100, 1_200, 3_000
"""Bytes in memory for each field of a plan, an authorized plan and a program, and for each selection of a program;
measured with tracemalloc. A program of 86 fields has 140 kB, one of 480 fields 0.5 to 1.5 MB."""


class Place(NamedTuple):
    """Where a selection is: its paths, the part that its objects are in, and the shapes of fragments that it is in."""

    path: tuple[str, ...] = ()
    type_path: TypePath = ()
    part: DeferredPart | None = None
    shapes: Mapping[DeferredPart, Shape] = MappingProxyType({})


@dataclass
class PlanBuilder:
    """Builds the plan of one operation. `in_parts` says whether `@defer` counts."""

    guarded_schema: GuardedSchema
    limits: Limits
    document: Document
    operation: OperationDefinitionNode
    variables: VariableValues
    in_parts: bool
    field_count: int = 0
    entities: list[PlannedEntities] = field(default_factory=list)
    deferrals: Deferrals = field(default_factory=Deferrals)

    def __post_init__(self) -> None:
        self.schema = self.guarded_schema.graphql
        self.fragments = {name: FragmentDetails(fragment) for name, fragment in self.document.fragments.items()}

    def build(self, on_resize: Callable[[], None]) -> Plan:
        """The plan. `on_resize` is called when its caches grow or shrink."""
        root_type = self.schema.get_root_type(self.operation.operation)
        assert root_type is not None  # validation has checked it
        try:
            collected = collect_fields(self.schema, self.fragments, self.variables, root_type, self.operation, True)
            root = self._selection(root_type, collected, Place())
        except GraphQLError as error:
            raise InvalidVariables([Fault.at(error, redact_values(error.message))]) from None
        all_fields = tuple(with_descendants(root.fields))
        guards: dict[Guard, None] = dict.fromkeys(guard for each in all_fields for guard in each.spec.guards)
        introspection = self._introspection(collected.grouped_field_set)
        _complete_shapes(all_fields)
        parts = self.deferrals.numbered(each.part for each in all_fields if each.part and each.spec.is_last)
        if len(parts) > self.limits.parts:
            raise TooComplex([Fault("The operation defers too many fragments.")])
        fields = len(all_fields)
        program_size = PROGRAM_FIELD_BYTES * fields + SELECTION_BYTES * sum(len(each.selections) for each in all_fields)
        # A quarter of the bytes for one plan: those of other documents stay.
        cached_bytes = self.limits.cached_bytes // 8
        return Plan(
            document=self.document,
            operation=self.operation,
            root=root,
            all_fields=all_fields,
            fields_with_arguments=tuple(each for each in all_fields if each.definition.args),
            guards=tuple(guards),
            introspection=introspection,
            non_null_variables=self._non_null_variables(introspection) if introspection else (),
            static_directives=self._static_directives(self.operation.directives or ()),
            cost=cost_of(root.fields),
            search_cost=sum(
                each.spec.declaration.search_cost for each in root.fields if isinstance(each.spec.declaration, Edge)
            ),
            touches_records=bool(guards or self.entities)
            or any(isinstance(each.spec.declaration, Edge) for each in all_fields),
            entities=tuple(self.entities),
            parts=parts,
            own_size=self.document.size + FIELD_BYTES * fields,
            authorized_plans=LruCache(
                CACHED_PER_PLAN, cached_bytes, lambda _: AUTHORIZED_FIELD_BYTES * fields, on_resize
            ),
            programs=LruCache(CACHED_PER_PLAN, cached_bytes, lambda _: program_size, on_resize),
        )

    def _introspection(self, groups: SelectionGroups) -> DocumentNode | None:
        selections = tuple(
            each.node for nodes in groups.values() for each in nodes if each.node.name.value in INTROSPECTION
        )
        if not selections:
            return None
        operation = replace(self.operation, selection_set=SelectionSetNode(selections=selections))
        document = DocumentNode(definitions=(operation, *self.document.fragments.values()))
        return without_directives(document, {DEFER}) if self.document.has_defer else document

    def _non_null_variables(self, introspection: DocumentNode) -> tuple[VariableNode, ...]:
        """Variables at non-null positions. Those outside introspection are arguments of planned fields."""
        context = ValidationContext(self.schema, introspection, TypeInfo(self.schema), lambda _: None)
        operation = introspection.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        usages = context.get_recursive_variable_usages(operation)
        return tuple(each.node for each in usages if is_non_null_type(each.type))

    def _static_directives(self, nodes: Iterable[DirectiveNode]) -> Mapping[str, Mapping[str, Any] | None] | None:
        if any(nodes_of(each, VariableNode) for each in nodes):
            return None
        directives = {each.name.value: self.schema.get_directive(each.name.value) for each in nodes}
        return {
            name: get_directive_values(directive, self.operation, self.variables, None, True)
            for name, directive in directives.items()
            if directive is not None
        }

    def _selection(self, parent: GraphQLObjectType, collected: CollectedFields, place: Place) -> PlannedSelection:
        groups: SelectionGroups = collected.grouped_field_set
        fragments = self.deferrals.add(collected.new_defer_usages, place.path) if self.in_parts else ()
        if len(place.type_path) == self.limits.depth:
            (first, *_), *_ = groups.values()
            raise TooComplex([Fault.at(GraphQLError("", first.node), "The operation nests too deeply.")])
        fields: list[PlannedField] = []
        for key, nodes in groups.items():
            shapes = self.deferrals.shapes_inside(place.shapes, nodes, key, place.path) if self.in_parts else {}
            name = nodes[0].node.name.value
            if name.startswith("__"):
                continue
            declaration = self.guarded_schema.fields[parent.name, name].declaration
            if isinstance(declaration, Entities):
                fields += self._entities(parent, key, nodes, declaration)
                continue
            path, type_path = (*place.path, key), (*place.type_path, (parent.name, key))
            planned = self._field(parent, nodes, Place(path, type_path, place.part, shapes))
            fields.append(planned)
            if isinstance(planned.spec.declaration, Derived):
                fields.append(self._inputs(parent, planned, planned.spec.declaration))
        keys = dict.fromkeys([*groups, *(each.type_path[-1][1] for each in fields)])
        return PlannedSelection(parent, tuple(fields), tuple(keys), fragments)

    def _inputs(self, parent: GraphQLObjectType, derived: PlannedField, declaration: Derived) -> PlannedField:
        """The inputs of a derived field: an object of its parent's own row, with its guards."""
        key = derived.path[-1] + INPUTS_SUFFIX
        path, type_path = (*derived.path[:-1], key), (*derived.type_path[:-1], (parent.name, key))
        collected = self._collect_subfields(parent, [FieldDetails(inputs_node(declaration.selection), None, None)])
        selection = self._selection(parent, collected, Place(path, type_path, derived.part))
        spec = FieldSpec(derived.spec.coordinate, derived.spec.guards, Read((), Embedded()))
        kind = GraphQLField(parent)
        return PlannedField(path, (), type_path, spec, kind, derived.nodes, (selection,), 1, derived.part)

    def _entities(
        self, parent: GraphQLObjectType, key: str, nodes: list[FieldDetails], declaration: Entities
    ) -> Iterable[PlannedField]:
        """One field for each type of which the document selects fields. Nothing of it is deferred."""
        definition, fields = parent.fields[nodes[0].node.name.value], {}
        in_parts, self.in_parts = self.in_parts, False
        for kind in self.guarded_schema.possible_types(definition.type):
            collected = self._collect_subfields(kind, nodes)
            if any(each[0].node.name.value != "__typename" for each in collected.grouped_field_set.values()):
                self._count_field(nodes[0])
                type_path = ((parent.name, type_key(key, kind.name)),)
                selection = self._selection(kind, collected, Place((key, ANY_INDEX), type_path))
                spec = edge_of_type(self.guarded_schema.entities[kind.name], declaration, kind.name)
                fields[kind.name] = list_of_type(key, type_path, spec, selection, nodes)
        self.in_parts = in_parts
        self.entities.append(PlannedEntities(key, definition, nodes[0].node, declaration, fields))
        return fields.values()

    def _count_field(self, first: FieldDetails) -> None:
        self.field_count += 1
        if self.field_count > self.limits.fields:
            raise TooComplex([Fault.at(GraphQLError("", first.node), "The operation selects too many fields.")])

    def _field(self, parent: GraphQLObjectType, nodes: list[FieldDetails], place: Place) -> PlannedField:
        """A field at a place, whose part is that of its object."""
        self._count_field(nodes[0])
        name = nodes[0].node.name.value
        definition = parent.fields[name]
        kind = definition.type
        spec = self.guarded_schema.fields[parent.name, name]
        part = self.deferrals.part_of(spec.declaration, nodes, place.part) if self.in_parts else None
        inside = place._replace(path=place.path + indices(kind), part=part)
        selections = tuple(
            self._selection(each, self._collect_subfields(each, nodes), inside)
            for each in self.guarded_schema.possible_types(kind)
        )
        nulls, size = null_paths(kind, place.path, selections), self._list_size(spec, kind)
        return PlannedField(place.path, nulls, place.type_path, spec, definition, tuple(nodes), selections, size, part)

    def _collect_subfields(self, kind: GraphQLObjectType, nodes: list[FieldDetails]) -> CollectedFields:
        return collect_subfields(self.schema, self.fragments, self.variables, self.operation, kind, nodes, True)

    def _list_size(self, spec: FieldSpec, kind: GraphQLOutputType) -> int | None:
        if isinstance(spec.declaration, Edge) and spec.declaration.list_size is not None:
            return None
        if not is_list_type(get_nullable_type(kind)):
            return 1
        declared = spec.declaration.list_size if isinstance(spec.declaration, Read) else None
        return self.limits.assumed_list_size if declared is None else declared


def _complete_shapes(fields: Iterable[PlannedField]) -> None:
    """Add what arrives with each part to its shape."""
    for each in fields:
        if each.part is not None and not each.is_input:
            each.part.add_key(each.path, is_object=bool(each.selections))
            for selection in each.selections:
                for key in set(selection.response_keys) - {field.type_path[-1][1] for field in selection.fields}:
                    each.part.add_key((*each.path, key), is_object=False)
