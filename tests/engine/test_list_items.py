"""Items of a list inside a row count as rows, once for each alias. A list field over the limit is null in every row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import strawberry

from engine.authorization import authorize
from engine.declarations import Column, Edge, Embedded, Fetch, KeyColumns, ListColumn, Lookup, Read
from engine.document import DocumentCache
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.planner import Planner
from tests.engine.engine_harness import FakeDenial, FakeGrant, deny_mask
from tests.engine.small_schema import FakeFetch, declared, edge_field, labels

SHELVES = {
    "a": {"id": "a", "books": '["Emma","Ulysses","Dune"]', "slots": '[["x","y"],["z"]]', "width": 80},
    "b": {"id": "b", "books": '["Middlemarch"]', "slots": None, "width": "wide"},
    "c": {"id": "c", "books": "[]", "slots": "[]", "width": 60},
}
BOXES = [{"label": "one", "shelf": "a"}, {"label": "two", "shelf": "b"}]
BY_ID = FakeFetch("shelves.by_id", "shelves")


def column(name: str) -> Any:
    return declared(Read((name,), Column(name)), "ALL")


def list_column(name: str) -> Any:
    return declared(Read((name,), ListColumn(name)), "ALL")


@strawberry.type
class Box:
    label: str | None = declared(Read((), Column("label")), "ALL")
    shelf: Annotated[Shelf, strawberry.lazy(__name__)] | None = declared(
        Edge((BY_ID,), KeyColumns(BY_ID, ("shelf",)), ("shelf",)), "ALL"
    )


@strawberry.type
class Contents:
    books: list[str] | None = list_column("books")
    slots: list[list[str]] | None = list_column("slots")


@strawberry.type
class Shelf:
    id: strawberry.ID | None = column("id")
    width: int | None = column("width")
    books: list[str] | None = list_column("books")
    contents: Contents | None = declared(Read((), Embedded()), "ALL")
    boxes: list[Box] | None = declared(Read(("id",), lambda row: BOXES if row["id"] == "a" else []), "ALL")


@strawberry.type
class Query:
    @edge_field(
        Edge((BY_ID,), lambda _row, arguments, _context: [Lookup(BY_ID, each) for each in arguments["ids"]]), "ALL"
    )
    def shelves(self, ids: list[strawberry.ID]) -> list[Shelf | None]:
        raise AssertionError


@dataclass
class ShelfLoader:
    keys: list[list[Hashable]] = field(default_factory=list)

    async def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> None:
        raise AssertionError

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Mapping[Any, Any]:
        self.keys.append(list(keys))
        return {key: SHELVES[str(key)] for key in keys}


@dataclass(frozen=True)
class Result:
    data: Any
    errors: list[Any]
    over_limit: list[str]
    row_count: int
    keys: list[list[Hashable]]


async def run(selection: str, *, row_limit: int = 100) -> Result:
    """The selection on all shelves."""
    schema = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=())
    document = DocumentCache(schema.graphql, Limits()).get(f'{{ shelves(ids: ["a", "b", "c"]) {{ {selection} }} }}')
    prepared = Planner(schema, Limits()).prepare(document, document.operation(None), {})
    authorized = authorize(prepared, {"ALL": FakeGrant("ALL")}, dict[Hashable, FakeDenial](), deny_mask)
    loader = ShelfLoader()
    state = ExecutionState(prepared, authorized, loader, row_limit=row_limit)
    result = await execute(state)
    assert result.data is not None
    over_limit = [".".join(path) for each in state.fields_over_row_limit.values() for path in each.null_paths]
    return Result(result.data["shelves"], result.errors or [], over_limit, state.row_count, loader.keys)


async def test_items_count_as_rows_once_for_each_alias() -> None:
    assert (await run("id")).row_count == 3
    assert (await run("books")).row_count == 3 + 4
    assert (await run("books more: books contents { books }")).row_count == 3 + 3 * 4
    # A list of lists has three items in two lists.
    assert (await run("contents { slots }")).row_count == 3 + 2 + 3


async def test_a_list_over_the_row_limit_is_null_in_every_row() -> None:
    within = await run("id books", row_limit=3 + 4)
    over = await run("id books", row_limit=3 + 3)

    assert within.over_limit == []
    assert within.data == [
        {"id": "a", "books": ["Emma", "Ulysses", "Dune"]},
        {"id": "b", "books": ["Middlemarch"]},
        {"id": "c", "books": []},
    ]
    assert over.over_limit == ["shelves.@.books"]
    assert over.data == [{"id": each, "books": None} for each in "abc"]
    assert over.errors == []


async def test_a_list_within_the_row_limit_stands_beside_one_over_it() -> None:
    result = await run("books contents { books slots }", row_limit=3 + 4 + 4)

    assert result.over_limit == ["shelves.@.contents.slots"]
    assert [each["books"] for each in result.data] == [["Emma", "Ulysses", "Dune"], ["Middlemarch"], []]
    assert [each["contents"] for each in result.data] == [
        {"books": ["Emma", "Ulysses", "Dune"], "slots": None},
        {"books": ["Middlemarch"], "slots": None},
        {"books": [], "slots": None},
    ]


async def test_an_error_beside_a_list_does_not_count_it_twice() -> None:
    result = await run("width books", row_limit=3 + 4)

    assert [error.path for error in result.errors] == [["shelves", 1, "width"]]
    assert result.over_limit == []
    assert (result.row_count, result.data[0]["books"]) == (3 + 4, ["Emma", "Ulysses", "Dune"])


async def test_a_list_over_the_row_limit_is_null_beside_an_error_too() -> None:
    result = await run("width books", row_limit=3 + 3)

    assert [error.path for error in result.errors] == [["shelves", 1, "width"]]
    assert result.over_limit == ["shelves.@.books"]
    assert [each["books"] for each in result.data] == [None, None, None]


async def test_nothing_is_fetched_for_items_that_a_limit_removed() -> None:
    within = await run("boxes { label shelf { id } }", row_limit=3 + 2 + 2)
    over = await run("boxes { label shelf { id } }", row_limit=3 + 1)

    assert within.keys == [["a", "b", "c"], ["a", "b"]]
    assert within.data[0]["boxes"] == [{"label": "one", "shelf": {"id": "a"}}, {"label": "two", "shelf": {"id": "b"}}]
    assert over.keys == [["a", "b", "c"]]
    assert [each["boxes"] for each in over.data] == [None, None, None]


async def test_aliases_of_a_list_column_share_one_parsed_list() -> None:
    result = await run("a: books b: books")

    assert result.data[0]["a"][0] is result.data[0]["b"][0]
