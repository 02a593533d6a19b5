"""For any operation and any grants: no column and no value comes without the grants that it needs."""

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
from tests.engine.engine_harness import Harness, Outcome
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
"""The guards of each column, whichever field reads it. `id` is also read as a key, by the grant of the edge."""

ARGUMENTS = {
    "Query.person": ['(id:"1")', '(id:"2")', '(id:"7")'],
    "Query.people": ['(ids:["1","7"])'],
    "Query.thing": ['(id:"b")', '(id:"l")'],
    "Query.search": ['(text:"x")', '(pin:"1")'],
    "Person.alike": ['(text:"x")', '(pin:"1")'],
}


def words(value: Any) -> Iterator[str]:
    """All words of the strings in a response."""
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from words(each)


def at(value: Any, path: tuple[str, ...]) -> list[Any]:
    """The values of a response at a path, for every index if it has "@"; the null of a parent that is null."""
    if not path or value is None:
        return [value]
    children = value if path[0] == "@" else [value[path[0]]] if path[0] in value else []
    return [found for each in children for found in at(each, path[1:])]


def null_paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of each null in a response."""
    if value is None:
        yield path
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from null_paths(each, (*path, str(key)))


def has_value(value: Any, path: tuple[str, ...]) -> bool:
    """Whether a response has a value at a path."""
    for step in path:
        if isinstance(value, list) and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value is not None


def bare_places(outcome: Outcome) -> set[str]:
    """The places in pages in which nothing is granted, and nothing that could be is selected."""
    edges, withheld = outcome.authorized.ungranted_edges, [each.type_path for each, _ in outcome.authorized.withheld]
    return {
        ".".join(each.path)
        for each in outcome.prepared.plan.all_fields
        if any(each.type_path[:length] in edges for length in range(1, len(each.type_path) + 1))
        and not any(path[: len(each.type_path)] == each.type_path for path in withheld)
    }


@pytest.fixture(scope="session")
def large_harness(guarded_schema: GuardedSchema) -> Harness:
    """A harness that accepts a document of any size."""
    return Harness(guarded_schema, LIMITS)


def is_within(planned: PlannedField, withheld: Mapping[TypePath, PlannedField]) -> bool:
    return any(planned.type_path[:length] in withheld for length in range(1, len(planned.type_path) + 1))


@settings(max_examples=150, deadline=None)
@given(
    random=st.randoms(use_true_random=True),
    denied=st.sets(st.sampled_from(sorted(GUARDS))),
    masked=st.sets(st.sampled_from(sorted(GUARDS))),
    unavailable=st.sampled_from([(), (), (), ("people",), ("things",)]),
    yes=st.booleans(),
)
async def test_no_column_and_no_value_comes_without_its_grants(
    guarded_schema: GuardedSchema,
    large_harness: Harness,
    random: Random,
    denied: set[str],
    masked: set[str],
    unavailable: tuple[str, ...],
    yes: bool,
) -> None:
    text = DocumentGenerator(guarded_schema, random, ARGUMENTS).generate({"$yes": "Boolean!"})

    outcome = await large_harness.execute(
        text, variables={"yes": yes}, denied=denied, masked=masked, unavailable=unavailable
    )

    assert outcome.errors == []
    for columns in outcome.authorized.columns.values():
        for name, is_masked in columns:
            assert not NEEDED.get(name, set()) & denied
            assert is_masked or not NEEDED.get(name, set()) & masked
    for word in words(outcome.data):
        guard, colon, _ = word.partition(":")
        assert not colon or guard not in denied | masked
    if "PIN" in denied | masked:
        assert "people.by_pin" not in dict(outcome.lookups)
    withheld = {planned.type_path: planned for planned, _ in outcome.authorized.withheld}
    # A field of an interface may be withheld for one type and visible for another.
    shown = {
        null
        for planned in outcome.prepared.plan.all_fields
        if not is_within(planned, withheld)
        for null in planned.null_paths
    }
    for planned in withheld.values():
        for null in set(planned.null_paths) - shown:
            # A page cannot be null; one without selected fields has no null either.
            assert all(found in (None, {}, {"__typename": "Page"}) for found in at(outcome.data, null))
    # Each null that nothing but a denial or a failure leaves is explained, and each null that is explained is there.
    # A page of which only the type is asked for has nothing to explain it by.
    whole = await large_harness.execute(text, variables={"yes": yes}, masked=masked)
    nulls = {".".join(path): path for path in null_paths(outcome.data)}
    lost = {null: path for null, path in nulls.items() if has_value(whole.data, path) and null not in outcome.nulls}
    assert {".".join("@" if step.isdigit() else step for step in path) for path in lost.values()} <= bare_places(
        outcome
    )
    assert outcome.nulls.keys() <= nulls.keys()
    assert set(outcome.nulls.values()) <= {*denied, *masked, *unavailable}
