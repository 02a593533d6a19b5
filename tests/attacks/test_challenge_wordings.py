"""A challenge asked again in other words draws the same. Attack 38."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from graphql import is_input_object_type

from api.operation.challenges import HOUR_S
from schema.build import guarded_schema
from tests.argument_values import edges_of, literal, places
from tests.harness import INVESTIGATION, Response, World, running_app

QUERY = guarded_schema().graphql.type_map["Query"]


@dataclass(frozen=True)
class Base:
    """A search, the same search spelled otherwise, and the arguments that are index keys, with draws of their own."""

    field: str
    arguments: dict[str, Any]
    spellings: tuple[dict[str, Any], ...] = ()
    index_keys: frozenset[str] = frozenset()


def name(surname: str, **terms: Any) -> dict[str, Any]:
    return {"by": {"name": {"surname": surname, **terms}}}


def vehicle(**terms: Any) -> dict[str, Any]:
    return {"by": terms}


BASES = {
    "name": Base(
        "searchPersons",
        name("Castellanaro"),
        (name("CASTELLANARO "), name("Cástel-lanaro"), name("castelanaro"), name("Castellanaros")),
        frozenset({"given"}),
    ),
    "both names": Base(
        "searchPersons",
        name("Castellanaro", given="Michael"),
        (
            name("Michael", given="Castellanaro"),
            name("CASTELLANARO", given="M I C H A E L"),
            name("Castellanaro", given="Mikael"),
        ),
    ),
    "plate": Base(
        "searchVehicles",
        vehicle(plateStart="1NT"),
        (
            vehicle(plateStart="1n"),
            vehicle(plateStart="1 ntk"),
            vehicle(plateStart="1NTK011"),
            vehicle(plateStart="INTK011"),
        ),
        frozenset({"make", "vinStart", "vinEnd"}),
    ),
    "make": Base("searchVehicles", vehicle(make="TOYT"), index_keys=frozenset({"plateStart", "vinStart", "vinEnd"})),
    "journal": Base(
        "inquiries",
        {},
        ({"by": {}}, {"by": {"since": "0001-01-01T00:00:00Z", "until": "9999-01-01T00:00:00+01:00"}}),
        frozenset({"user", "agency", "record", "caseNumber"}),
    ),
}


def narrowings(base: Base, cursor: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each other argument of a search with several values, by its name. The arguments come from the schema."""
    yield "after", {**base.arguments, "after": cursor}
    arguments = QUERY.fields[base.field].args  # type: ignore[attr-defined]
    for argument, declared in arguments.items():
        given = base.arguments.get(argument, {})
        for place in places(declared.type, given):
            if not is_input_object_type(place.kind) and place.name not in str(given):
                for value in (*edges_of(place.kind)[:2], None):
                    yield place.name or argument, {**base.arguments, argument: place.put(value)}


@dataclass
class Draws:
    """A server whose clock stands still within one hour, and what it draws there."""

    world: World

    def set_hour(self, hour: int) -> None:
        challenges = replace(self.world.resources.challenges, clock=lambda: float(hour * HOUR_S))
        self.world.reconfigure(challenges=challenges)

    async def is_challenged(self, field: str, arguments: dict[str, Any]) -> bool | None:
        """Whether a search is challenged; None if it is not a search."""
        response = await self._search(field, arguments, "total")
        if "BAD_INPUT" in response.codes:
            return None
        assert set(response.codes) <= {"STEP_UP_REQUIRED"}
        return any("ATTENTION" in error["extensions"]["needs"] for error in response.errors)

    async def find_hour(self, base: Base, *, drawn: bool) -> None:
        """Set the clock to an hour in which a search is drawn, or is not."""
        for hour in range(100):
            self.set_hour(hour)
            if await self.is_challenged(base.field, base.arguments) is drawn:
                return
        raise AssertionError

    async def cursor(self, base: Base) -> str:
        """The cursor of the first hit, from an hour in which the search is not drawn."""
        await self.find_hour(base, drawn=False)
        response = await self._search(base.field, {**base.arguments, "first": 1}, "pageInfo { endCursor }")
        return str(response.data[base.field]["pageInfo"]["endCursor"])

    async def _search(self, field: str, arguments: dict[str, Any], selection: str) -> Response:
        given = QUERY.fields[field].args  # type: ignore[attr-defined]
        text = ", ".join(f"{name}: {literal(value, given[name].type)}" for name, value in arguments.items())
        document = f"query {INVESTIGATION} {{ {field}{f'({text})' if text else ''} {{ {selection} }} }}"
        return await self.world.execute(document, role="records")


@pytest.fixture
async def draws(data: Path) -> AsyncIterator[Draws]:
    async with running_app(data, challenge_one_in=2) as world:
        yield Draws(world)


@pytest.mark.attack(38)
@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
async def test_no_argument_and_no_spelling_lifts_a_challenge(draws: Draws, base: Base) -> None:
    cursor = await draws.cursor(base)
    await draws.find_hour(base, drawn=True)
    spelled = [await draws.is_challenged(base.field, each) for each in base.spellings]
    narrowed: dict[str, set[bool | None]] = {}
    for added, arguments in narrowings(base, cursor):
        narrowed.setdefault(added, set()).add(await draws.is_challenged(base.field, arguments))

    assert spelled == [True] * len(base.spellings)
    # An argument of which no value is accepted has no case here.
    assert {added: found - {None} for added, found in narrowed.items()} == {added: {True} for added in narrowed}


@pytest.mark.attack(38)
@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
async def test_no_argument_but_an_index_key_has_its_own_draw(draws: Draws, base: Base) -> None:
    cursor = await draws.cursor(base)
    await draws.find_hour(base, drawn=False)
    spelled = [await draws.is_challenged(base.field, each) for each in base.spellings]
    narrowed = [
        (added, await draws.is_challenged(base.field, arguments))
        for added, arguments in narrowings(base, cursor)
        if added not in base.index_keys
    ]

    assert spelled == [False] * len(base.spellings)
    assert [added for added, is_challenged in narrowed if is_challenged] == []


@pytest.mark.attack(38)
@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
async def test_each_index_key_of_a_search_is_drawn(draws: Draws, base: Base) -> None:
    """Were they not, every search would be free that names another one beside it."""
    cursor = await draws.cursor(base)
    found: set[str] = set()
    hours = iter(range(100))
    while found < base.index_keys:
        draws.set_hour(next(hours))
        if not await draws.is_challenged(base.field, base.arguments):
            for added, arguments in narrowings(base, cursor):
                if added in base.index_keys and await draws.is_challenged(base.field, arguments):
                    found.add(added)

    assert found == base.index_keys
