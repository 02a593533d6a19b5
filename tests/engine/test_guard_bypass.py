"""Attempts to bypass a guard. A denied field is null, unread, and listed by its path."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.engine_harness import Harness, Outcome


def is_released(outcome: Outcome, guard: str) -> bool:
    return f"{guard}:" in str(outcome.data)


async def test_an_alias_does_not_hide_a_guarded_field(harness: Harness) -> None:
    outcome = await harness.execute("{p:person(id:1){id x:pin}}", denied=["PIN"])

    assert outcome.data == {"p": {"id": "1", "x": None}}
    assert outcome.withheld == {"p.x": "PIN"}
    assert outcome.columns == {"people.by_id": ["id"]}


async def test_an_alias_named_like_a_guarded_field_is_not_guarded(harness: Harness) -> None:
    outcome = await harness.execute("{person(id:1){pin:id}}", denied=["PIN"])

    assert outcome.data == {"person": {"pin": "1"}}
    assert outcome.withheld == {}


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
async def test_no_fragment_and_no_condition_releases_a_guarded_field(harness: Harness, selection: str) -> None:
    outcome = await harness.execute(
        f"{{person(id:1){{id {selection} ...unused@skip(if:true)}}}}"
        " fragment f on Person{pin} fragment g on Person{...f} fragment unused on Person{...f ...g}",
        denied=["PIN"],
    )

    assert outcome.data == {"person": {"id": "1", "pin": None}}
    assert outcome.withheld == {"person.pin": "PIN"}
    assert outcome.columns == {"people.by_id": ["id"]}


@pytest.mark.parametrize(
    "text",
    [
        '{thing(id:"l"){note}}',
        '{thing(id:"l"){...on Thing{note}}}',
        '{thing(id:"l"){...on Book{note} ...on Letter{note}}}',
        '{thing(id:"l"){...f}} fragment f on Thing{...g} fragment g on Letter{note}',
    ],
)
async def test_labels_of_the_concrete_type_count_if_its_interface_has_fewer(harness: Harness, text: str) -> None:
    outcome = await harness.execute(text, denied=["PRIVATE"])

    assert outcome.data == {"thing": {"note": None}}
    assert outcome.withheld == {"thing.note": "PRIVATE"}


async def test_a_member_of_a_union_is_guarded_as_itself(harness: Harness) -> None:
    outcome = await harness.execute(
        "{person(id:1){finds{...on Book{note} ...on Letter{note text}}}}", denied=["PRIVATE"]
    )

    assert outcome.data == {"person": {"finds": [{"note": "NOTE:torn"}, {"note": None, "text": None}]}}
    assert outcome.withheld == {"person.finds.@.note": "PRIVATE", "person.finds.@.text": "PRIVATE"}


async def test_one_fragment_is_authorized_at_each_path(harness: Harness) -> None:
    outcome = await harness.execute(
        '{a:search(pin:"1"){...f} b:search(text:"x"){...f}} fragment f on Page{people{name}}', denied=["PIN"]
    )

    assert outcome.data["a"] == {"people": None}
    assert outcome.data["b"]["people"] == [{"name": "NAME:Ada"}, {"name": "NAME:Bea"}]
    assert outcome.withheld == {"a.people": "PIN"}


async def test_one_key_in_two_union_members_may_have_different_arguments(harness: Harness) -> None:
    outcome = await harness.execute(
        """{person(id:1){finds{
            ...on Book{x:owner{y:alike(text:"x"){total}}}
            ...on Letter{x:sender{y:alike(pin:"1"){total}}}
        }}}""",
        denied=["PIN"],
    )

    assert outcome.data == {"person": {"finds": [{"x": {"y": {"total": 2}}}, {"x": {"y": None}}]}}
    assert outcome.withheld == {"person.finds.@.x.y": "PIN"}
    assert ("people.by_pin", "1") not in outcome.lookups


@pytest.mark.parametrize("is_included", [True, False])
async def test_a_field_left_out_by_a_condition_is_not_planned(harness: Harness, is_included: bool) -> None:
    outcome = await harness.execute(
        "query($v:Boolean!){person(id:1){id pin @include(if:$v)}}", variables={"v": is_included}, denied=["PIN"]
    )

    assert outcome.withheld == ({"person.pin": "PIN"} if is_included else {})
    assert outcome.data == {"person": {"id": "1", "pin": None} if is_included else {"id": "1"}}
    assert ("PIN" in outcome.prepared.plan.guards) is is_included


async def test_a_repeated_label_requires_every_guard(harness: Harness) -> None:
    for denied, note in (["NOTE"], None), (["PRIVATE"], None), ([], "PRIVATE:sealed"):
        outcome = await harness.execute('{thing(id:"l"){title ...on Letter{note}}}', denied=denied)
        assert outcome.data == {"thing": {"title": "THING:To Bea", "note": note}}


async def test_a_computed_value_needs_the_guards_of_its_parts(harness: Harness) -> None:
    outcome = await harness.execute("{person(id:1){name label}}", denied=["PIN"])

    assert outcome.data == {"person": {"name": "NAME:Ada", "label": None}}
    assert outcome.columns == {"people.by_id": ["name"]}


async def test_a_withheld_field_stays_null_if_its_column_is_read_for_another(harness: Harness) -> None:
    outcome = await harness.execute('{thing(id:"l"){note} person(id:1){things{note}}}', denied=["PRIVATE"])

    assert outcome.columns["things.by_id"] == ["note"]
    assert not is_released(outcome, "PRIVATE")


async def test_only_the_named_operation_is_planned_and_authorized(harness: Harness) -> None:
    text = "query A{person(id:1){name}} query B{person(id:1){pin}}"

    a = await harness.execute(text, operation="A", denied=["PIN"])
    b = await harness.execute(text, operation="B", denied=["PIN"])

    assert (a.data, a.withheld) == ({"person": {"name": "NAME:Ada"}}, {})
    assert (b.data, b.withheld) == ({"person": {"pin": None}}, {"person.pin": "PIN"})
    assert a.prepared.plan.guards == ("NAME",)


@pytest.mark.parametrize("person", ["1", "2", "7"])
async def test_a_denial_does_not_depend_on_the_data(harness: Harness, person: str) -> None:
    outcome: Any = await harness.execute(
        "query($id:ID!){person(id:$id){name}}", variables={"id": person}, denied=["NAME"]
    )

    assert (outcome.data, outcome.withheld, outcome.lookups) == ({"person": None}, {"person": "NAME"}, [])
