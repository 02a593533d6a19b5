"""Running: the answer, who was asked for it, and what a silent source leaves."""

from __future__ import annotations

import asyncio

from tests.engine.harness import Desk


async def test_everything_that_is_granted_is_answered(desk: Desk) -> None:
    answer = await desk.ask(
        """{
            me{name}
            person(id:1){
              id born label home{street tags} friends{name}
              things{__typename title note ...on Book{pages owner{name}} ...on Letter{text}}
              finds{...on Book{title} ...on Letter{text}}
              alike(pin:"1"){people{name}}
            }
            people(ids:[2, 7]){name}
        }"""
    )

    assert answer.data == {
        "me": {"name": "Grace"},
        "person": {
            "id": "1",
            "born": "BORN:1815",
            "label": "NAME:Ada PIN:1234",
            "home": {"street": "HOME:Row", "tags": [["HOME:a", "HOME:b"], []]},
            "friends": [{"name": "NAME:Bea"}],
            "things": [
                {
                    "__typename": "Book",
                    "title": "THING:Notes",
                    "note": "NOTE:torn",
                    "pages": 12,
                    "owner": {"name": "NAME:Bea"},
                },
                {"__typename": "Letter", "title": "THING:To Bea", "note": "PRIVATE:sealed", "text": "PRIVATE:dear"},
            ],
            "finds": [{"title": "THING:Notes"}, {"text": "PRIVATE:dear"}],
            "alike": {"people": [{"name": "NAME:Ada"}, {"name": "NAME:Bea"}]},
        },
        "people": [{"name": "NAME:Bea"}, None],
    }
    assert answer.broken == []


async def test_a_list_that_must_be_there_is_withheld_item_by_item(desk: Desk) -> None:
    answer = await desk.ask("{people(ids:[1,2,7]){name}}", without=["NAME"])

    assert answer.data == {"people": [None, None, None]}
    assert answer.withheld == {"people.@": "NAME"}
    assert (answer.asked, answer.broken) == ([], [])


async def test_a_denied_list_is_null_and_not_empty(desk: Desk) -> None:
    for person in (1, 2):
        answer = await desk.ask(
            "query($id:ID!){person(id:$id){things{title}}}", variables={"id": person}, without=["THING"]
        )
        assert answer.data == {"person": {"things": None}}


async def test_an_edge_without_a_key_asks_nobody(desk: Desk) -> None:
    answer = await desk.ask('{thing(id:"o"){...on Book{owner{name}} title}}')

    assert answer.data == {"thing": {"owner": None, "title": "THING:Lost"}}
    assert answer.asked == [("things.by_id", "o")]


async def test_a_silent_source_leaves_every_other_field_as_it_is(desk: Desk) -> None:
    text = "{person(id:1){name things{title} friends{name things{title}}} people(ids:[1]){name} thing(id:1){title}}"

    answer = await desk.ask(text, silent=["things"])

    assert answer.data == {
        "person": {"name": "NAME:Ada", "things": None, "friends": [{"name": "NAME:Bea", "things": None}]},
        "people": [{"name": "NAME:Ada"}],
        "thing": None,
    }
    assert answer.unanswered == dict.fromkeys(["person.things", "person.friends.@.things", "thing"], "things")
    assert answer.broken == []


async def test_a_silent_source_is_a_null_for_each_item_that_was_asked_for(desk: Desk) -> None:
    answer = await desk.ask("{people(ids:[1,2]){name} search{total people{name}}}", silent=["people"])

    assert answer.data == {"people": [None, None], "search": {"total": None, "people": None}}
    assert answer.unanswered == dict.fromkeys(["people.@", "search.total", "search.people"], "people")


async def test_a_denied_neighbour_cancels_nothing(desk: Desk) -> None:
    answer = await desk.ask(
        "{person(id:1){pin home{street} things{note title} name} thing(id:1){title}}",
        without=["PIN", "HOME", "NOTE"],
        silent=["things"],
    )

    assert answer.data == {"person": {"pin": None, "home": None, "things": None, "name": "NAME:Ada"}, "thing": None}


async def test_two_callers_of_one_plan_each_get_their_own_ruling(desk: Desk) -> None:
    text = "{person(id:1){name pin}}"

    may, may_not, masked = await asyncio.gather(
        desk.ask(text), desk.ask(text, without=["PIN"]), desk.ask(text, masked=["PIN"])
    )

    assert may.prepared.plan is may_not.prepared.plan is masked.prepared.plan
    assert [each.data["person"]["pin"] for each in (may, may_not, masked)] == ["PIN:1234", None, "***"]
    assert may_not.columns == {"people.by_id": ["name"]}


async def test_one_caller_with_two_sets_of_verdicts_gets_each_for_itself(desk: Desk) -> None:
    text = "{person(id:1){born}}"

    assert (await desk.ask(text, without=["BORN"])).data == {"person": {"born": None}}
    assert (await desk.ask(text)).data == {"person": {"born": "BORN:1815"}}


async def test_variables_of_another_request_never_come_back_with_a_plan(desk: Desk) -> None:
    text = "query($id:ID!){person(id:$id){name}}"

    assert (await desk.ask(text, variables={"id": 1})).data == {"person": {"name": "NAME:Ada"}}
    assert (await desk.ask(text, variables={"id": 2})).data == {"person": {"name": "NAME:Bea"}}


async def test_introspection_asks_no_source(desk: Desk) -> None:
    answer = await desk.ask('{__type(name:"Letter"){fields{name}}}')

    assert [field["name"] for field in answer.data["__type"]["fields"]] == ["title", "note", "text", "sender"]
    assert answer.asked == []
