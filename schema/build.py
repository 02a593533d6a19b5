"""The schema, built and checked. A field without a label that is not on the open list fails the build."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from graphql import GraphQLDeferDirective, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from strawberry import Schema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema_directive import StrawberrySchemaDirective
from strawberry.types.scalar import ScalarDefinition

from engine.declarations import Guard
from engine.guarded_schema import GuardedSchema
from resolvers.catalogue import SPECS
from schema import entered, inquiries, safety
from schema.directives import SemanticNonNull, inquiry, inquiry_from_request, labels
from schema.entities import ANY, AnyValue, entities_field, entity_keys
from schema.extensions import add_extension, add_extensions
from schema.nullability import mark_semantic_non_null
from schema.query import Query
from schema.scalars import CENTS, DATE, INSTANT, Cents, Date
from schema.subgraph import plain_sdl, service_field, subgraph_sdl
from schema.subscription import Subscription

OPEN_FIELDS = {
    # These read no record. A record kind names its own open fields: pages, whose contents are guarded.
    # Each type of `_entities` has its guards.
    "Query": "me sources inquiryStatus _service _entities",
    "Subscription": "sourceStatus",
    "_Service": "sdl",
    "Caller": "user name ori role sworn certifiedUntil authorization assurance mayKnow",
    "CallerAuthorization": """access rule backgroundClearedOn fingerprintedOn employedOn trainedOn recertifiedOn trainBy
        recertifyBy""",
    "Permission": "recordClass effect rule",
    "RuleReference": "name citation",
    "SourceStatus": "name status lastAnswer",
    "InquiryStatus": "id sources withheld exclusions",
    "SourceOutcome": "name status ms",
    "WithheldPlace": "path code recordClass rule needs",
    "Exclusion": "recordClass rule needs",
    # Read by the grant of the type that holds them.
    "PageInfo": "hasPreviousPage hasNextPage startCursor endCursor",
    "Court": "ori name",
}
MODULES = (*(spec.load(spec.schema) for spec in SPECS), entered, inquiries, safety)
"""The modules of the record kinds, and what is read or derived beside them; the order of their fields in a type."""
OPEN = frozenset(
    f"{kind}.{field}"
    for opened in (OPEN_FIELDS, *(getattr(module, "OPEN_FIELDS", {}) for module in MODULES))
    for kind, fields in opened.items()
    for field in fields.split()
)

ENTITY_KEYS = entity_keys(MODULES)
"""The key of each type of records to which other subgraphs may refer."""

add_extensions(MODULES)
add_extension(entities_field(ENTITY_KEYS), "schema.entities")


def sdl() -> str:
    """The schema in GraphQL SDL, with its labels and descriptions, and without what only a gateway asks for."""
    return plain_sdl(guarded_schema().strawberry.as_str()) + "\n"


@cache
def subgraph() -> str:
    """The SDL for the composition of a federation: the plain one, with keys."""
    return subgraph_sdl(sdl(), {name: key.field for name, key in ENTITY_KEYS.items()})


add_extension(service_field(subgraph), "schema.subgraph")


@cache
def guarded_schema() -> GuardedSchema:
    """The schema of this process, built and checked at the first call. Raises: UnguardedSchema."""
    scalars: dict[object, ScalarDefinition] = {Date: DATE, datetime: INSTANT, Cents: CENTS, AnyValue: ANY}
    schema = Schema(
        query=Query,
        subscription=Subscription,
        types=[SemanticNonNull],  # a schema directive among the types is declared before any field has it
        directives=[inquiry, inquiry_from_request],
        config=StrawberryConfig(scalar_map=scalars),
    )
    guarded = GuardedSchema(schema, labels=labels, open_fields=OPEN)
    guarded.graphql.directives = (*guarded.graphql.directives, GraphQLDeferDirective)
    describe_directive_arguments(guarded.graphql)
    mark_semantic_non_null(guarded)
    for kind in guarded.graphql.type_map.values():
        # Strawberry checks @oneOf by itself, and does not say so to graphql-core, whose validation then lets a nullable
        # variable pass: it could be null, and then no key is given.
        definition = kind.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if isinstance(kind, GraphQLObjectType) and definition is not None and definition.is_type_of is None:
            # Strawberry would compare the class of a value of a type with an interface. A row is of its field's type.
            kind.is_type_of = None
        if isinstance(kind, GraphQLInputObjectType) and definition is not None and definition.is_one_of:
            kind.is_one_of = True
    return guarded


def describe_directive_arguments(schema: GraphQLSchema) -> None:
    """Give the arguments of schema directives their descriptions, which Strawberry leaves out."""
    for directive in schema.directives:
        definition = directive.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        for field in definition.fields if isinstance(definition, StrawberrySchemaDirective) else ():
            directive.args[field.name].description = field.description


def guards() -> dict[str, tuple[Guard, ...]]:
    """The guards of each field, by its coordinate; of `_entities` also those of each type."""
    schema = guarded_schema()
    return {field.coordinate: field.guards for field in (*schema.fields.values(), *schema.entities.values())}
