"""Entities: root fields by which the gateway of a federation asks for records that other subgraphs refer to.

Such a field is planned and executed as if each of its types were a root field of its own, which gives a list. So its
guards, batches and limits are those of any root field. The lists are joined when the reply is complete.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    VariableValues,
    get_argument_values,
)

from engine.declarations import Arguments, Edge, Entities, Lookup, Representation, Row
from engine.deferral import ANY_INDEX
from engine.errors import Fault, InvalidVariables, TooComplex
from engine.graphql_core import FieldDetails
from engine.guarded_schema import FieldSpec
from engine.plan import (
    Plan,
    PlannedEntities,
    PlannedField,
    PlannedSelection,
    PreparedOperation,
    TypePath,
)
from engine.redaction import redact_values
from engine.response import Path

LOOKUPS = "lookups"
OVER_COST = "The operation costs more than the limit. Request fewer records or fields."


def type_key(key: str, type_name: str) -> str:
    """The response key of one type's list, until the lists are joined. No document can use such a key."""
    return f"{key}#{type_name}"


def edge_of_type(spec: FieldSpec, entities: Entities, type_name: str) -> FieldSpec:
    """The specification of the field that gives the entities of one type."""
    fetches = (entities.fetches[type_name],)
    edge = Edge(fetches, _lookups, list_size=_list_size, lookup_cost=entities.lookup_cost)
    return FieldSpec(spec.coordinate, spec.guards, edge)


def list_of_type(
    key: str, type_path: TypePath, spec: FieldSpec, selection: PlannedSelection, nodes: list[FieldDetails]
) -> PlannedField:
    """The field that gives the entities of one type. Its path is that of the joined list."""
    definition = GraphQLField(GraphQLNonNull(GraphQLList(selection.object_type)))
    null_paths = ((key, ANY_INDEX),)
    return PlannedField((key,), null_paths, type_path, spec, definition, tuple(nodes), (selection,), None)


def _lookups(_row: Row, arguments: Arguments, _context: Any) -> list[Lookup]:
    return list(arguments[LOOKUPS])


def _list_size(arguments: Arguments) -> int:
    return len(arguments[LOOKUPS])


def represented(
    plan: Plan, variables: VariableValues, cost_limit: int
) -> tuple[dict[PlannedEntities, tuple[Representation | str, ...]], dict[PlannedField, dict[str, Any]]]:
    """What each root field of entities is asked for, and the arguments of the fields of its types.

    Raises: InvalidVariables if its own arguments do not fit; TooComplex if all representations, valid or not, cost more
    than the limit. That is before any is read, because aliases may share a long list.
    """
    given = [(entities, _arguments(entities, variables)) for entities in plan.entities]
    cost = sum(entities.declaration.lookup_cost * entities.declaration.list_size(each) for entities, each in given)
    if cost > cost_limit:
        raise TooComplex([Fault(OVER_COST, given[0][0].locations)])
    representations, arguments = {}, {}
    for entities, each_given in given:
        read = entities.declaration.read(each_given)
        items = representations[entities] = tuple(_readable(entities, each) for each in read)
        of_type: dict[str, list[Lookup]] = defaultdict(list)
        for each in items:
            if isinstance(each, Representation):
                of_type[each.type_name].append(Lookup(entities.declaration.fetches[each.type_name], each.key))
        for name, planned in entities.fields.items():
            arguments[planned] = {LOOKUPS: of_type[name]}
    return representations, arguments


def _arguments(entities: PlannedEntities, variables: VariableValues) -> dict[str, Any]:
    try:
        return get_argument_values(entities.definition, entities.node, variables)
    except GraphQLError as error:
        raise InvalidVariables([Fault(redact_values(error.message), entities.locations)]) from None


def _readable(entities: PlannedEntities, item: Representation | str) -> Representation | str:
    if isinstance(item, str) or item.type_name in entities.fields:
        return item
    return f"The operation selects no field of {item.type_name}."


class EntityList:
    """The lists of all types of one root field of entities, joined in the order of its representations."""

    def __init__(self, entities: PlannedEntities, items: tuple[Representation | str, ...]) -> None:
        self.entities = entities
        self.sentences: dict[int, str] = {}
        """What is wrong with a representation, by its index."""
        self._indices: dict[str, list[int]] = {type_key(entities.key, name): [] for name in entities.fields}
        for index, item in enumerate(items):
            if isinstance(item, str):
                self.sentences[index] = item
            else:
                self._indices[type_key(entities.key, item.type_name)].append(index)
        self._size = len(items)

    def join(self, data: dict[str, Any]) -> None:
        """Put the joined list in the place of the lists."""
        joined: list[Any] = [None] * self._size
        for key, indices in self._indices.items():
            for index, value in zip(indices, data.pop(key), strict=True):
                joined[index] = value
        data[self.entities.key] = joined

    def path(self, path: Path) -> Path:
        """The path in the joined list of what was at a path in one of the lists."""
        indices = self._indices.get(str(path[0])) if path else None
        if indices is None:
            return path
        key = self.entities.key
        return (key, indices[int(path[1])], *path[2:]) if len(path) > 1 else (key,)


def entity_lists(prepared: PreparedOperation) -> list[EntityList]:
    """The lists of all root fields of entities of an operation."""
    return [EntityList(entities, items) for entities, items in prepared.representations.items()]
