"""Entities: the root field by which the gateway of a federation asks for records, and the key of each type.

A record kind with a number and a root field for it declares the key:

    ENTITIES = (EntityKey(Warrant, "number", warrants.by_number, WARRANT.parse),)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any, NewType, Union

import strawberry
from graphql import GraphQLError, GraphQLID
from strawberry import argument
from strawberry.types import get_object_definition
from strawberry.types.scalar import ScalarDefinition

from engine.declarations import METADATA, Arguments, Entities, Representation
from resolvers.errors import InvalidSearch
from resolvers.fetch import Fetch
from schema.extensions import TypeExtension
from schema.query import Query
from schema.root_fields import never_resolved

MAX_ENTITIES = 1_000
LOOKUP_COST = 20
"""Of each representation: as of each person that is asked for by number."""
TYPE_NAME = "__typename"

AnyValue = NewType("AnyValue", object)
ANY: ScalarDefinition = strawberry.scalar(
    name="_Any",
    description="A representation: an object with the name of a type as `__typename`, and its key. No other name.",
    parse_value=lambda value: value,
)


@dataclass(frozen=True, slots=True)
class EntityKey:
    """The key by which other subgraphs refer to the records of a type.

    field: the name of the field that is the key.
    fetch: gives at most one record for a key.
    parse: a key and its name, to the normal form of the key. Raises: InvalidSearch.
    """

    kind: type[Any]
    field: str
    fetch: Fetch
    parse: Callable[[str, str], str]

    @property
    def type_name(self) -> str:
        """The name of its type."""
        return get_object_definition(self.kind, strict=True).name


def entity_keys(modules: Iterable[ModuleType]) -> dict[str, EntityKey]:
    """The keys that these modules declare, by the name of the type."""
    keys = (key for module in modules for key in getattr(module, "ENTITIES", ()))
    return {key.type_name: key for key in keys}


def entities_field(keys: Mapping[str, EntityKey]) -> TypeExtension:
    """The root field `_entities`, with the types of these keys."""

    def read(arguments: Arguments) -> list[Representation | str]:
        given = arguments["representations"]
        if len(given) > MAX_ENTITIES:
            return [f"Ask for at most {MAX_ENTITIES} entities at once."] * len(given)
        return [representation(keys, each) for each in given]

    def entities(representations: Any) -> Any:
        never_resolved()

    # Their types are known only here.
    members: Any = Union[tuple(key.kind for key in keys.values())]  # noqa: UP007
    entity = Annotated[
        members, strawberry.union("_Entity", description="A record to which another subgraph may refer by its key.")
    ]
    entities.__annotations__ = {
        "representations": Annotated[list[AnyValue], argument("At most 1,000, each with a type and its key.")],
        "return": list[entity | None],
    }
    fetches = {name: key.fetch for name, key in keys.items()}
    declared = Entities(fetches, read, lambda arguments: len(arguments["representations"]), LOOKUP_COST)
    field = strawberry.field(
        entities,
        name="_entities",
        description="Records to which other subgraphs refer, in the order asked, null if there is none: for the gateway"
        " of a federation.",
        metadata={METADATA: declared},
    )
    return TypeExtension(Query, strawberry.type(type("EntityFields", (), {"entities": field})))


def representation(keys: Mapping[str, EntityKey], value: Any) -> Representation | str:
    """A representation in normal form, or the sentence that says what is wrong with it. The sentence quotes nothing.

    One of the class `Representation`, which no request can have, is a sample of an estimate, and has no number.
    """
    if isinstance(value, Representation):
        return value
    if not isinstance(value, dict):
        return f"A representation must be an object with {TYPE_NAME} and a key."
    name = value.get(TYPE_NAME)
    key = keys.get(name) if isinstance(name, str) else None
    if key is None:
        return f"{TYPE_NAME} of a representation must be one of: {', '.join(keys)}."
    if value.keys() != {TYPE_NAME, key.field}:
        return f"A representation of {key.type_name} must have {TYPE_NAME} and {key.field}, and no other name."
    try:
        number = GraphQLID.coerce_input_value(value[key.field])
    except GraphQLError:
        return f"{key.field} of a representation must be a string."
    try:
        return Representation(key.type_name, key.parse(number, key.field))
    except InvalidSearch as invalid:
        return str(invalid)
