"""Plans: merged, spread, settled, bounded and shared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import InvalidVariables, TooComplex
from engine.plan import Plan, PlannedField
from tests.engine.harness import Desk


def coordinates(plan: Plan) -> list[str]:
    return [place.spec.coordinate for place in plan.all_fields]


def paths(plan: Plan) -> list[str]:
    return [".".join(null) for place in plan.all_fields for null in place.null_paths]


def test_selections_of_one_name_are_one_place(desk: Desk) -> None:
    plan = desk.prepare("{person(id:1){id ...f} ...on Query{person(id:1){name id}}} fragment f on Person{pin}").plan

    assert coordinates(plan) == ["Query.person", "Person.id", "Person.pin", "Person.name"]


def test_a_field_of_an_interface_is_planned_for_each_type_that_may_come(desk: Desk) -> None:
    plan = desk.prepare("{thing(id:1){note ...on Book{pages} ...f}} fragment f on Letter{text}").plan

    assert coordinates(plan) == ["Query.thing", "Book.note", "Book.pages", "Letter.note", "Letter.text"]


def test_the_null_of_a_place_stands_where_the_answer_has_it(desk: Desk) -> None:
    plan = desk.prepare(
        "{search{total people{a:name home{tags}}} people(ids:[1]){id friends{id}} none:search{__typename}}"
    ).plan

    assert paths(plan) == [
        *("search.total", "search.people"),  # a page cannot be null, so its fields are
        *("search.total", "search.people", "search.people.@.a", "search.people.@.home", "search.people.@.home.tags"),
        *("people.@", "people.@.id", "people.@.friends", "people.@.friends.@.id"),
        "none",
    ]


def test_guards_are_those_of_every_place(desk: Desk) -> None:
    assert desk.prepare("{person(id:1){born home{street}}}").plan.guards == ("NAME", "BORN", "HOME")


@pytest.mark.parametrize(
    ("text", "touches"),
    [
        ("{me{name}}", False),
        ("{__typename __schema{types{name}}}", False),
        ("{search{__typename}}", True),
        ("{person(id:1){__typename}}", True),
    ],
)
def test_records_are_touched_by_what_is_guarded_or_followed(desk: Desk, text: str, touches: bool) -> None:
    assert desk.prepare(text).plan.touches_records is touches


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
def test_conditions_are_settled_before_anything_is_decided(
    desk: Desk, selection: str, variables: dict[str, bool], planned: bool
) -> None:
    text = "query($v:Boolean! $d:Boolean=true){person(id:1){id %s ...@include(if:$v){id} ...@include(if:$d){id} ...g}}"
    plan = desk.prepare(
        f"{text % selection} fragment f on Person{{pin}} fragment g on Person{{...f@skip(if:true)}}", variables
    ).plan

    assert ("Person.pin" in coordinates(plan)) is planned
    assert ("PIN" in plan.guards) is planned


def test_a_plan_is_made_once_for_each_way_its_conditions_turn_out(desk: Desk) -> None:
    text = "query A($v:Boolean! $id:ID!){person(id:$id){id name @include(if:$v)}} query B{me{name}}"

    def plan(v: bool, id: int, operation: str = "A") -> Plan:
        return desk.prepare(text, {"v": v, "id": id}, operation).plan

    assert plan(True, 1) is plan(True, 2)
    assert plan(False, 1) is plan(False, 2)
    assert plan(True, 1) is not plan(False, 1)
    assert plan(True, 1, "B") is plan(False, 2, "B")


def test_the_variable_of_another_operation_may_bear_the_name_of_a_condition(desk: Desk) -> None:
    text = "query A($v:Boolean!){me{name @include(if:$v)}} query B($v:[ID!]!){people(ids:$v){id}}"

    assert coordinates(desk.prepare(text, {"v": ["1"]}, "B").plan) == ["Query.people", "Person.id"]


def test_the_plan_asked_for_least_recently_is_the_first_to_go(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(cached=2)
    texts = ["{me{name}}", "{me{a:name}}", "{me{b:name}}"]
    first = desk.prepare(texts[0]).plan
    second = desk.prepare(texts[1]).plan
    assert desk.prepare(texts[0]).plan is first

    desk.prepare(texts[2])

    assert desk.prepare(texts[0]).plan is first
    assert desk.prepare(texts[1]).plan is not second


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
def test_variables_that_do_not_fit_are_refused_in_words_that_repeat_none(
    desk: Desk, text: str, variables: dict[str, object]
) -> None:
    with pytest.raises(InvalidVariables) as refused:
        desk.prepare(text, variables)

    assert refused.value.faults[0].locations
    assert "S123456789" not in str(refused.value.faults)


def test_a_null_where_one_fits_is_no_fault_of_a_question_about_the_schema(desk: Desk) -> None:
    text = 'query($v:String="1"){__type(name:"Book"){name} search(pin:$v){total}}'

    assert desk.prepare(text, {"v": None}).plan.non_null_variables == ()


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
    open_desk: Callable[..., Desk], limits: dict[str, int], small: str, large: str
) -> None:
    desk = open_desk(**limits)

    assert desk.prepare(small)
    with pytest.raises(TooComplex):
        desk.prepare(large)


def test_a_place_knows_its_arguments_and_where_it_stands(desk: Desk) -> None:
    prepared = desk.prepare("query($id:ID!){\n  person(id:$id){id}\n}", {"id": 7})
    place: PlannedField = prepared.plan.fields[0]

    assert prepared.arguments(place) == {"id": "7"}
    assert place.locations == ((2, 3),)
