"""The schema's own mistakes: each stops the build, by the name of the field."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import strawberry

from engine.declarations import METADATA, Edge, Lookup, Read
from engine.errors import UnguardedSchema
from engine.guarded_schema import GuardedSchema
from tests.engine.small_schema import BY_ID, OPEN, column, declared, know, labels, whole


def build(query: type, *types: type, open_fields: frozenset[str] = frozenset()) -> GuardedSchema:
    return GuardedSchema(strawberry.Schema(query, types=types), labels=labels, open_fields=open_fields)


def edge(**more: Any) -> Edge:
    return Edge((BY_ID,), lambda _row, _arguments, _context: Lookup(BY_ID, 1), **more)


def subscribed(subscription: type, *open_fields: str) -> GuardedSchema:
    schema = strawberry.Schema(Asked, subscription=subscription)
    return GuardedSchema(schema, labels=labels, open_fields={"Asked.me", *open_fields})


@strawberry.type
class Asked:
    me: str


def test_the_archive_builds_and_every_field_of_it_is_known(blueprint: GuardedSchema) -> None:
    sites = {site.coordinate: site.guards for site in blueprint.fields.values()}

    assert sites["Person.name"] == ("NAME",)
    assert sites["Person.pin"] == ("PIN",)
    assert sites["Letter.note"] == ("NOTE", "PRIVATE")
    assert {coordinate for coordinate, guards in sites.items() if not guards} == OPEN


def test_a_field_without_a_label_that_is_not_on_the_open_list_does_not_build() -> None:
    @strawberry.type
    class Query:
        name: str | None = column("name")

    with pytest.raises(UnguardedSchema, match=r"^Query\.name has no label and is not on the open list$"):
        build(Query)


def test_a_field_on_the_open_list_that_has_a_label_does_not_build() -> None:
    @strawberry.type
    class Query:
        name: str | None = column("name", "NAME")

    with pytest.raises(UnguardedSchema, match=r"^on the open list, but guarded or unknown: Query\.nam, Query\.name$"):
        build(Query, open_fields=frozenset({"Query.name", "Query.nam"}))


def test_a_guarded_field_with_a_resolver_of_its_own_does_not_build() -> None:
    @strawberry.type
    class Query:
        @strawberry.field(directives=know("NAME"))
        def name(self) -> str | None:
            return "Ada"

    with pytest.raises(UnguardedSchema, match=r"^Query\.name is guarded and neither read nor followed$"):
        build(Query)


def must_be(kind: Any, how: Read | Edge, *guards: str) -> type:
    return strawberry.type(type("Query", (), {"__annotations__": {"name": kind}, "name": declared(how, *guards)}))


@strawberry.type(directives=know("NAME"))
class Card:
    name: str | None = column("name")


NAME = Read(("name",), lambda row: row.get("name"))


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(must_be(str, NAME, "NAME"), id="a guarded value"),
        pytest.param(must_be(list[str | None], NAME, "NAME"), id="a guarded list in a row, even of nullable items"),
        pytest.param(must_be(str, NAME), id="an open value, which may be missing"),
        pytest.param(must_be(Card, edge(placeholder=dict), "NAME"), id="a guarded edge"),
        pytest.param(must_be(list[Card], edge(), "NAME"), id="a guarded list of what must be there"),
        pytest.param(must_be(Card, edge()), id="an open edge without a blank"),
        pytest.param(must_be(int, edge(placeholder=int)), id="an open edge to a leaf"),
    ],
)
def test_what_may_be_withheld_or_unanswered_must_have_a_place_for_a_null(query: type) -> None:
    with pytest.raises(UnguardedSchema, match=r"^Query\.name has no place for a null$"):
        build(query, open_fields=frozenset({"Query.name"}))


def test_a_list_that_must_be_there_is_for_the_root_where_its_length_is_the_callers_own() -> None:
    @strawberry.type(directives=know("NAME"))
    class Holder:
        cards: list[Card | None] = declared(edge())

    @strawberry.type(directives=know("NAME"))
    class Query:
        holders: list[Holder | None] = declared(edge())

    with pytest.raises(UnguardedSchema, match=r"^Holder\.cards has no place for a null$"):
        build(Query)


def test_a_type_that_redeclares_a_field_without_the_label_of_its_interface_does_not_build() -> None:
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


def test_an_open_column_that_no_grant_above_it_covers_does_not_build() -> None:
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


def test_the_same_open_column_under_a_guarded_field_builds() -> None:
    @strawberry.type
    class Place:
        street: str | None = column("street")

    @strawberry.type(directives=know("NAME"))
    class Person:
        place: Place | None = whole()

    @strawberry.type
    class Query:
        person: Person | None = strawberry.field(directives=know("NAME"), metadata={METADATA: edge()})

    assert build(Query, open_fields=frozenset({"Place.street"})).fields["Place", "street"].guards == ()


def test_a_root_of_a_subscription_without_a_label_that_is_not_on_the_open_list_does_not_build() -> None:
    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def ticks(self) -> AsyncGenerator[int, None]:
            yield 1

    with pytest.raises(UnguardedSchema, match=r"^Subscription\.ticks has no label and is not on the open list$"):
        subscribed(Subscription)
    assert subscribed(Subscription, "Subscription.ticks").fields["Subscription", "ticks"].guards == ()


def test_a_guarded_root_of_a_subscription_says_how_an_event_is_read() -> None:
    @strawberry.type
    class Subscription:
        @strawberry.subscription(directives=know("NAME"))
        async def name(self) -> AsyncGenerator[str | None, None]:
            yield "Ada"

    with pytest.raises(UnguardedSchema, match=r"^Subscription\.name is guarded and neither read nor followed$"):
        subscribed(Subscription)


def test_a_list_of_each_event_is_as_long_as_the_event_says_and_so_may_be_null() -> None:
    @strawberry.type
    class Subscription:
        @strawberry.subscription(directives=know("NAME"), metadata={METADATA: edge()})
        async def cards(self) -> AsyncGenerator[list[Card | None], None]:
            yield []

    with pytest.raises(UnguardedSchema, match=r"^Subscription\.cards has no place for a null$"):
        subscribed(Subscription)
