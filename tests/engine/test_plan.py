"""Plans: merged, spread, with conditions evaluated, bounded and shared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import InvalidVariables, TooComplex
from engine.plan import Plan, PlannedField
from tests.engine.engine_harness import Harness


def coordinates(plan: Plan) -> list[str]:
    return [planned.spec.coordinate for planned in plan.all_fields]


def paths(plan: Plan) -> list[str]:
    return [".".join(null) for planned in plan.all_fields for null in planned.null_paths]


def test_selections_of_one_key_are_one_planned_field(harness: Harness) -> None:
    plan = harness.prepare("{person(id:1){id ...f} ...on Query{person(id:1){name id}}} fragment f on Person{pin}").plan

    assert coordinates(plan) == ["Query.person", "Person.id", "Person.pin", "Person.name"]


def test_an_interface_field_is_planned_for_each_possible_type(harness: Harness) -> None:
    plan = harness.prepare("{thing(id:1){note ...on Book{pages} ...f}} fragment f on Letter{text}").plan

    assert coordinates(plan) == ["Query.thing", "Book.note", "Book.pages", "Letter.note", "Letter.text"]


def test_null_paths_are_those_of_the_response(harness: Harness) -> None:
    plan = harness.prepare(
        "{search{total people{a:name home{tags}}} people(ids:[1]){id friends{id}} none:search{__typename}}"
    ).plan

    assert paths(plan) == [
        *("search.total", "search.people"),  # a page cannot be null, so its fields are
        *("search.total", "search.people", "search.people.@.a", "search.people.@.home", "search.people.@.home.tags"),
        *("people.@", "people.@.id", "people.@.friends", "people.@.friends.@.id"),
        "none",
    ]


def test_a_plan_lists_the_guards_of_all_its_fields(harness: Harness) -> None:
    assert harness.prepare("{person(id:1){born home{street}}}").plan.guards == ("NAME", "BORN", "HOME")


@pytest.mark.parametrize(
    ("text", "touches"),
    [
        ("{me{name}}", False),
        ("{__typename __schema{types{name}}}", False),
        ("{search{__typename}}", True),
        ("{person(id:1){__typename}}", True),
    ],
)
def test_guarded_fields_and_edges_touch_records(harness: Harness, text: str, touches: bool) -> None:
    assert harness.prepare(text).plan.touches_records is touches


@pytest.mark.parametrize(
    ("selection", "variables", "planned"),
    [
        ("pin @include(if:$v)", {"v": False}, False),
        ("pin @include(if:$v)", {"v": True}, True),
        ("pin @skip(if:$v)", {"v": True}, False),
        ("pin @skip(if:$d)", {"v": True}, False),
        ("pin @skip(if:$d)", {"v": True, "d": False}, True),
        ("pin @include(if:false)", {"v": True}, False),
        ("pin @skip(if:false) @include(if:true)", {"v": True}, True),
        ("pin @skip(if:$v) @include(if:$v)", {"v": True}, False),
        ("...@include(if:$v){pin}", {"v": False}, False),
        ("...on Person@skip(if:$v){pin}", {"v": False}, True),
        ("...f@include(if:$v)", {"v": False}, False),
        ("...f@include(if:$v) ...f", {"v": False}, True),
        ("pin pin @skip(if:$v)", {"v": True}, True),
    ],
)
def test_conditions_are_evaluated_before_planning(
    harness: Harness, selection: str, variables: dict[str, bool], planned: bool
) -> None:
    text = "query($v:Boolean! $d:Boolean=true){person(id:1){id %s ...@include(if:$v){id} ...@include(if:$d){id} ...g}}"
    plan = harness.prepare(
        f"{text % selection} fragment f on Person{{pin}} fragment g on Person{{...f@skip(if:true)}}", variables
    ).plan

    assert ("Person.pin" in coordinates(plan)) is planned
    assert ("PIN" in plan.guards) is planned


def test_there_is_one_plan_for_each_combination_of_conditions(harness: Harness) -> None:
    text = "query A($v:Boolean! $id:ID!){person(id:$id){id name @include(if:$v)}} query B{me{name}}"

    def plan(v: bool, id: int, operation: str = "A") -> Plan:
        return harness.prepare(text, {"v": v, "id": id}, operation).plan

    assert plan(True, 1) is plan(True, 2)
    assert plan(False, 1) is plan(False, 2)
    assert plan(True, 1) is not plan(False, 1)
    assert plan(True, 1, "B") is plan(False, 2, "B")


def test_another_operation_may_reuse_a_condition_variable_s_name(harness: Harness) -> None:
    text = "query A($v:Boolean!){me{name @include(if:$v)}} query B($v:[ID!]!){people(ids:$v){id}}"

    assert coordinates(harness.prepare(text, {"v": ["1"]}, "B").plan) == ["Query.people", "Person.id"]


def test_the_least_recently_used_plan_is_evicted_first(harness_with: Callable[..., Harness]) -> None:
    harness = harness_with(cached=2)
    texts = ["{me{name}}", "{me{a:name}}", "{me{b:name}}"]
    first = harness.prepare(texts[0]).plan
    second = harness.prepare(texts[1]).plan
    assert harness.prepare(texts[0]).plan is first

    harness.prepare(texts[2])

    assert harness.prepare(texts[0]).plan is first
    assert harness.prepare(texts[1]).plan is not second


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query($v:ID!){person(id:$v){id}}", {}),
        ("query($v:ID!){person(id:$v){id}}", {"v": None}),
        ("query($v:ID!){person(id:$v){id}}", {"v": ["S123456789"]}),
        ("query($v:[ID!]!){people(ids:$v){id}}", {"v": {"S123456789": 1}}),
        ("query($v:Boolean!){person(id:1){id @include(if:$v)}}", {"v": "S123456789"}),
        ("query($v:Boolean=true){person(id:1){id @include(if:$v)}}", {"v": None}),
        ('query($v:ID="1"){person(id:$v){id}}', {"v": None}),
        ('query($v:String=""){person(id:1){alike(text:$v){total}}}', {"v": None}),
        ('query($v:ID="1"){people(ids:[$v]){id}}', {"v": None}),
        ('query($v:String="Person"){__type(name:$v){name}}', {"v": None}),
        ('query($v:Boolean=true){__type(name:"Book"){...f}} fragment f on __Type{name @skip(if:$v)}', {"v": None}),
    ],
)
def test_the_refusal_of_variables_repeats_no_value(harness: Harness, text: str, variables: dict[str, object]) -> None:
    with pytest.raises(InvalidVariables) as refused:
        harness.prepare(text, variables)

    assert refused.value.faults[0].locations
    assert "S123456789" not in str(refused.value.faults)


def test_introspection_accepts_a_null_variable_in_a_nullable_position(harness: Harness) -> None:
    text = 'query($v:String="1"){__type(name:"Book"){name} search(pin:$v){total}}'

    assert harness.prepare(text, {"v": None}).plan.non_null_variables == ()


@pytest.mark.parametrize(
    ("limits", "small", "large"),
    [
        ({"fields": 3}, "{me{a:name b:name}}", "{me{a:name b:name c:name}}"),
        ({"fields": 3}, "{thing(id:1){title}}", "{thing(id:1){title note}}"),
        (
            {"depth": 4},
            "{person(id:1){...f}} fragment f on Person{friends{friends{id}}}",
            "{person(id:1){...f}} fragment f on Person{friends{friends{friends{id}}}}",
        ),
    ],
)
def test_a_plan_over_a_limit_is_refused_and_one_within_it_is_not(
    harness_with: Callable[..., Harness], limits: dict[str, int], small: str, large: str
) -> None:
    harness = harness_with(**limits)

    assert harness.prepare(small)
    with pytest.raises(TooComplex):
        harness.prepare(large)


def test_a_planned_field_has_its_arguments_and_locations(harness: Harness) -> None:
    prepared = harness.prepare("query($id:ID!){\n  person(id:$id){id}\n}", {"id": 7})
    planned: PlannedField = prepared.plan.fields[0]

    assert prepared.arguments(planned) == {"id": "7"}
    assert planned.locations == ((2, 3),)
