"""The schema, built and checked. What has no label and is not on the list below does not build."""

from __future__ import annotations

from functools import cache

from strawberry import Schema
from strawberry.schema.config import StrawberryConfig

from engine.declarations import Guard
from engine.guarded_schema import GuardedSchema
from schema.directives import inquiry, labels
from schema.query import Query
from schema.scalars import DATE, Date

OPEN = frozenset(
    {
        # Who I am and which sources answer: no record in either.
        *("Query.me", "Query.sources"),
        *(
            f"Caller.{name}"
            for name in ["user", "name", "ori", "role", "sworn", "certifiedUntil", "assurance", "mayKnow"]
        ),
        *(f"Permission.{name}" for name in ["recordClass", "effect", "rule"]),
        *(f"RuleReference.{name}" for name in ["name", "citation"]),
        *(f"SourceStatus.{name}" for name in ["name", "status", "lastAnswer"]),
        # A page is always there; what is on it is guarded.
        *("Query.searchPersons", "Query.searchVehicles", "Query.inquiries"),
        # Read by the grant of what holds them.
        *("PageInfo.hasNextPage", "PageInfo.endCursor", "Court.ori", "Court.name"),
    }
)


@cache
def blueprint() -> GuardedSchema:
    """The checked schema. Raises UnguardedSchema."""
    schema = Schema(query=Query, directives=[inquiry], config=StrawberryConfig(scalar_map={Date: DATE}))
    return GuardedSchema(schema, labels=labels, open_fields=OPEN)


def guards() -> dict[str, tuple[Guard, ...]]:
    """What must be granted before each field may be read, by its coordinate."""
    return {site.coordinate: site.guards for site in blueprint().fields.values()}


def sdl() -> str:
    """The schema in GraphQL's own language, with its labels and descriptions."""
    return blueprint().strawberry.as_str() + "\n"
