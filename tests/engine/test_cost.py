"""The cost of an operation: each field once for each row that it is read from, known before execution."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import TooComplex
from tests.engine.engine_harness import Harness

# In the small schema: a page of as many as `first` says, three friends, one owner, three things of two kinds, three
# tags.
COSTS = {
    "{me{name}}": 2,
    "{person(id:1){id}}": 2,
    "{person(id:1){id name home{street tags}}}": 6 + 3,
    "{person(id:1){home{a:tags b:tags}}}": 2 + 2 * (1 + 3),
    "{person(id:1){a:id b:id}}": 3,
    "{person(id:1){id id ...f ...f}} fragment f on Person{id}": 2,
    "{person(id:1){friends{id name}}}": 2 + 3 * 2,
    "{person(id:1){friends{friends{friends{id}}}}}": 2 + 3 + 9 + 27,
    "{people(ids:[1]){id}}": 2,
    "{people(ids:[]){id}}": 1,
    "{people(ids:[1,1,1,2]){id friends{name}}}": 1 + 4 * (2 + 3),
    "{a:people(ids:[1,2]){id} b:people(ids:[1,2,3]){id}}": 1 + 2 + 1 + 3,
    # Fields of a page and of its hits count once for each hit.
    "{search(first:10){total people{id}}}": 1 + 10 * 3,
    "{search(first:1000000000){total people{friends{id}}}}": 1 + 10**9 * 6,
    "{search(first:-5){total}}": 1,
    "{people(ids:[1,2]){alike(first:10){people{friends{id}}}}}": 1 + 2 * (1 + 10 * (2 + 3)),
    "{person(id:1){friends{alike(first:10){total}}}}": 2 + 3 * (1 + 10),
    # The fields of things count for each possible type, as planned fields do.
    "{person(id:1){things{title}}}": 2 + 3 * 2,
    "{person(id:1){finds{... on Book{pages owner{id}}... on Letter{text}}}}": 2 + 3 * 4,
}


@pytest.mark.parametrize(("text", "cost"), COSTS.items(), ids=COSTS)
def test_a_field_costs_once_for_each_row_that_it_is_read_from(
    harness_with: Callable[..., Harness], text: str, cost: int
) -> None:
    assert harness_with(cost=10**12).prepare(text).cost == cost


def test_the_cost_depends_on_the_variables_of_the_request(harness: Harness) -> None:
    text = "query($ids:[ID!]!,$first:Int=2){people(ids:$ids){id} search(first:$first){total}}"

    few, many = harness.prepare(text, {"ids": ["1"]}), harness.prepare(text, {"ids": ["1"] * 1_000, "first": 90})
    assert few.plan is many.plan
    assert (few.cost, many.cost) == (1 + 1 + 1 + 2, 1 + 1_000 + 1 + 90)


def test_an_operation_over_the_cost_is_refused_at_its_dearest_root(
    harness_with: Callable[..., Harness],
) -> None:
    text = "query($ids:[ID!]!){\n  me{name}\n  people(ids:$ids){id name}\n  search(first:5){total}\n}"
    harness = harness_with(cost=2 + 1 + 20 + 1 + 5)

    assert harness.prepare(text, {"ids": ["1"] * 10}).cost == 29
    with pytest.raises(TooComplex) as refused:
        harness.prepare(text, {"ids": ["1"] * 11})

    (fault,) = refused.value.faults
    assert (fault.message, fault.locations) == (
        "The operation costs more than the limit. Request fewer records or fields.",
        ((3, 3),),
    )


def test_a_list_without_a_size_has_the_assumed_size(harness_with: Callable[..., Harness]) -> None:
    assert harness_with(assumed_list_size=20).prepare("{person(id:1){friends{id}}}").cost == 2 + 20
