"""The schema as a subgraph of a federation: its SDL with keys, and the root field by which a gateway reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import strawberry
from graphql import ConstDirectiveNode, DefinitionNode, DocumentNode, Node, ObjectTypeDefinitionNode, parse, print_ast

from schema.extensions import TypeExtension
from schema.query import Query

LINK = """\
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
"""
SERVICE_FIELDS = ("_entities", "_service")
SERVICE_TYPES = {"_Any", "_Entity", "_Service"}
"""A gateway adds these to a subgraph by itself."""
SHAREABLE = "PageInfo"
"""The type that other subgraphs have too, by the specification of connections."""


def plain_sdl(printed: str) -> str:
    """The SDL without what only the gateway of a federation asks for. Other tools do not know its types."""
    definitions = parse(printed).definitions
    query = next(each for each in definitions if isinstance(each, ObjectTypeDefinitionNode) and _name(each) == "Query")
    removed = [
        (before.loc.end, node.loc.end)
        for nodes in (definitions, query.fields or ())
        for before, node in pairwise(nodes)
        if _name(node) in {*SERVICE_TYPES, *SERVICE_FIELDS} and before.loc and node.loc
    ]
    for start, end in sorted(removed, reverse=True):
        printed = printed[:start] + printed[end:]
    return printed


def subgraph_sdl(sdl: str, keys: Mapping[str, str]) -> str:
    """The SDL of the subgraph, from the plain one and the key of each type of entities."""
    directives = {name: f'@key(fields: "{field}")' for name, field in keys.items()} | {SHAREABLE: "@shareable"}
    definitions = (_definition(each, directives) for each in parse(sdl, no_location=True).definitions)
    return f"{LINK}\n{print_ast(DocumentNode(definitions=tuple(definitions)))}\n"


def service_field(read_sdl: Callable[[], str]) -> TypeExtension:
    """The root field `_service`."""

    @strawberry.type(name="_Service", description="This API as a subgraph of a federation.")
    class Service:
        sdl: str = strawberry.field(
            description="The schema with the keys of its entities, as `needtoknow schema --federation` prints it."
        )

    def service() -> Service:
        return Service(sdl=read_sdl())

    service.__annotations__["return"] = Service
    field = strawberry.field(service, name="_service", description="The schema, for the gateway of a federation.")
    return TypeExtension(Query, strawberry.type(type("ServiceFields", (), {"service": field})))


def _name(node: Node) -> str:
    name = getattr(node, "name", None)
    return name.value if name else ""


def _definition(definition: DefinitionNode, directives: Mapping[str, str]) -> DefinitionNode:
    if not isinstance(definition, ObjectTypeDefinitionNode) or _name(definition) not in directives:
        return definition
    added = _directives(directives[_name(definition)])
    return replace(definition, directives=(*added, *(definition.directives or ())))


def _directives(text: str) -> tuple[ConstDirectiveNode, ...]:
    (parsed,) = parse(f"type T {text}", no_location=True).definitions
    assert isinstance(parsed, ObjectTypeDefinitionNode)
    return tuple(parsed.directives or ())
