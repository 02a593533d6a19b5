"""A row may be a mapping or a list with a layout: every way of reading one gives the same of both."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLError

from engine.authorization import authorize
from engine.declarations import METADATA, Column, Computed, Edge, Embedded, Fetch, KeyColumns, Layout, Lookup, Read
from engine.document import DocumentCache
from engine.errors import UnguardedSchema
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from engine.planner import Planner
from tests.engine.harness import Leave, refusal
from tests.engine.small_schema import declared, know, labels

COLUMNS = ("id", "name", "height", "pot", "bed", "row")
PLANTS: dict[Hashable, dict[str, Any]] = {
    "a": {"id": "a", "name": "Ash", "height": 3, "pot": "clay", "bed": 1, "row": 2},
    "b": {"id": "b", "name": "Box", "height": "tall", "pot": None, "bed": 1, "row": None},
    "c": {"id": "c", "name": None, "height": None, "pot": "tin", "bed": None, "row": 2},
}
PLACES = {(plant["bed"], plant["row"]): plant for plant in PLANTS.values()}
TEXT = """
{ plants(ids: ["a", "b", "x", "c", "a"]) {
    id height label loud pot { pot } whole { name twins { id } } twin { id label } twins { name pot { pot } }
} }
"""


@dataclass(eq=False)
class Way:
    name: str
    many: bool = False
    source: str = "garden"
    layout: Layout | None = None
    key_columns: tuple[str, ...] = ("id",)
    decides_visibility: bool = False

    def when_missing(self) -> Any:
        return [] if self.many else None


BY_ID, BY_PLACE, TWINS = WAYS = Way("by_id"), Way("by_place"), Way("twins", many=True)


def column(name: str) -> Any:
    return declared(Read((name,), Column(name)), "GREEN")


def edge(fetch: Way, *via: str, know: str = "GREEN") -> Any:
    return declared(Edge((fetch,), KeyColumns(fetch, via), via, when_no_key=fetch.when_missing), know)


def ask(_row: Any, given: Any, _context: Any) -> list[Lookup]:
    return [Lookup(BY_ID, each) for each in given["ids"]]


@strawberry.type
class Pot:
    pot: str | None = column("pot")


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
    whole: Whole | None = declared(Read((), Embedded()), "GREEN")
    twin: Annotated[Plant, strawberry.lazy(__name__)] | None = edge(BY_PLACE, "bed", "row")
    twins: list[Annotated[Plant, strawberry.lazy(__name__)]] | None = edge(TWINS, "id")
    dark: list[Annotated[Plant, strawberry.lazy(__name__)]] | None = edge(TWINS, "id", know="RED")


@strawberry.type
class Query:
    @strawberry.field(directives=know("GREEN"), metadata={METADATA: Edge((BY_ID,), ask)})
    def plants(self, ids: list[strawberry.ID]) -> list[Plant | None]: ...


@dataclass(frozen=True)
class Garden:
    """Gives its plants as mappings, or as lists with two things before the columns."""

    layout: Layout | None
    asked: list[tuple[str, list[Hashable]]] = field(default_factory=list)

    async def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> None:
        self.asked.append((f"{fetch.name} ahead", list(keys)))

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Mapping[Any, Any]:
        self.asked.append((fetch.name, list(keys)))
        if fetch is TWINS:
            return {key: [self.row(PLANTS[key]), self.row(PLANTS["c"])] for key in keys if key == "a"}
        found = PLANTS if fetch is BY_ID else PLACES
        return {key: self.row(found[key]) for key in keys if key in found}

    def row(self, plant: dict[str, Any]) -> Any:
        return plant if self.layout is None else ["mark", 7, *(plant[name] for name in self.layout)]


@pytest.mark.parametrize(
    "layout", [None, {name: place for place, name in enumerate(COLUMNS, 2)}], ids=["named", "laid"]
)
async def test_a_row_is_read_alike_however_its_source_gave_it(
    layout: Layout | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for way in WAYS:
        monkeypatch.setattr(way, "layout", layout)
    blueprint = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=())
    document = DocumentCache(blueprint.graphql, Limits()).get(TEXT)
    prepared = Planner(blueprint, Limits()).prepare(document, document.operation(None), {})
    ruling = authorize(prepared, {"GREEN": Leave("GREEN")}, {}, refusal)

    answer = await execute(ExecutionState(prepared, ruling, Garden(layout)))

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
    box = {
        "id": "b",
        "height": None,
        "label": "Box/1",
        "loud": "BOX",
        "pot": None,
        "whole": {"name": "Box", "twins": []},
        "twin": None,
        "twins": [],
    }
    nameless = {
        "id": "c",
        "height": None,
        "label": "None/None",
        "loud": None,
        "pot": {"pot": "tin"},
        "whole": {"name": None, "twins": []},
        "twin": None,
        "twins": [],
    }
    assert answer.data == {"plants": [ash, box, None, nameless, ash]}
    assert [(error.path, type(error.original_error)) for error in answer.errors or ()] == [
        (["plants", 1, "height"], GraphQLError),
        (["plants", 3, "loud"], AttributeError),
    ]


async def test_the_rows_of_one_edge_are_laid_out_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    @strawberry.type
    class Asks:
        @strawberry.field(directives=know("GREEN"), metadata={METADATA: Edge((BY_ID, BY_PLACE), ask)})
        def plants(self, ids: list[strawberry.ID]) -> list[Plant | None]: ...

    monkeypatch.setattr(BY_PLACE, "layout", {})
    with pytest.raises(UnguardedSchema, match=r"^Asks\.plants has fetches whose rows are laid out differently$"):
        GuardedSchema(strawberry.Schema(Asks), labels=labels, open_fields=())


@pytest.mark.parametrize("decides_visibility", [True, False])
async def test_what_is_known_by_the_same_key_is_asked_beside_it_where_its_own_statement_decides(
    decides_visibility: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TWINS, "decides_visibility", decides_visibility)
    blueprint = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=())
    document = DocumentCache(blueprint.graphql, Limits()).get('{ plants(ids: ["a", "x", "a"]) { twins { name } } }')
    prepared = Planner(blueprint, Limits()).prepare(document, document.operation(None), {})
    garden = Garden(None)
    ruling = authorize(prepared, {"GREEN": Leave("GREEN")}, {}, refusal)

    answer = await execute(ExecutionState(prepared, ruling, garden))

    ash = {"twins": [{"name": "Ash"}, {"name": None}]}
    assert answer.data == {"plants": [ash, None, ash]}
    beside = [("twins ahead", ["a", "x"])] if decides_visibility else []
    assert garden.asked == [("by_id", ["a", "x"]), *beside, ("twins", ["a"])]


async def test_what_is_withheld_is_not_asked_beside_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TWINS, "decides_visibility", True)
    blueprint = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=())
    document = DocumentCache(blueprint.graphql, Limits()).get('{ plants(ids: ["a"]) { dark { name } } }')
    prepared = Planner(blueprint, Limits()).prepare(document, document.operation(None), {})
    garden = Garden(None)
    ruling = authorize(prepared, {"GREEN": Leave("GREEN")}, {"RED": refusal(Leave("RED"))}, refusal)

    assert (await execute(ExecutionState(prepared, ruling, garden))).data == {"plants": [{"dark": None}]}
    assert garden.asked == [("by_id", ["a"])]


async def test_what_is_inside_what_was_asked_ahead_goes_with_the_rest_of_its_level(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TWINS, "decides_visibility", True)
    blueprint = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=())
    document = DocumentCache(blueprint.graphql, Limits()).get(
        '{ plants(ids: ["a"]) { twin { id } twins { name twin { id } } } }'
    )
    prepared = Planner(blueprint, Limits()).prepare(document, document.operation(None), {})
    garden = Garden(None)
    ruling = authorize(prepared, {"GREEN": Leave("GREEN")}, {}, refusal)

    answer = await execute(ExecutionState(prepared, ruling, garden))

    twins = [{"name": "Ash", "twin": {"id": "a"}}, {"name": None, "twin": None}]
    assert answer.data == {"plants": [{"twin": {"id": "a"}, "twins": twins}]}
    assert garden.asked == [("by_id", ["a"]), ("twins ahead", ["a"]), ("twins", ["a"]), ("by_place", [(1, 2)])]
