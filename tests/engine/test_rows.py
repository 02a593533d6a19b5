"""Rows may be mappings or lists with a layout: each way of reading one gives the same of both."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError

from engine.authorization import authorize
from engine.declarations import Column, Computed, Edge, Embedded, Fetch, KeyColumns, Layout, Lookup, Read
from engine.document import DocumentCache
from engine.errors import UnguardedSchema
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.planner import Planner
from tests.engine.engine_harness import FakeDenial, FakeGrant, deny_mask
from tests.engine.small_schema import declared, edge_field, labels

COLUMNS = ("id", "name", "height", "pot", "bed", "row")
PLANTS: dict[Hashable, dict[str, Any]] = {
    "a": {"id": "a", "name": "Ash", "height": 3, "pot": "clay", "bed": 1, "row": 2},
    "b": {"id": "b", "name": "Box", "height": "tall", "pot": None, "bed": 1, "row": None},
    "c": {"id": "c", "name": None, "height": None, "pot": "tin", "bed": None, "row": 2},
}
BY_BED_AND_ROW: dict[Hashable, dict[str, Any]] = {(plant["bed"], plant["row"]): plant for plant in PLANTS.values()}
TEXT = """
{ plants(ids: ["a", "b", "x", "c", "a"]) {
    id height label loud pot { pot } whole { name twins { id } } twin { id label } twins { name pot { pot } }
} }
"""


@dataclass(eq=False)
class FakeFetch:
    name: str
    many: bool = False
    source: str = "garden"
    layout: Layout | None = None
    key_columns: tuple[str, ...] = ("id",)
    decides_visibility: bool = False

    def when_missing(self) -> Any:
        return [] if self.many else None


BY_ID, BY_PLACE, TWINS = FETCHES = FakeFetch("by_id"), FakeFetch("by_place"), FakeFetch("twins", many=True)


def column(name: str) -> Any:
    return declared(Read((name,), Column(name)), "GREEN")


def edge(fetch: FakeFetch, *via: str, know: str = "GREEN") -> Any:
    return declared(Edge((fetch,), KeyColumns(fetch, via), via, when_no_key=fetch.when_missing), know)


def lookup_ids(_row: Any, arguments: Any, _context: Any) -> list[Lookup]:
    return [Lookup(BY_ID, each) for each in arguments["ids"]]


@strawberry.type
class Pot:
    pot: str | None = column("pot")


@strawberry.type
class Clay:
    pot: str | None = column("pot")
    twins: list[Annotated[Plant, strawberry.lazy(__name__)]] | None = edge(TWINS, "id")


@strawberry.type
class Tin:
    height: int | None = column("height")


POTTED = Embedded("pot", {"clay": "Clay", "tin": "Tin"})


@strawberry.type
class Whole:
    name: str | None = column("name")
    twins: list[Annotated[Plant, strawberry.lazy(__name__)]] | None = edge(TWINS, "id")


@strawberry.type
class Plant:
    id: strawberry.ID | None = column("id")
    name: str | None = column("name")
    height: int | None = column("height")
    label: str | None = declared(Read(("name", "bed"), Computed(("name", "bed"), "{}/{}".format)), "GREEN")
    loud: str | None = declared(Read(("name",), lambda row: row["name"].upper()), "GREEN")
    pot: Pot | None = declared(Read(("pot",), Embedded("pot")), "GREEN")
    potted: Annotated[Clay | Tin, strawberry.union("Potted")] | None = declared(Read(("pot",), POTTED), "GREEN")
    whole: Whole | None = declared(Read((), Embedded()), "GREEN")
    twin: Annotated[Plant, strawberry.lazy(__name__)] | None = edge(BY_PLACE, "bed", "row")
    twins: list[Annotated[Plant, strawberry.lazy(__name__)]] | None = edge(TWINS, "id")
    dark: list[Annotated[Plant, strawberry.lazy(__name__)]] | None = edge(TWINS, "id", know="RED")


@strawberry.type
class Query:
    @edge_field(Edge((BY_ID,), lookup_ids), "GREEN")
    def plants(self, ids: list[strawberry.ID]) -> list[Plant | None]:
        raise AssertionError


@dataclass(frozen=True)
class PlantLoader:
    """Gives plants as mappings, or as lists with two cells before the columns; logs each batch."""

    layout: Layout | None
    log: list[tuple[str, list[Hashable]]] = field(default_factory=list)

    async def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> None:
        self.log.append((f"{fetch.name} prefetched", list(keys)))

    @property
    def has_invalid_values(self) -> bool:
        return False

    def bytes_read(self, fetch: Fetch) -> int:
        return 1_000

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Mapping[Any, Any]:
        self.log.append((fetch.name, list(keys)))
        if fetch is TWINS:
            return {key: [self.row(PLANTS[key]), self.row(PLANTS["c"])] for key in keys if key == "a"}
        plants = PLANTS if fetch is BY_ID else BY_BED_AND_ROW
        return {key: self.row(plants[key]) for key in keys if key in plants}

    def row(self, plant: dict[str, Any]) -> Any:
        return plant if self.layout is None else ["key", 7, *(plant[name] for name in self.layout)]


async def run(text: str, loader: PlantLoader) -> ExecutionResult:
    """The result if green fields are granted and red ones denied."""
    return (await run_counted(text, loader))[0]


async def run_counted(text: str, loader: PlantLoader) -> tuple[ExecutionResult, int]:
    """The same, and how often the slow path was taken."""
    schema = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=())
    document = DocumentCache(schema.graphql, Limits()).get(text)
    prepared = Planner(schema, Limits()).prepare(document, document.operation(None), {})
    authorized = authorize(prepared, {"GREEN": FakeGrant("GREEN")}, {"RED": FakeDenial("RED")}, deny_mask)
    state = ExecutionState(prepared, authorized, loader)
    return await execute(state), state.slow_paths


LAYOUTS = pytest.mark.parametrize(
    "layout", [None, {name: planned for planned, name in enumerate(COLUMNS, 2)}], ids=["mappings", "lists"]
)


@LAYOUTS
async def test_mapping_rows_and_list_rows_give_equal_results(
    layout: Layout | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for fetch in FETCHES:
        monkeypatch.setattr(fetch, "layout", layout)

    result = await run(TEXT, PlantLoader(layout))

    ash = {
        "id": "a",
        "height": 3,
        "label": "Ash/1",
        "loud": "ASH",
        "pot": {"pot": "clay"},
        "whole": {"name": "Ash", "twins": [{"id": "a"}, {"id": "c"}]},
        "twin": {"id": "a", "label": "Ash/1"},
        "twins": [{"name": "Ash", "pot": {"pot": "clay"}}, {"name": None, "pot": {"pot": "tin"}}],
    }
    box: dict[str, Any] = {
        "id": "b",
        "height": None,
        "label": "Box/1",
        "loud": "BOX",
        "pot": None,
        "whole": {"name": "Box", "twins": []},
        "twin": None,
        "twins": [],
    }
    nameless: dict[str, Any] = {
        "id": "c",
        "height": None,
        "label": "None/None",
        "loud": None,
        "pot": {"pot": "tin"},
        "whole": {"name": None, "twins": []},
        "twin": None,
        "twins": [],
    }
    assert result.data == {"plants": [ash, box, None, nameless, ash]}
    assert [(error.path, type(error.original_error)) for error in result.errors or ()] == [
        (["plants", 1, "height"], GraphQLError),
        (["plants", 3, "loud"], AttributeError),
    ]


@LAYOUTS
async def test_a_member_of_a_union_is_made_of_its_parent_s_row(
    layout: Layout | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for fetch in FETCHES:
        monkeypatch.setattr(fetch, "layout", layout)

    potted = "potted { __typename ... on Clay { pot twins { name } } ... on Tin { height } }"
    result, slow_paths = await run_counted(f'{{ plants(ids: ["a", "b", "c"]) {{ {potted} }} }}', PlantLoader(layout))

    clay = {"__typename": "Clay", "pot": "clay", "twins": [{"name": "Ash"}, {"name": None}]}
    assert result.data == {
        "plants": [{"potted": clay}, {"potted": None}, {"potted": {"__typename": "Tin", "height": None}}]
    }
    assert (result.errors, slow_paths) == (None, 0)


async def test_a_union_whose_row_names_no_member_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLANTS, "a", PLANTS["a"] | {"pot": "glass"})

    result = await run('{ plants(ids: ["a", "c"]) { potted { __typename } } }', PlantLoader(None))

    assert result.data == {"plants": [{"potted": None}, {"potted": {"__typename": "Tin"}}]}
    assert [error.path for error in result.errors or ()] == [["plants", 0, "potted"]]


async def test_all_fetches_of_an_edge_have_one_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    @strawberry.type
    class TwoLayouts:
        @edge_field(Edge((BY_ID, BY_PLACE), lookup_ids), "GREEN")
        def plants(self, ids: list[strawberry.ID]) -> list[Plant | None]:
            raise AssertionError

    monkeypatch.setattr(BY_PLACE, "layout", {})
    with pytest.raises(UnguardedSchema, match=r"^TwoLayouts\.plants has fetches whose rows are laid out differently$"):
        GuardedSchema(strawberry.Schema(TwoLayouts), labels=labels, open_fields=())


@pytest.mark.parametrize("decides_visibility", [True, False])
async def test_a_fetch_with_the_same_key_that_decides_visibility_is_prefetched(
    decides_visibility: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TWINS, "decides_visibility", decides_visibility)
    loader = PlantLoader(None)

    result = await run('{ plants(ids: ["a", "x", "a"]) { twins { name } } }', loader)

    ash = {"twins": [{"name": "Ash"}, {"name": None}]}
    assert result.data == {"plants": [ash, None, ash]}
    prefetched = [("twins prefetched", ["a", "x"])] if decides_visibility else []
    assert loader.log == [("by_id", ["a", "x"]), *prefetched, ("twins", ["a"])]


async def test_a_withheld_edge_is_not_prefetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TWINS, "decides_visibility", True)
    loader = PlantLoader(None)

    result = await run('{ plants(ids: ["a"]) { dark { name } } }', loader)

    assert result.data == {"plants": [{"dark": None}]}
    assert loader.log == [("by_id", ["a"])]


async def test_fields_inside_a_prefetched_field_join_the_rest_of_its_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TWINS, "decides_visibility", True)
    loader = PlantLoader(None)

    result = await run('{ plants(ids: ["a"]) { twin { id } twins { name twin { id } } } }', loader)

    twins = [{"name": "Ash", "twin": {"id": "a"}}, {"name": None, "twin": None}]
    assert result.data == {"plants": [{"twin": {"id": "a"}, "twins": twins}]}
    assert loader.log == [("by_id", ["a"]), ("twins prefetched", ["a"]), ("twins", ["a"]), ("by_place", [(1, 2)])]
