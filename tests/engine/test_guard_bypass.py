"""Ways round a guard, as clients try them. What is denied is null, unread, and listed by its path."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.harness import Answer, Desk


def leaked(answer: Answer, guard: str) -> bool:
    return f"{guard}:" in str(answer.data)


async def test_an_alias_does_not_hide_a_guarded_field(desk: Desk) -> None:
    answer = await desk.ask("{p:person(id:1){id x:pin}}", without=["PIN"])

    assert answer.data == {"p": {"id": "1", "x": None}}
    assert answer.withheld == {"p.x": "PIN"}
    assert answer.columns == {"people.by_id": ["id"]}


async def test_an_alias_named_like_a_guarded_field_is_no_guarded_field(desk: Desk) -> None:
    answer = await desk.ask("{person(id:1){pin:id}}", without=["PIN"])

    assert answer.data == {"person": {"pin": "1"}}
    assert answer.withheld == {}


@pytest.mark.parametrize(
    "selection",
    [
        "...f",
        "...on Person{pin}",
        "...{pin}",
        "...g",
        "...on Person{...{...f}}",
        "pin pin @skip(if:true)",
        "pin @skip(if:true) pin",
        "pin @include(if:true)",
        "...f@include(if:false) ...f",
    ],
)
async def test_no_fragment_and_no_condition_carries_a_guarded_field_past(desk: Desk, selection: str) -> None:
    answer = await desk.ask(
        f"{{person(id:1){{id {selection} ...unused@skip(if:true)}}}}"
        " fragment f on Person{pin} fragment g on Person{...f} fragment unused on Person{...f ...g}",
        without=["PIN"],
    )

    assert answer.data == {"person": {"id": "1", "pin": None}}
    assert answer.withheld == {"person.pin": "PIN"}
    assert answer.columns == {"people.by_id": ["id"]}


@pytest.mark.parametrize(
    "text",
    [
        "{thing(id:%s){note}}",
        "{thing(id:%s){...on Thing{note}}}",
        "{thing(id:%s){...on Book{note} ...on Letter{note}}}",
        "{thing(id:%s){...f}} fragment f on Thing{...g} fragment g on Letter{note}",
    ],
)
async def test_a_label_of_the_concrete_type_counts_where_the_interface_has_fewer(desk: Desk, text: str) -> None:
    answer = await desk.ask(text % '"l"', without=["PRIVATE"])

    assert answer.data == {"thing": {"note": None}}
    assert answer.withheld == {"thing.note": "PRIVATE"}


async def test_a_member_of_a_union_is_guarded_as_itself(desk: Desk) -> None:
    answer = await desk.ask("{person(id:1){finds{...on Book{note} ...on Letter{note text}}}}", without=["PRIVATE"])

    assert answer.data == {"person": {"finds": [{"note": "NOTE:torn"}, {"note": None, "text": None}]}}
    assert answer.withheld == {"person.finds.@.note": "PRIVATE", "person.finds.@.text": "PRIVATE"}


async def test_one_fragment_is_decided_place_by_place(desk: Desk) -> None:
    answer = await desk.ask(
        '{a:search(pin:"1"){...f} b:search(text:"x"){...f}} fragment f on Page{people{name}}', without=["PIN"]
    )

    assert answer.data["a"] == {"people": None}
    assert answer.data["b"]["people"] == [{"name": "NAME:Ada"}, {"name": "NAME:Bea"}]
    assert answer.withheld == {"a.people": "PIN"}


async def test_under_two_members_of_a_union_one_key_may_lead_to_other_arguments(desk: Desk) -> None:
    answer = await desk.ask(
        """{person(id:1){finds{
            ...on Book{x:owner{y:alike(text:"x"){total}}}
            ...on Letter{x:sender{y:alike(pin:"1"){total}}}
        }}}""",
        without=["PIN"],
    )

    assert answer.data == {"person": {"finds": [{"x": {"y": {"total": 2}}}, {"x": {"y": None}}]}}
    assert answer.withheld == {"person.finds.@.x.y": "PIN"}
    assert ("people.by_pin", "1") not in answer.asked


@pytest.mark.parametrize("is_asked", [True, False])
async def test_a_condition_decides_whether_a_field_is_asked_for_at_all(desk: Desk, is_asked: bool) -> None:
    answer = await desk.ask(
        "query($v:Boolean!){person(id:1){id pin @include(if:$v)}}", variables={"v": is_asked}, without=["PIN"]
    )

    assert answer.withheld == ({"person.pin": "PIN"} if is_asked else {})
    assert answer.data == {"person": {"id": "1", "pin": None} if is_asked else {"id": "1"}}
    assert ("PIN" in answer.prepared.plan.guards) is is_asked


async def test_a_label_that_is_repeated_means_all_of_them(desk: Desk) -> None:
    for without, shown in (["NAME"], False), (["BORN"], False), ([], True):
        answer = await desk.ask('{thing(id:"b"){...on Book{title}} person(id:1){born}}', without=without)
        assert leaked(answer, "BORN") is shown


async def test_a_value_made_of_another_needs_what_the_other_needs(desk: Desk) -> None:
    answer = await desk.ask("{person(id:1){name label}}", without=["PIN"])

    assert answer.data == {"person": {"name": "NAME:Ada", "label": None}}
    assert answer.columns == {"people.by_id": ["name"]}


async def test_a_field_whose_column_is_read_for_another_is_still_withheld(desk: Desk) -> None:
    answer = await desk.ask('{thing(id:"l"){note} person(id:1){things{note}}}', without=["PRIVATE"])

    assert answer.columns["things.by_id"] == ["note"]
    assert not leaked(answer, "PRIVATE")


async def test_only_the_operation_that_is_named_is_planned_and_ruled_on(desk: Desk) -> None:
    text = "query A{person(id:1){name}} query B{person(id:1){pin}}"

    a = await desk.ask(text, operation="A", without=["PIN"])
    b = await desk.ask(text, operation="B", without=["PIN"])

    assert (a.data, a.withheld) == ({"person": {"name": "NAME:Ada"}}, {})
    assert (b.data, b.withheld) == ({"person": {"pin": None}}, {"person.pin": "PIN"})
    assert a.prepared.plan.guards == ("NAME",)


@pytest.mark.parametrize("person", ["1", "2", "7"])
async def test_a_denial_looks_the_same_whatever_is_behind_it(desk: Desk, person: str) -> None:
    answer: Any = await desk.ask("query($id:ID!){person(id:$id){name}}", variables={"id": person}, without=["NAME"])

    assert (answer.data, answer.withheld, answer.asked) == ({"person": None}, {"person": "NAME"}, [])
