"""Execution: the response, the lookups, and the nulls of an unavailable source."""

from __future__ import annotations

import asyncio

from tests.engine.engine_harness import Harness


async def test_every_granted_field_is_in_the_response(harness: Harness) -> None:
    outcome = await harness.execute(
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

    assert outcome.data == {
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
    assert outcome.errors == []


async def test_a_withheld_non_null_list_has_a_null_for_each_item(harness: Harness) -> None:
    outcome = await harness.execute("{people(ids:[1,2,7]){name}}", denied=["NAME"])

    assert outcome.data == {"people": [None, None, None]}
    assert outcome.withheld == {"people.@": "NAME"}
    assert (outcome.lookups, outcome.errors) == ([], [])


async def test_a_denied_list_is_null_and_not_empty(harness: Harness) -> None:
    for person in (1, 2):
        outcome = await harness.execute(
            "query($id:ID!){person(id:$id){things{title}}}", variables={"id": person}, denied=["THING"]
        )
        assert outcome.data == {"person": {"things": None}}


async def test_an_edge_without_a_key_queries_no_source(harness: Harness) -> None:
    outcome = await harness.execute('{thing(id:"o"){...on Book{owner{name}} title}}')

    assert outcome.data == {"thing": {"owner": None, "title": "THING:Lost"}}
    assert outcome.lookups == [("things.by_id", "o")]


async def test_an_unavailable_source_leaves_every_other_field_unchanged(harness: Harness) -> None:
    text = "{person(id:1){name things{title} friends{name things{title}}} people(ids:[1]){name} thing(id:1){title}}"

    outcome = await harness.execute(text, unavailable=["things"])

    assert outcome.data == {
        "person": {"name": "NAME:Ada", "things": None, "friends": [{"name": "NAME:Bea", "things": None}]},
        "people": [{"name": "NAME:Ada"}],
        "thing": None,
    }
    assert outcome.failed == dict.fromkeys(["person.things", "person.friends.@.things", "thing"], "things")
    assert outcome.errors == []


async def test_an_unavailable_source_is_a_null_for_each_requested_item(harness: Harness) -> None:
    outcome = await harness.execute("{people(ids:[1,2]){name} search{total people{name}}}", unavailable=["people"])

    assert outcome.data == {"people": [None, None], "search": {"total": None, "people": None}}
    assert outcome.failed == dict.fromkeys(["people.@", "search.total", "search.people"], "people")


async def test_a_denied_field_leaves_its_siblings_unchanged(harness: Harness) -> None:
    outcome = await harness.execute(
        "{person(id:1){pin home{street} things{note title} name} thing(id:1){title}}",
        denied=["PIN", "HOME", "NOTE"],
        unavailable=["things"],
    )

    assert outcome.data == {"person": {"pin": None, "home": None, "things": None, "name": "NAME:Ada"}, "thing": None}


async def test_two_callers_of_one_plan_get_their_own_authorized_plans(harness: Harness) -> None:
    text = "{person(id:1){name pin}}"

    granted, denied, masked = await asyncio.gather(
        harness.execute(text), harness.execute(text, denied=["PIN"]), harness.execute(text, masked=["PIN"])
    )

    assert granted.prepared.plan is denied.prepared.plan is masked.prepared.plan
    assert [each.data["person"]["pin"] for each in (granted, denied, masked)] == ["PIN:1234", None, "***"]
    assert denied.columns == {"people.by_id": ["name"]}


async def test_two_sets_of_verdicts_of_one_caller_do_not_mix(harness: Harness) -> None:
    text = "{person(id:1){born}}"

    assert (await harness.execute(text, denied=["BORN"])).data == {"person": {"born": None}}
    assert (await harness.execute(text)).data == {"person": {"born": "BORN:1815"}}


async def test_a_cached_plan_holds_no_variables_of_another_request(harness: Harness) -> None:
    text = "query($id:ID!){person(id:$id){name}}"

    assert (await harness.execute(text, variables={"id": 1})).data == {"person": {"name": "NAME:Ada"}}
    assert (await harness.execute(text, variables={"id": 2})).data == {"person": {"name": "NAME:Bea"}}


async def test_introspection_queries_no_source(harness: Harness) -> None:
    outcome = await harness.execute('{__type(name:"Letter"){fields{name}}}')

    assert [field["name"] for field in outcome.data["__type"]["fields"]] == ["title", "note", "text", "sender"]
    assert outcome.lookups == []
