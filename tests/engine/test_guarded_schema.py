"""Mistakes in a schema: each stops the build with an error that names the field."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema

from engine.declarations import METADATA, Edge, Lookup, Read
from engine.errors import UnguardedSchema
from engine.guarded_schema import GuardedSchema
from tests.engine.small_schema import BY_ID, OPEN, column, declared, embedded, know, labels


def build(query: type, *types: type, open_fields: frozenset[str] = frozenset()) -> GuardedSchema:
    return GuardedSchema(strawberry.Schema(query, types=types), labels=labels, open_fields=open_fields)


def edge(**more: Any) -> Edge:
    return Edge((BY_ID,), lambda _row, _arguments, _context: Lookup(BY_ID, 1), **more)


def with_subscription(subscription: type, *open_fields: str) -> GuardedSchema:
    schema = strawberry.Schema(QueryRoot, subscription=subscription)
    return GuardedSchema(schema, labels=labels, open_fields={"QueryRoot.me", *open_fields})


@strawberry.type
class QueryRoot:
    me: str


def test_the_small_schema_builds_and_lists_every_field(guarded_schema: GuardedSchema) -> None:
    guards_by_field = {spec.coordinate: spec.guards for spec in guarded_schema.fields.values()}

    assert guards_by_field["Person.name"] == ("NAME",)
    assert guards_by_field["Person.pin"] == ("PIN",)
    assert guards_by_field["Letter.note"] == ("NOTE", "PRIVATE")
    assert {coordinate for coordinate, guards in guards_by_field.items() if not guards} == OPEN


def test_a_field_neither_labelled_nor_open_does_not_build() -> None:
    @strawberry.type
    class Query:
        name: str | None = column("name")

    with pytest.raises(UnguardedSchema, match=r"^Query\.name has no label and is not on the open list$"):
        build(Query)


def test_an_open_field_with_a_label_does_not_build() -> None:
    @strawberry.type
    class Query:
        name: str | None = column("name", "NAME")

    with pytest.raises(UnguardedSchema, match=r"^on the open list, but guarded or unknown: Query\.nam, Query\.name$"):
        build(Query, open_fields=frozenset({"Query.name", "Query.nam"}))


def test_a_guarded_field_with_its_own_resolver_does_not_build() -> None:
    @strawberry.type
    class Query:
        @strawberry.field(directives=know("NAME"))  # type: ignore[untyped-decorator]
        def name(self) -> str | None:
            return "Ada"

    with pytest.raises(UnguardedSchema, match=r"^Query\.name is guarded and neither read nor followed$"):
        build(Query)


def query_with(kind: Any, declaration: Read | Edge, *guards: str) -> type:
    return strawberry.type(
        type("Query", (), {"__annotations__": {"name": kind}, "name": declared(declaration, *guards)})
    )


@strawberry.type(directives=know("NAME"))
class Card:
    name: str | None = column("name")


NAME = Read(("name",), lambda row: row.get("name"))


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(query_with(str, NAME, "NAME"), id="a guarded value"),
        pytest.param(
            query_with(list[str | None], NAME, "NAME"), id="a guarded list in a row, even with nullable items"
        ),
        pytest.param(query_with(str, NAME), id="an open value, which may be missing"),
        pytest.param(query_with(Card, edge(placeholder=dict), "NAME"), id="a guarded edge"),
        pytest.param(query_with(list[Card], edge(), "NAME"), id="a guarded list of non-null items"),
        pytest.param(query_with(Card, edge()), id="an open edge without a placeholder"),
        pytest.param(query_with(int, edge(placeholder=int)), id="an open edge to a leaf"),
    ],
)
def test_a_field_that_may_be_withheld_or_fail_needs_a_place_for_a_null(query: type) -> None:
    with pytest.raises(UnguardedSchema, match=r"^Query\.name has no place for a null$"):
        build(query, open_fields=frozenset({"Query.name"}))


def test_a_non_null_list_builds_only_at_the_root() -> None:
    @strawberry.type(directives=know("NAME"))
    class Owner:
        cards: list[Card | None] = declared(edge())

    @strawberry.type(directives=know("NAME"))
    class Query:
        owners: list[Owner | None] = declared(edge())

    with pytest.raises(UnguardedSchema, match=r"^Owner\.cards has no place for a null$"):
        build(Query)


def test_a_type_that_drops_its_interface_s_label_does_not_build() -> None:
    @strawberry.interface
    class Named:
        name: str | None = column("name", "NAME", "PIN")

    @strawberry.type(directives=know("NAME"))
    class Person(Named):
        name: str | None = column("name")

    @strawberry.type
    class Query:
        person: Person | None = declared(edge(), "NAME")

    with pytest.raises(UnguardedSchema, match=r"^Person\.name drops a label that Named\.name has$"):
        build(Query)


def test_an_open_column_without_a_guarded_ancestor_does_not_build() -> None:
    @strawberry.type
    class Place:
        street: str | None = column("street")

    @strawberry.type
    class Query:
        place: Place = declared(edge(placeholder=dict))

    with pytest.raises(
        UnguardedSchema, match=r"^Place\.street is open and has columns, and nothing above it is guarded$"
    ):
        build(Query, open_fields=frozenset({"Query.place", "Place.street"}))


def test_an_open_column_under_a_guarded_field_builds() -> None:
    @strawberry.type
    class Place:
        street: str | None = column("street")

    @strawberry.type(directives=know("NAME"))
    class Person:
        place: Place | None = embedded()

    @strawberry.type
    class Query:
        person: Person | None = strawberry.field(directives=know("NAME"), metadata={METADATA: edge()})

    assert build(Query, open_fields=frozenset({"Place.street"})).fields["Place", "street"].guards == ()


def test_a_subscription_root_neither_labelled_nor_open_does_not_build() -> None:
    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def ticks(self) -> AsyncGenerator[int, None]:
            yield 1

    with pytest.raises(UnguardedSchema, match=r"^Subscription\.ticks has no label and is not on the open list$"):
        with_subscription(Subscription)
    assert with_subscription(Subscription, "Subscription.ticks").fields["Subscription", "ticks"].guards == ()


def test_a_guarded_subscription_root_needs_a_declaration() -> None:
    @strawberry.type
    class Subscription:
        @strawberry.subscription(directives=know("NAME"))  # type: ignore[untyped-decorator]
        async def name(self) -> AsyncGenerator[str | None, None]:
            yield "Ada"

    with pytest.raises(UnguardedSchema, match=r"^Subscription\.name is guarded and neither read nor followed$"):
        with_subscription(Subscription)


def test_an_event_s_list_query_with_nullable() -> None:
    @strawberry.type
    class Subscription:
        @strawberry.subscription(directives=know("NAME"), metadata={METADATA: edge()})  # type: ignore[untyped-decorator]
        async def cards(self) -> AsyncGenerator[list[Card | None], None]:
            yield []

    with pytest.raises(UnguardedSchema, match=r"^Subscription\.cards has no place for a null$"):
        with_subscription(Subscription)


def test_strawberrys_schema_has_the_private_name_that_is_used() -> None:
    """It has no public access to its graphql-core schema, so pyproject.toml bounds its version."""

    @strawberry.type
    class Query:
        ok: bool = True

    schema = strawberry.Schema(query=Query)

    assert isinstance(schema._schema, GraphQLSchema)  # noqa: SLF001 - the private name under test
