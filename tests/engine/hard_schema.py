"""A schema that is hard to execute: non-null types, nested lists, values that do not fit, resolvers that raise.

Its rows are made from a number, so equal operations have equal results. Every eleventh value is missing or wrong.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from graphql import GraphQLDeferDirective
from strawberry.schema.config import StrawberryConfig

from engine.authorization import AuthorizedPlan, authorize
from engine.declarations import METADATA, Column, Derived, Edge, Embedded, Fetch, Inputs, Lookup, Read, identity
from engine.errors import FetchFailed
from engine.guarded_schema import GuardedSchema
from engine.plan import PreparedOperation
from tests.engine.engine_harness import FakeDenial, FakeGrant, deny_mask
from tests.engine.oracle import add_resolvers
from tests.engine.small_schema import FakeFetch, Label, edge_field, labels

ONE = FakeFetch("near.one", "near")
MANY = FakeFetch("near.many", "near")
FAR = FakeFetch("far.one", "far")
GUARDS = ("A", "B", "C")

Word = NewType("Word", str)
Loud = NewType("Loud", str)
SCALARS: dict[object, Any] = {
    Word: strawberry.scalar(name="Word", serialize=identity, parse_value=str),
    Loud: strawberry.scalar(name="Loud", serialize=lambda value: value.upper(), parse_value=str),
}


@strawberry.enum
class Shade(Enum):
    LIGHT = "l"
    DARK = "d"


class BadValue(Exception):
    """An error of the data."""


def varied(n: int, *values: Any) -> Any:
    """One of several values; for every eleventh number one that is missing or does not fit."""
    return [None, BadValue(f"odd {n}"), object, "?", 2**40, {}][n % 6] if n % 11 == 0 else values[n % len(values)]


def row(n: int) -> dict[str, Any]:
    """The row of a number."""
    n %= 97
    return {
        "n": n,
        "kind": varied(n + 1, "Ball", "Cube"),
        "id": varied(n + 2, f"t{n}", n),
        "text": varied(n + 3, f"text {n}"),
        "number": varied(n + 4, n, -n, 1.0, True),
        "share": varied(n + 5, n / 7, n),
        "is_big": varied(n + 6, n > 40, 1),
        "shade": varied(n + 7, "l", "d", Shade.DARK),
        "word": varied(n + 8, f"word {n}"),
        "loud": varied(n + 9, f"loud {n}"),
        "tags": varied(n + 10, ["a", "b"], [], ["c", varied(n + 3, "d")]),
        "grid": varied(n + 2, [[n, n + 1], None, []], [[varied(n + 5, 1)], [2]]),
        "corner": varied(n + 4, {"text": varied(n, "corner"), "n": n + 5}),
        "corners": varied(n + 6, [{"text": f"corner {n}"}, varied(n + 1, {"text": "b", "n": n + 3})]),
    }


def declared(declaration: Read | Edge | Derived, guard: str) -> Any:
    return strawberry.field(directives=[Label(of=guard)], metadata={METADATA: declaration})


def column(name: str, guard: str) -> Any:
    return declared(Read((name,), Column(name)), guard)


def edge(fetch: FakeFetch, step: int, guard: str) -> Any:
    def lookup(row: Any, _arguments: Any, _context: Any) -> Lookup | None:
        n = row["n"] * 3 + step
        if n % 13 == 0:
            raise BadValue(f"no key {n}")
        return None if n % 7 == 0 else Lookup(fetch, n)

    return declared(Edge((fetch,), lookup, ("n",), when_no_key=list if fetch is MANY else lambda: None), guard)


def first_letters(row: Any) -> Any:
    return varied(row["n"], "made")[:9]


def summary(inputs: Inputs) -> Any:
    if inputs.values["number"] == 8:
        raise BadValue("no summary")
    for source in inputs.failed.values():
        raise FetchFailed(source)
    return f"{inputs.values} {len(inputs.denied)} denied"


SUMMARY = declared(Derived("{ number word next { text } far { number } }", summary), "A")


@strawberry.type
class Corner:
    text: str | None = column("text", "A")
    next: Annotated[Thing, strawberry.lazy(__name__)] | None = edge(ONE, 4, "A")

    @strawberry.field
    def sure(self: Any) -> str:
        return varied(self["n"] + 4, "sure")  # type: ignore[no-any-return]


@strawberry.type
class Light:
    text: str | None = column("text", "A")
    next: Annotated[Thing, strawberry.lazy(__name__)] | None = edge(ONE, 6, "B")


@strawberry.type
class Dark:
    weight: int | None = column("number", "B")
    tags: list[str] | None = column("tags", "A")


AS_SHADED = Read(("shade",), Embedded("shade", {"l": "Light", "d": "Dark"}))


@strawberry.interface
class Thing:
    id: strawberry.ID | None = column("id", "A")
    text: str | None = column("text", "A")
    number: int | None = column("number", "A")
    share: float | None = column("share", "A")
    is_big: bool | None = column("is_big", "B")
    shade: Shade | None = column("shade", "A")
    word: Word | None = column("word", "A")
    loud: Loud | None = column("loud", "A")
    tags: list[str] | None = column("tags", "A")
    grid: list[list[int] | None] | None = column("grid", "B")
    made: str | None = declared(Read(("n",), first_letters), "A")
    corner: Corner | None = column("corner", "A")
    corners: list[Corner] | None = column("corners", "C")
    shaded: Annotated[Light | Dark, strawberry.union("Shaded")] | None = declared(AS_SHADED, "A")
    next: Annotated[Thing, strawberry.lazy(__name__)] | None = edge(ONE, 1, "A")
    far: Annotated[Ball, strawberry.lazy(__name__)] | None = edge(FAR, 2, "B")
    many: list[Annotated[Thing, strawberry.lazy(__name__)]] | None = edge(MANY, 3, "C")
    either: list[Annotated[Ball | Cube, strawberry.union("Either")] | None] | None = edge(MANY, 5, "A")

    @strawberry.field
    def sure(self: Any, text: str = "sure") -> str:
        return varied(self["n"] + 6, text)  # type: ignore[no-any-return]

    @strawberry.field
    async def later(self: Any, number: int = 1) -> Annotated[Thing, strawberry.lazy(__name__)]:
        if self["n"] % 11 == 5:
            raise BadValue(f"late {self['n']}")
        return row(self["n"] + number)  # type: ignore[return-value]

    @strawberry.field
    async def all(self: Any) -> list[Annotated[Thing, strawberry.lazy(__name__)]]:
        return [row(self["n"] + step) for step in (1, 2)]  # type: ignore[misc]

    @strawberry.field
    async def stream(self: Any) -> AsyncIterator[str]:
        for n in range(self["n"] % 3):
            yield varied(self["n"] + n, f"drop {n}")
        if self["n"] % 17 == 0:
            raise BadValue("dry")


def is_a(name: str) -> Any:
    return classmethod(lambda _cls, value, _info: value["kind"] == name)


@strawberry.type
class Ball(Thing):
    weight: int | None = column("number", "C")
    summary: str | None = SUMMARY
    is_type_of = is_a("Ball")


@strawberry.type
class Cube(Thing):
    weight: str | None = column("text", "C")
    summary: str | None = SUMMARY
    is_type_of = is_a("Cube")


def next_of_page(page: Any, _arguments: Any, _context: Any) -> Lookup | None:
    return Lookup(ONE, page["n"] + 1) if "n" in page else None


@strawberry.type
class Page:
    count: int | None = declared(Read((), lambda page: page.get("n")), "B")
    thing: Thing | None = declared(Read((), lambda page: page or None), "A")
    next: Thing | None = declared(Edge((ONE,), next_of_page, ("n",)), "B")


def page_lookup(_row: Any, arguments: Any, _context: Any) -> Lookup:
    return Lookup(ONE, arguments["n"])


@strawberry.type
class Query:
    @edge_field(Edge((ONE,), page_lookup), "A")
    def thing(self, n: int) -> Thing | None: ...

    @edge_field(Edge((MANY, ONE), lambda _row, args, _context: [Lookup(ONE, n) for n in args["ns"]]), "A")
    def things(self, ns: list[int]) -> list[Thing | None]:
        raise AssertionError

    @edge_field(Edge((ONE,), page_lookup, placeholder=dict))
    def page(self, n: int) -> Page:
        raise AssertionError

    @strawberry.field
    def here(self, n: int = 1) -> Thing:
        return varied(n, row(n), row(n + 1))  # type: ignore[no-any-return]

    @strawberry.field
    async def there(self, n: int = 1) -> list[Thing | None] | None:
        return varied(n, [row(n), varied(n + 1, row(n + 1))], None)  # type: ignore[no-any-return]

    @strawberry.field
    def name(self) -> str:
        return "hard"


OPEN = {
    *("Query.page", "Query.here", "Query.there", "Query.name", "Corner.sure"),
    *(f"{kind}.{name}" for kind in ("Thing", "Ball", "Cube") for name in ("sure", "later", "all", "stream")),
}


def build(*, open_fields: Iterable[str] = (), mutation: type | None = None) -> GuardedSchema:
    """The checked schema with resolvers for the oracle."""
    config = StrawberryConfig(scalar_map=SCALARS)
    schema = strawberry.Schema(Query, mutation, types=[Ball, Cube], config=config)
    guarded = GuardedSchema(schema, labels=labels, open_fields=OPEN.union(open_fields))
    guarded.graphql.directives = (*guarded.graphql.directives, GraphQLDeferDirective)
    return add_resolvers(guarded)


def authorize_except(prepared: PreparedOperation, denied: Collection[str]) -> AuthorizedPlan[FakeDenial]:
    """The authorized plan if every guard is granted except these."""
    grants: dict[Hashable, FakeGrant] = {guard: FakeGrant(guard) for guard in GUARDS if guard not in denied}
    return authorize(prepared, grants, {guard: FakeDenial(guard) for guard in denied}, deny_mask)


@dataclass
class NumberLoader:
    """Gives a row for any number. An unavailable fetch fails as a source does; a broken one raises another error."""

    unavailable: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()

    @property
    def has_invalid_values(self) -> bool:
        return False

    def bytes_read(self, fetch: Fetch) -> int:
        return 1_000

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        if fetch.name in self.unavailable:
            raise FetchFailed(fetch.source)
        if fetch.name in self.broken:
            raise BadValue(fetch.name)
        return {n: self._result(fetch, n) for n in keys if isinstance(n, int)}

    async def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> None:
        raise AssertionError("no fetch of this schema decides visibility")

    @staticmethod
    def _result(fetch: Fetch, n: int) -> Any:
        if fetch is MANY:
            return varied(n, [row(n), row(n + 1)], [], [row(n), None])
        return varied(n, row(n))
