"""A schema of three shelves: lists as JSON text in rows, a value that does not fit, a fetch that finds too much."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
import strawberry
from graphql import GraphQLError

from engine.authorization import authorize
from engine.declarations import Column, Edge, Embedded, Fetch, KeyColumns, ListColumn, Lookup, Read
from engine.document import DocumentCache
from engine.errors import FetchOverLimit
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.planner import Planner
from engine.reply_size import ReplySize
from tests.engine.engine_harness import FakeDenial, FakeGrant, deny_mask, explained_nulls
from tests.engine.small_schema import FakeFetch, declared, edge_field, labels

SHELVES = {
    "a": {"id": "a", "books": '["Emma","Ulysses","Dune"]', "slots": '[["x","y"],["z"]]', "width": 80},
    "b": {"id": "b", "books": '["Middlemarch"]', "slots": None, "width": "wide"},
    "c": {"id": "c", "books": "[]", "slots": "[]", "width": 60},
}
BOXES = [{"label": "one", "shelf": "a"}, {"label": "two", "shelf": "b"}]
BY_ID = FakeFetch("shelves.by_id", "shelves")
LARGE = FakeFetch("shelves.large", "shelves")
ROW = FakeFetch("shelves.row", "shelves")
ROW_OF_SHELVES = [None, *[{"id": "e"}] * 200, {"id": "f", "width": "wide"}]
"""The first is missing, and the last has a width that does not fit."""
ABC = '"a", "b", "c"'


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
    beside: Annotated[Shelf, strawberry.lazy(__name__)] | None = declared(
        Edge((BY_ID,), KeyColumns(BY_ID, ("id",)), ("id",)), "ALL"
    )
    everything: list[Annotated[Shelf, strawberry.lazy(__name__)]] | None = declared(
        Edge((LARGE,), KeyColumns(LARGE, ("id",)), ("id",)), "ALL"
    )
    row: list[Annotated[Shelf, strawberry.lazy(__name__)]] | None = declared(
        Edge((ROW,), KeyColumns(ROW, ("id",)), ("id",)), "ALL"
    )
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

    @property
    def has_invalid_values(self) -> bool:
        return False

    def bytes_read(self, fetch: Fetch) -> int:
        return len(orjson.dumps(list(SHELVES.values())))

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Mapping[Any, Any]:
        self.keys.append(list(keys))
        if fetch == LARGE:
            raise FetchOverLimit
        if fetch == ROW:
            return dict.fromkeys(keys, ROW_OF_SHELVES)
        return {key: SHELVES[str(key)] for key in keys}


@dataclass(frozen=True)
class Result:
    """The data of all shelves, the places of the nulls that each limit left, and the path of each such null."""

    data: Any
    errors: list[GraphQLError]
    over_row_limit: list[str]
    over_size_limit: list[str]
    state: ExecutionState
    keys: list[list[Hashable]]
    nulls: dict[str, str]


async def run(selection: str, *, ids: str = ABC, row_limit: int = 100, size_limit: int = 100_000) -> Result:
    """A selection on the shelves with these ids, by default on all."""
    schema = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=())
    document = DocumentCache(schema.graphql, Limits()).get(f"{{ shelves(ids: [{ids}]) {{ {selection} }} }}")
    prepared = Planner(schema, Limits()).prepare(document, document.operation(None), {})
    authorized = authorize(prepared, {"ALL": FakeGrant("ALL")}, dict[Hashable, FakeDenial](), deny_mask)
    loader = ShelfLoader()
    state = ExecutionState(prepared, authorized, loader, row_limit=row_limit, reply_size=ReplySize(size_limit))
    result = await execute(state)
    assert result.data is not None
    over_rows, over_size = (
        [".".join(path) for each in fields.values() for path in each.planned.null_paths]
        for fields in (state.fields_over_row_limit, state.fields_over_size_limit)
    )
    nulls = await explained_nulls(state, result.data)
    return Result(result.data["shelves"], result.errors or [], over_rows, over_size, state, loader.keys, nulls)
