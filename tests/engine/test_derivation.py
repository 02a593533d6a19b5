"""Derived fields: made of fields that share guards and fetches with those selected beside them."""

from __future__ import annotations

from typing import Any

import pytest
import strawberry

from engine.declarations import Derived, Edge, Inputs, Lookup, Read
from engine.errors import FetchFailed, InvalidValue, UnguardedSchema
from engine.guarded_schema import GuardedSchema
from engine.limits import Limits
from tests.engine.engine_harness import Harness
from tests.engine.small_schema import BY_ID, OWNED, Book, Letter, Thing, column, declared, edge_field, know, labels


def digest(inputs: Inputs) -> dict[str, Any]:
    if inputs.values["name"] == "NAME:Bea":
        raise LookupError
    return {
        "seen": sorted(key for key, value in inputs.values.items() if value is not None),
        "failed": sorted(inputs.failed.values()),
        "denied": sorted(each.guard for each in inputs.denied),
        "faulty": sorted(str(path) for path in inputs.faulty),
    }


def known_things(inputs: Inputs) -> bool:
    """Whether there are things; no value if they are not known."""
    for source in inputs.failed.values():
        raise FetchFailed(source)
    for _ in inputs.faulty:
        raise InvalidValue("")
    return bool(inputs.values["things"])


def member(name: str) -> Any:
    return declared(Read((), lambda row: row[name]))


@strawberry.type
class Digest:
    seen: list[str] = member("seen")
    failed: list[str] = member("failed")
    denied: list[str] = member("denied")
    faulty: list[str] = member("faulty")


SELECTION = "{ name born pin things { title note } broken }"


def broken(_row: Any) -> Any:
    raise ValueError("a value of the source")


@strawberry.type(directives=know("NAME"))
class Subject:
    name: str | None = column("name")
    born: str | None = column("born", "NAME", "BORN")
    pin: str | None = column("pin", "PIN")
    broken: str | None = declared(Read(("name",), broken))
    things: list[Thing] | None = declared(
        Edge((OWNED,), lambda row, _arguments, _context: Lookup(OWNED, row.get("id")), ("id",), when_no_key=list),
        "THING",
    )
    digest: Digest | None = declared(Derived(SELECTION, digest))
    has_things: bool | None = declared(Derived("{ things { title } }", known_things))
    has_pin: bool | None = declared(
        Derived("{ pin things { title } }", lambda inputs: bool(inputs.values["pin"])), "PIN"
    )
    is_whole: bool | None = declared(Derived("{ broken things { title } }", known_things))


@strawberry.type
class Query:
    @edge_field(
        Edge(
            (BY_ID,),
            lambda _row, arguments, _context: [Lookup(BY_ID, each) for each in arguments["ids"]],
            list_size=lambda arguments: len(arguments["ids"]),
        ),
        "NAME",
    )
    def people(self, ids: list[strawberry.ID]) -> list[Subject | None]:
        raise AssertionError


@strawberry.type(directives=know("NAME"))
class Wrong:
    name: str | None = column("name")
    digest: Digest | None = declared(Derived("{ surname }", digest))


@strawberry.type
class WrongQuery:
    @edge_field(Edge((BY_ID,), lambda _row, arguments, _context: Lookup(BY_ID, arguments["id"])), "NAME")
    def person(self, id: strawberry.ID) -> Wrong | None: ...


OPEN = {"Digest.seen", "Digest.failed", "Digest.denied", "Digest.faulty"}

HOME = {"Home.street", "Home.tags", "Page.info"}


def schema(query: Any = Query) -> GuardedSchema:
    return GuardedSchema(strawberry.Schema(query, types=[Book, Letter]), labels=labels, open_fields=OPEN | HOME)


@pytest.fixture(scope="module")
def harness() -> Harness:
    return Harness(schema(), Limits())


DIGEST = "digest{seen failed denied}"


async def test_a_value_is_derived_from_fields_that_are_not_in_the_response(harness: Harness) -> None:
    outcome = await harness.execute(f'{{people(ids:["1"]){{{DIGEST}}}}}')

    assert outcome.data == {
        "people": [{"digest": {"seen": ["born", "name", "pin", "things"], "failed": [], "denied": []}}]
    }
    assert outcome.lookups == [("people.by_id", "1"), ("things.by_owner", "1")]


async def test_inputs_share_their_fetches_with_selected_fields(harness: Harness) -> None:
    outcome = await harness.execute(f'{{people(ids:["1"]){{a:{DIGEST} b:{DIGEST} things{{title}}}}}}')

    assert outcome.lookups == [("people.by_id", "1"), ("things.by_owner", "1")]
    assert outcome.data["people"][0]["a"] == outcome.data["people"][0]["b"]
    assert list(outcome.data["people"][0]) == ["a", "b", "things"]


async def test_a_denied_input_is_read_by_nothing_and_told_to_the_derivation(harness: Harness) -> None:
    outcome = await harness.execute(f'{{people(ids:["1"]){{{DIGEST}}}}}', denied=["PIN", "THING"])

    assert outcome.data["people"][0]["digest"] == {"seen": ["born", "name"], "failed": [], "denied": ["PIN", "THING"]}
    assert outcome.withheld == {}
    assert outcome.columns == {"people.by_id": ["born", "name"]}


async def test_a_denied_derived_field_reads_nothing(harness: Harness) -> None:
    outcome = await harness.execute(f'{{people(ids:["1"]){{{DIGEST}}}}}', denied=["NAME"])

    assert (outcome.data, outcome.lookups) == ({"people": [None]}, [])
    assert outcome.withheld == {"people.@": "NAME"}


async def test_the_inputs_of_a_denied_derived_field_are_in_no_response(harness: Harness) -> None:
    outcome = await harness.execute('{people(ids:["1"]){name hasPin}}', denied=["PIN"])

    assert outcome.data == {"people": [{"name": "NAME:Ada", "hasPin": None}]}
    assert outcome.nulls == {"people.0.hasPin": "PIN"}


async def test_a_failed_input_is_no_error_of_the_response(harness: Harness) -> None:
    outcome = await harness.execute(f'{{people(ids:["1"]){{{DIGEST}}}}}', unavailable=["things"])

    assert outcome.data["people"][0]["digest"]["failed"] == ["things"]
    assert (outcome.failed, outcome.errors) == ({}, [])


async def test_a_selected_field_keeps_its_own_failure(harness: Harness) -> None:
    outcome = await harness.execute(f'{{people(ids:["1"]){{{DIGEST} things{{title}}}}}}', unavailable=["things"])

    assert outcome.failed == {"people.@.things": "things"}


async def test_a_faulty_input_is_told_to_the_derivation_alone(harness: Harness) -> None:
    outcome = await harness.execute('{people(ids:["1"]){digest{faulty}}}')

    assert outcome.data == {"people": [{"digest": {"faulty": ["('broken',)"]}}]}
    assert outcome.errors == []


async def test_an_error_of_the_derivation_is_the_error_of_its_field(harness: Harness) -> None:
    outcome = await harness.execute(f'{{people(ids:["2","1"]){{{DIGEST}}}}}')

    assert [each["digest"] is None for each in outcome.data["people"]] == [True, False]
    assert len(outcome.errors) == 1


async def test_a_derived_leaf_is_a_value(harness: Harness) -> None:
    outcome = await harness.execute('{people(ids:["1","2"]){hasThings}}')

    assert outcome.data == {"people": [{"hasThings": True}, {"hasThings": False}]}
    assert outcome.slow_paths == 0


async def test_a_derived_field_may_fail_with_the_source_of_its_input(harness: Harness) -> None:
    outcome = await harness.execute('{people(ids:["1","2"]){name hasThings}}', unavailable=["things"])

    assert [each["hasThings"] for each in outcome.data["people"]] == [None, None]
    assert (outcome.failed, outcome.errors) == ({"people.@.hasThings": "things"}, [])
    assert outcome.nulls == {"people.0.hasThings": "things", "people.1.hasThings": "things"}


async def test_a_derived_field_may_have_no_value_because_of_an_invalid_one(harness: Harness) -> None:
    outcome = await harness.execute('{people(ids:["1"]){isWhole}}')

    assert outcome.data == {"people": [{"isWhole": None}]}
    assert outcome.errors == ["The value cannot be read."]


async def test_a_derived_field_over_the_row_limit_is_null_everywhere() -> None:
    harness = Harness(schema(), Limits())
    outcome = await harness.execute('{people(ids:["1","2"]){digest{seen}}}', row_limit=4)

    assert outcome.data == {"people": [{"digest": None}, {"digest": None}]}
    assert outcome.over_row_limit == {"people.@.digest"}


def test_a_derivation_from_an_unknown_field_does_not_build() -> None:
    with pytest.raises(UnguardedSchema, match=r"Wrong\.digest is derived from fields that its type does not have"):
        schema(WrongQuery)
