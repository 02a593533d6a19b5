"""Whatever is asked and whatever is granted: no column and no value without the grants that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.guarded_schema import GuardedSchema
from engine.plan import PlannedField, TypePath
from tests.engine.comparison import LIMITS
from tests.engine.document_generator import DocumentGenerator
from tests.engine.harness import Desk
from tests.engine.small_schema import GUARDS

NEEDED = {
    "name": {"NAME"},
    "total": {"NAME"},
    "owner": {"NAME"},
    "sender": {"NAME"},
    "born": {"NAME", "BORN"},
    "pin": {"PIN"},
    "street": {"HOME"},
    "tags": {"HOME"},
    "title": {"THING"},
    "pages": {"THING"},
    "note": {"NOTE"},
    "text": {"PRIVATE"},
}
"""The guards of each column, whichever field reads it. `id` is read as a key too, by the grant of what it leads to."""

ARGUMENTS = {
    "Query.person": ['(id:"1")', '(id:"2")', '(id:"7")'],
    "Query.people": ['(ids:["1","7"])'],
    "Query.thing": ['(id:"b")', '(id:"l")'],
    "Query.search": ['(text:"x")', '(pin:"1")'],
    "Person.alike": ['(text:"x")', '(pin:"1")'],
}


def words(value: Any) -> Iterator[str]:
    """Every word in an answer."""
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from words(each)


def at(value: Any, path: tuple[str, ...]) -> list[Any]:
    """What an answer has at a path, for every index where the path has "@"; nothing where a parent is null."""
    if not path or value is None:
        return [value]
    inside = value if path[0] == "@" else [value[path[0]]] if path[0] in value else []
    return [found for each in inside for found in at(each, path[1:])]


@pytest.fixture(scope="session")
def wide(blueprint: GuardedSchema) -> Desk:
    """A desk that takes a document of any size."""
    return Desk(blueprint, LIMITS)


def is_within(place: PlannedField, refused: Mapping[TypePath, PlannedField]) -> bool:
    return any(place.type_path[:length] in refused for length in range(1, len(place.type_path) + 1))


@settings(max_examples=150, deadline=None)
@given(
    random=st.randoms(use_true_random=True),
    without=st.sets(st.sampled_from(sorted(GUARDS))),
    masked=st.sets(st.sampled_from(sorted(GUARDS))),
    silent=st.sampled_from([(), (), (), ("people",), ("things",)]),
    yes=st.booleans(),
)
async def test_nothing_comes_without_its_grants(
    blueprint: GuardedSchema,
    wide: Desk,
    random: Random,
    without: set[str],
    masked: set[str],
    silent: tuple[str, ...],
    yes: bool,
) -> None:
    text = DocumentGenerator(blueprint, random, ARGUMENTS).write({"$yes": "Boolean!"})

    answer = await wide.ask(text, variables={"yes": yes}, without=without, masked=masked, silent=silent)

    assert answer.broken == []
    for columns in answer.ruling.columns.values():
        for name, is_masked in columns:
            assert not NEEDED.get(name, set()) & without
            assert is_masked or not NEEDED.get(name, set()) & masked
    for word in words(answer.data):
        guard, colon, _ = word.partition(":")
        assert not colon or guard not in without | masked
    if "PIN" in without | masked:
        assert "people.by_pin" not in dict(answer.asked)
    refused = {place.type_path: place for place, _ in answer.ruling.withheld}
    # A field of an interface may be refused of one type and shown of another.
    shown = {
        null for place in answer.prepared.plan.all_fields if not is_within(place, refused) for null in place.null_paths
    }
    for place in refused.values():
        for null in set(place.null_paths) - shown:
            # A page cannot be null; one of which nothing is asked has no field to be null either.
            assert all(found in (None, {}, {"__typename": "Page"}) for found in at(answer.data, null))
