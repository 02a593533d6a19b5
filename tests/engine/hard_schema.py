"""An awkward schema: non-null everywhere it may be, nested lists, values that do not fit, resolvers that break.

Its rows are made of a number, so the same question has the same answer; every eleventh value is out of order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from engine.authorization import AuthorizedPlan, authorize
from engine.declarations import METADATA, Column, Edge, Fetch, Lookup, Read, identity
from engine.errors import FetchFailed
from engine.guarded_schema import GuardedSchema
from engine.plan import PreparedOperation
from tests.engine.harness import Leave, Refusal, refusal
from tests.engine.oracle import add_resolvers
from tests.engine.small_schema import Label, Source, labels

ONE = Source("near.one", "near")
MANY = Source("near.many", "near")
FAR = Source("far.one", "far")
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


class Odd(Exception):
    """What breaks here."""


def told(n: int, *values: Any) -> Any:
    """One of several values, and now and then one that is missing or does not fit."""
    return [None, Odd(f"odd {n}"), object, "?", 2**40, {}][n % 6] if n % 11 == 0 else values[n % len(values)]


def row(n: int) -> dict[str, Any]:
    """The row of a number."""
    n %= 97
    return {
        "n": n,
        "kind": told(n + 1, "Ball", "Cube"),
        "id": told(n + 2, f"t{n}", n),
        "text": told(n + 3, f"text {n}"),
        "number": told(n + 4, n, -n, 1.0, True),
        "share": told(n + 5, n / 7, n),
        "is_big": told(n + 6, n > 40, 1),
        "shade": told(n + 7, "l", "d", Shade.DARK),
        "word": told(n + 8, f"word {n}"),
        "loud": told(n + 9, f"loud {n}"),
        "tags": told(n + 10, ["a", "b"], [], ["c", told(n + 3, "d")]),
        "grid": told(n + 2, [[n, n + 1], None, []], [[told(n + 5, 1)], [2]]),
        "corner": told(n + 4, {"text": told(n, "corner"), "n": n + 5}),
        "corners": told(n + 6, [{"text": f"corner {n}"}, told(n + 1, {"text": "b", "n": n + 3})]),
    }


def declared(how: Read | Edge, guard: str) -> Any:
    return strawberry.field(directives=[Label(of=guard)], metadata={METADATA: how})


def column(name: str, guard: str) -> Any:
    return declared(Read((name,), Column(name)), guard)


def edge(fetch: Source, step: int, guard: str) -> Any:
    def ask(row: Any, _arguments: Any, _context: Any) -> Lookup | None:
        n = row["n"] * 3 + step
        if n % 13 == 0:
            raise Odd(f"no key {n}")
        return None if n % 7 == 0 else Lookup(fetch, n)

    return declared(Edge((fetch,), ask, ("n",), when_no_key=list if fetch is MANY else lambda: None), guard)


def breaks(row: Any) -> Any:
    return told(row["n"], "made")[:9]


@strawberry.type
class Corner:
    text: str | None = column("text", "A")
    next: Annotated[Thing, strawberry.lazy(__name__)] | None = edge(ONE, 4, "A")

    @strawberry.field
    def sure(self: Any) -> str:
        return told(self["n"] + 4, "sure")  # type: ignore[no-any-return]


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
    made: str | None = declared(Read(("n",), breaks), "A")
    corner: Corner | None = column("corner", "A")
    corners: list[Corner] | None = column("corners", "C")
    next: Annotated[Thing, strawberry.lazy(__name__)] | None = edge(ONE, 1, "A")
    far: Annotated[Ball, strawberry.lazy(__name__)] | None = edge(FAR, 2, "B")
    many: list[Annotated[Thing, strawberry.lazy(__name__)]] | None = edge(MANY, 3, "C")
    either: list[Annotated[Ball | Cube, strawberry.union("Either")] | None] | None = edge(MANY, 5, "A")

    @strawberry.field
    def sure(self: Any, text: str = "sure") -> str:
        return told(self["n"] + 6, text)  # type: ignore[no-any-return]

    @strawberry.field
    async def later(self: Any, number: int = 1) -> Annotated[Thing, strawberry.lazy(__name__)]:
        if self["n"] % 11 == 5:
            raise Odd(f"late {self['n']}")
        return row(self["n"] + number)  # type: ignore[return-value]

    @strawberry.field
    async def all(self: Any) -> list[Annotated[Thing, strawberry.lazy(__name__)]]:
        return [row(self["n"] + step) for step in (1, 2)]  # type: ignore[misc]

    @strawberry.field
    async def stream(self: Any) -> AsyncIterator[str]:
        for n in range(self["n"] % 3):
            yield told(self["n"] + n, f"drop {n}")
        if self["n"] % 17 == 0:
            raise Odd("dry")


def is_a(name: str) -> Any:
    return classmethod(lambda _cls, value, _info: value["kind"] == name)


@strawberry.type
class Ball(Thing):
    weight: int | None = column("number", "C")
    is_type_of = is_a("Ball")


@strawberry.type
class Cube(Thing):
    weight: str | None = column("text", "C")
    is_type_of = is_a("Cube")


@strawberry.type
class Page:
    count: int | None = declared(Read((), lambda page: page.get("n")), "B")
    thing: Thing | None = declared(Read((), lambda page: page or None), "A")


def ask_page(_row: Any, arguments: Any, _context: Any) -> Lookup:
    return Lookup(ONE, arguments["n"])


@strawberry.type
class Query:
    @strawberry.field(directives=[Label(of="A")], metadata={METADATA: Edge((ONE,), ask_page)})
    def thing(self, n: int) -> Thing | None: ...

    @strawberry.field(
        directives=[Label(of="A")],
        metadata={METADATA: Edge((MANY, ONE), lambda _r, given, _a: [Lookup(ONE, n) for n in given["ns"]])},
    )
    def things(self, ns: list[int]) -> list[Thing | None]: ...

    @strawberry.field(metadata={METADATA: Edge((ONE,), ask_page, placeholder=dict)})
    def page(self, n: int) -> Page: ...

    @strawberry.field
    def here(self, n: int = 1) -> Thing:
        return told(n, row(n), row(n + 1))  # type: ignore[no-any-return]

    @strawberry.field
    async def there(self, n: int = 1) -> list[Thing | None] | None:
        return told(n, [row(n), told(n + 1, row(n + 1))], None)  # type: ignore[no-any-return]

    @strawberry.field
    def name(self) -> str:
        return "awkward"


OPEN = {
    *("Query.page", "Query.here", "Query.there", "Query.name", "Corner.sure"),
    *(f"{kind}.{name}" for kind in ("Thing", "Ball", "Cube") for name in ("sure", "later", "all", "stream")),
}


def build(*, open_fields: Iterable[str] = (), **roots: type) -> GuardedSchema:
    """The schema, checked, with resolvers for the oracle; with other roots beside the query, if they are given."""
    schema = strawberry.Schema(Query, types=[Ball, Cube], config=StrawberryConfig(scalar_map=SCALARS), **roots)
    return add_resolvers(GuardedSchema(schema, labels=labels, open_fields=OPEN.union(open_fields)))


def ruled(prepared: PreparedOperation, without: Collection[str]) -> AuthorizedPlan[Refusal]:
    """The ruling if every guard is granted, but for those."""
    leave = {guard: Leave(guard) for guard in GUARDS if guard not in without}
    return authorize(prepared, leave, {guard: Refusal(guard) for guard in without}, refusal)


@dataclass
class Near:
    """Gives a row for any number. A fetch that is silent has no answer; one that is broken raises."""

    silent: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        if fetch.name in self.silent:
            raise FetchFailed(fetch.source)
        if fetch.name in self.broken:
            raise Odd(fetch.name)
        return {n: self._find(fetch, n) for n in keys if isinstance(n, int)}

    @staticmethod
    def _find(fetch: Fetch, n: int) -> Any:
        if fetch is MANY:
            return told(n, [row(n), row(n + 1)], [], [row(n), None])
        return told(n, row(n))
