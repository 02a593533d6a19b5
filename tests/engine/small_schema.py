"""A small schema over two sources. Guards are words; each value begins with a guard that it needs.

people  by_id  by_text  by_pin  friends
things  by_id  by_owner
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry.schema_directive import Location

from engine.declarations import METADATA, Arguments, Declaration, Edge, Lookup, Read, Row

GUARDS = frozenset({"NAME", "BORN", "PIN", "HOME", "THING", "NOTE", "PRIVATE"})


@dataclass(frozen=True)
class FakeFetch:
    """A fetch of which the engine needs only the names."""

    name: str
    source: str
    layout: None = None
    key_columns: tuple[str, ...] = ()
    decides_visibility: bool = False

    @staticmethod
    def when_missing() -> None:
        """The result of a key that has none."""


BY_ID = FakeFetch("people.by_id", "people")
BY_TEXT = FakeFetch("people.by_text", "people")
BY_PIN = FakeFetch("people.by_pin", "people")
FRIENDS = FakeFetch("people.friends", "people")
THING = FakeFetch("things.by_id", "things")
OWNED = FakeFetch("things.by_owner", "things")


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.INTERFACE, Location.FIELD_DEFINITION], repeatable=True
)
class Label:
    of: str


def labels(directives: Iterable[object]) -> tuple[str, ...]:
    return tuple(each.of for each in directives if isinstance(each, Label))


def know(*guards: str) -> list[object]:
    return [Label(of=guard) for guard in guards]


def declared(declaration: Declaration, *guards: str) -> Any:
    return strawberry.field(directives=know(*guards), metadata={METADATA: declaration})


def column(name: str, *guards: str) -> Any:
    return declared(Read((name,), lambda row: row.get(name)), *guards)


def embedded(*guards: str) -> Any:
    return declared(Read((), lambda row: row), *guards)


F = TypeVar("F", bound=Callable[..., Any])


def edge_field(edge: Edge, *guards: str) -> Callable[[F], F]:
    """Declares a field with arguments; the function under it is never called."""
    field: Callable[[F], F] = strawberry.field(directives=know(*guards), metadata={METADATA: edge})
    return field


def is_a(name: str) -> Any:
    return classmethod(lambda _cls, row, _info: row["kind"] == name)


@strawberry.interface(directives=know("THING"))
class Thing:
    title: str | None = column("title")
    note: str | None = column("note", "NOTE")


@strawberry.type(directives=know("THING"))
class Book(Thing):
    pages: int | None = column("pages")
    owner: Annotated[Person, strawberry.lazy(__name__)] | None = declared(
        Edge((BY_ID,), lambda row, _arguments, _context: _lookup(BY_ID, row.get("owner")), columns=("owner",)), "NAME"
    )
    is_type_of = is_a("Book")


@strawberry.type(directives=know("THING"))
class Letter(Thing):
    note: str | None = column("note", "NOTE", "PRIVATE")
    text: str | None = column("text", "PRIVATE")
    sender: Annotated[Person, strawberry.lazy(__name__)] | None = declared(
        Edge((BY_ID,), lambda row, _arguments, _context: _lookup(BY_ID, row.get("sender")), columns=("sender",)), "NAME"
    )
    is_type_of = is_a("Letter")


@strawberry.type
class Home:
    street: str | None = column("street")
    tags: list[list[str]] | None = column("tags")


def _lookup(fetch: FakeFetch, key: Hashable | None) -> Lookup | None:
    return None if key is None else Lookup(fetch, key)


def _pin_guards(arguments: Arguments) -> list[str]:
    return ["PIN"] if arguments.get("pin") else []


def _search(_row: Row, arguments: Arguments, _context: Any) -> Lookup:
    pin = arguments.get("pin")
    return Lookup(BY_PIN, pin) if pin else Lookup(BY_TEXT, arguments.get("text"))


SEARCH = Edge(
    (BY_TEXT, BY_PIN),
    _search,
    placeholder=dict,
    argument_guards=_pin_guards,
    list_size=lambda arguments: arguments.get("first", 2),
)


@strawberry.type
class PageInfo:
    more: bool | None = declared(Read((), lambda page: page.get("more")), "NAME")


@strawberry.type
class Page:
    total: int | None = column("total", "NAME")
    info: PageInfo | None = declared(Read((), lambda page: page or None))
    people: list[Annotated[Person, strawberry.lazy(__name__)]] | None = declared(
        Read((), lambda page: page.get("people"), list_size=1), "NAME"
    )


OWNED_THINGS = Edge(
    (OWNED,), lambda row, _arguments, _context: _lookup(OWNED, row.get("id")), ("id",), when_no_key=list
)


@strawberry.type(directives=know("NAME"))
class Person:
    id: strawberry.ID | None = column("id")
    name: str | None = column("name")
    born: str | None = column("born", "NAME", "BORN")
    pin: str | None = column("pin", "PIN")
    label: str | None = declared(
        Read(("name", "pin"), lambda row: f"{row.get('name')} {row.get('pin')}"), "NAME", "PIN"
    )
    home: Home | None = embedded("HOME")
    friends: list[Annotated[Person, strawberry.lazy(__name__)]] | None = declared(
        Edge((FRIENDS,), lambda row, _arguments, _context: _lookup(FRIENDS, row.get("id")), ("id",), when_no_key=list)
    )
    things: list[Thing] | None = declared(
        Edge((OWNED,), lambda row, _arguments, _context: _lookup(OWNED, row.get("id")), ("id",), when_no_key=list),
        "THING",
    )
    finds: list[Annotated[Book | Letter, strawberry.union("Find")]] | None = declared(
        Edge((OWNED,), lambda row, _arguments, _context: _lookup(OWNED, row.get("id")), ("id",), when_no_key=list),
        "THING",
    )

    @edge_field(SEARCH)
    def alike(self, text: str = "", pin: str | None = None, first: int = 2) -> Page | None: ...


@strawberry.type
class Me:
    name: str


@strawberry.type
class Query:
    @strawberry.field
    def me(self, info: strawberry.Info) -> Me:
        return Me(name=info.context.request_context)

    @edge_field(Edge((BY_ID,), lambda _row, arguments, _context: Lookup(BY_ID, arguments["id"])), "NAME")
    def person(self, id: strawberry.ID) -> Person | None: ...

    @edge_field(
        Edge(
            (BY_ID,),
            lambda _row, arguments, _context: [Lookup(BY_ID, each) for each in arguments["ids"]],
            list_size=lambda arguments: len(arguments["ids"]),
        ),
        "NAME",
    )
    def people(self, ids: list[strawberry.ID]) -> list[Person | None]:
        raise AssertionError

    @edge_field(SEARCH)
    def search(self, text: str = "", pin: str | None = None, first: int = 2) -> Page:
        raise AssertionError

    @edge_field(Edge((THING,), lambda _row, arguments, _context: Lookup(THING, arguments["id"])), "THING")
    def thing(self, id: strawberry.ID) -> Thing | None: ...


OPEN = frozenset({"Query.me", "Me.name", "Query.search", "Page.info", "Home.street", "Home.tags"})

PEOPLE: dict[str, dict[str, Any]] = {
    "1": {
        "id": "1",
        "name": "NAME:Ada",
        "born": "BORN:1815",
        "pin": "PIN:1234",
        "street": "HOME:Row",
        "tags": [["HOME:a", "HOME:b"], []],
    },
    "2": {
        "id": "2",
        "name": "NAME:Bea",
        "born": "BORN:1816",
        "pin": "PIN:5678",
        "street": "HOME:Lane",
        "tags": [],
    },
}
THINGS: dict[str, dict[str, Any]] = {
    "b": {"kind": "Book", "title": "THING:Notes", "note": "NOTE:torn", "pages": 12, "owner": "2"},
    "o": {"kind": "Book", "title": "THING:Lost", "owner": None},
    "l": {"kind": "Letter", "title": "THING:To Bea", "note": "PRIVATE:sealed", "text": "PRIVATE:dear", "sender": "1"},
}
