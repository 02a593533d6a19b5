"""Whatever is asked and whatever is granted: no column and no value without the grants that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from graphql import GraphQLObjectType
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.blueprint import Blueprint
from tests.engine.archive import GUARDS
from tests.engine.desk import Desk

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
CONDITIONS = ["", "", "", "@include(if:$yes)", "@skip(if:$yes)"]


class Author:
    """Writes valid documents: any fields under aliases of their own, in fragments on what a type may be."""

    def __init__(self, blueprint: Blueprint, data: st.DataObject) -> None:
        self.blueprint = blueprint
        self.data = data
        self.numbers = count()

    def write(self) -> str:
        root = self.blueprint.graphql.query_type
        assert root is not None
        return f"query($yes:Boolean!){{__typename @include(if:$yes) {self.fields(root, 4)}}}"

    def draw(self, choices: Sequence[str]) -> str:
        return self.data.draw(st.sampled_from(choices))

    def fields(self, parent: GraphQLObjectType, depth: int) -> str:
        names = self.data.draw(st.lists(st.sampled_from(sorted(parent.fields)), min_size=1, max_size=4))
        return " ".join(self.field(parent, name, depth) for name in names)

    def field(self, parent: GraphQLObjectType, name: str, depth: int) -> str:
        inside = ""
        if members := self.blueprint.concrete(parent.fields[name].type):
            parts = [f"...on {member.name}{{{self.fields(member, depth - 1)}}}" for member in members if depth]
            inside = "{__typename " + " ".join(parts) + "}"
        arguments = self.draw(ARGUMENTS.get(f"{parent.name}.{name}", [""]))
        return f"a{next(self.numbers)}:{name}{arguments}{self.draw(CONDITIONS)}{inside}"


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


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    without=st.sets(st.sampled_from(sorted(GUARDS))),
    masked=st.sets(st.sampled_from(sorted(GUARDS))),
    silent=st.sampled_from([(), (), (), ("people",), ("things",)]),
    yes=st.booleans(),
)
async def test_nothing_comes_without_its_grants(
    blueprint: Blueprint,
    desk: Desk,
    data: st.DataObject,
    without: set[str],
    masked: set[str],
    silent: tuple[str, ...],
    yes: bool,
) -> None:
    text = Author(blueprint, data).write()

    answer = await desk.ask(text, variables={"yes": yes}, without=without, masked=masked, silent=silent)

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
    for place, _ in answer.ruling.withheld:
        for null in place.nulls:
            # A page cannot be null; one of which nothing else is asked has no field to be null either.
            assert all(found in (None, {"__typename": "Page"}) for found in at(answer.data, null))
