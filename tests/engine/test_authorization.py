"""Authorized plans: withheld fields, allowed fetches, and the exact columns of each."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from engine.authorization import Visible, authorize
from tests.engine.engine_harness import FakeDenial, FakeGrant, Harness, Outcome, deny_mask
from tests.engine.small_schema import BY_ID, BY_PIN, BY_TEXT, GUARDS

EVERYTHING = "{person(id:1){name born pin label home{street tags} things{title note ...on Letter{text}} friends{name}}}"


async def test_each_fetch_may_read_the_columns_of_its_fields_and_no_others(harness: Harness) -> None:
    outcome = await harness.execute(EVERYTHING)

    assert outcome.withheld == {}
    assert outcome.columns == {
        "people.by_id": ["born", "id", "name", "pin", "street", "tags"],
        "people.friends": ["name"],
        "things.by_owner": ["note", "text", "title"],
    }


@pytest.mark.parametrize(
    ("guard", "withheld", "columns"),
    [
        ("BORN", {"person.born"}, {"people.by_id": ["id", "name", "pin", "street", "tags"]}),
        ("PIN", {"person.pin", "person.label"}, {"people.by_id": ["born", "id", "name", "street", "tags"]}),
        ("HOME", {"person.home"}, {"people.by_id": ["born", "id", "name", "pin"]}),
        ("PRIVATE", {"person.things.@.note", "person.things.@.text"}, {"things.by_owner": ["note", "title"]}),
        ("NOTE", {"person.things.@.note"}, {"things.by_owner": ["text", "title"]}),
        ("THING", {"person.things"}, {"people.by_id": ["born", "id", "name", "pin", "street", "tags"]}),
        ("NAME", {"person"}, {}),
    ],
)
async def test_a_denied_field_adds_no_column_and_one_path(
    harness: Harness, guard: str, withheld: set[str], columns: dict[str, list[str]]
) -> None:
    outcome = await harness.execute(EVERYTHING, denied=[guard])

    assert outcome.withheld == dict.fromkeys(withheld, guard)
    assert {name: outcome.columns[name] for name in columns} == columns


async def test_a_denied_edge_adds_neither_its_key_nor_its_fetch(harness: Harness) -> None:
    outcome = await harness.execute("{person(id:1){name things{title}}}", denied=["THING"])

    assert outcome.columns == {"people.by_id": ["name"]}
    assert outcome.lookups == [("people.by_id", "1")]


async def test_nothing_below_a_denied_field_is_listed(harness: Harness) -> None:
    outcome = await harness.execute(
        "{person(id:1){things{note ...on Letter{text}}}}", denied=["THING", "NOTE", "PRIVATE"]
    )

    assert outcome.withheld == {"person.things": "THING"}


@pytest.mark.parametrize("selection", ["label pin name", "name pin label"])
async def test_a_column_of_two_fields_is_masked_if_either_sees_only_a_mask(harness: Harness, selection: str) -> None:
    outcome = await harness.execute(f"{{person(id:1){{{selection}}}}}", masked=["PIN"])

    assert outcome.data == {"person": {"label": "*** ***", "pin": "***", "name": "***"}}
    assert {Visible("Person.pin", is_masked=True), Visible("Person.name", is_masked=False)} < set(
        outcome.authorized.visible[BY_ID]
    )


async def test_an_open_field_is_read_by_its_parent_s_grant(harness: Harness) -> None:
    outcome = await harness.execute("{person(id:1){home{street}}}", masked=["HOME"])

    assert outcome.authorized.columns[BY_ID] == (Visible("street", is_masked=True),)
    assert Visible("Home.street", is_masked=True) in outcome.authorized.visible[BY_ID]


async def test_all_guards_must_pass_and_a_final_denial_is_reported_first(harness: Harness) -> None:
    text = "{person(id:1){label}}"

    assert (await harness.execute(text, step_up=["PIN"])).withheld == {"person.label": "PIN"}
    assert (await harness.execute(text, denied=["NAME"], step_up=["PIN"])).withheld == {"person": "NAME"}
    outcome = await harness.execute("{thing(id:1){...on Letter{note}}}", step_up=["NOTE"], denied=["PRIVATE"])
    assert outcome.withheld == {"thing.note": "PRIVATE"}


async def test_arguments_may_need_more_guards(harness: Harness) -> None:
    assert set(harness.prepare('{search(pin:"1"){total}}').guards) == {"NAME", "PIN"}
    assert set(harness.prepare('{search(text:"1"){total}}').guards) == {"NAME"}
    assert set(harness.prepare("query($p:String){search(pin:$p){total}}", {"p": "1"}).guards) == {"NAME", "PIN"}


async def test_arguments_may_withhold_a_field_at_one_path_and_not_at_another(harness: Harness) -> None:
    outcome = await harness.execute('{a:search(pin:"1"){total} b:search(text:"x"){total}}', denied=["PIN"])

    assert outcome.withheld == {"a.total": "PIN"}
    assert outcome.data == {"a": {"total": None}, "b": {"total": 2}}
    assert outcome.lookups == [("people.by_text", "x")]


async def test_a_mask_is_not_enough_to_search_by_a_value(harness: Harness) -> None:
    outcome = await harness.execute('{search(pin:"1"){total} person(id:1){pin}}', masked=["PIN"])

    assert outcome.withheld == {"search.total": "PIN"}
    assert outcome.data == {"search": {"total": None}, "person": {"pin": "***"}}
    assert outcome.lookups == [("people.by_id", "1")]


def test_a_guard_without_a_verdict_raises(harness: Harness) -> None:
    with pytest.raises(KeyError):
        authorize(harness.prepare("{person(id:1){pin}}"), {"NAME": FakeGrant("NAME")}, {}, deny_mask)


def test_a_guard_that_is_both_granted_and_denied_is_denied(harness: Harness) -> None:
    grants: dict[Hashable, FakeGrant] = {guard: FakeGrant(guard) for guard in GUARDS}

    assert (
        authorize(harness.prepare("{person(id:1){pin}}"), grants, {"NAME": FakeDenial("NAME")}, deny_mask).fetch_guards
        == {}
    )


async def test_an_open_page_with_every_field_denied_queries_no_source(harness: Harness) -> None:
    outcome = await harness.execute('{search(text:"x"){total people{name}}}', denied=["NAME"])

    assert outcome.withheld == {"search.total": "NAME", "search.people": "NAME"}
    assert outcome.data == {"search": {"total": None, "people": None}}
    assert (outcome.lookups, outcome.columns) == ([], {})


async def test_an_open_page_is_fetched_only_for_its_own_fields(harness: Harness) -> None:
    outcome = await harness.execute('{a:search(text:"x"){__typename} b:search(text:"y"){total}}')

    assert outcome.data == {"a": {"__typename": "Page"}, "b": {"total": 2}}
    assert outcome.lookups == [("people.by_text", "y")]


@pytest.mark.parametrize(
    ("selection", "lookups"),
    [
        ("info{__typename}", []),
        ("info{__typename more}", [("people.by_text", "x")]),
        ("total info{__typename}", [("people.by_text", "x")]),
        ("info{__typename} total", [("people.by_text", "x")]),
        ("info{more} people{pin}", [("people.by_text", "x")]),
    ],
)
async def test_an_open_field_on_an_open_page_allows_no_fetch(
    harness: Harness, selection: str, lookups: list[tuple[str, str]]
) -> None:
    outcome = await harness.execute(f'{{search(text:"x"){{{selection}}}}}', denied=["PIN"])

    assert (outcome.lookups, outcome.errors) == (lookups, [])


async def test_the_first_granted_field_of_a_page_allows_its_fetch(harness: Harness) -> None:
    outcome = await harness.execute('{search(text:"x"){people{pin name}}}', denied=["PIN"])

    assert outcome.columns == {"people.by_pin": ["name"], "people.by_text": ["name"]}
    assert outcome.authorized.fetch_guards == {BY_TEXT: "NAME", BY_PIN: "NAME"}


async def test_visible_fields_are_listed_by_the_fetch_of_their_rows(harness: Harness) -> None:
    outcome: Outcome = await harness.execute("{person(id:1){pin home{street} friends{name}}}", denied=["PIN"])

    assert {fetch.name: [name for name, _ in shown] for fetch, shown in outcome.authorized.visible.items()} == {
        "people.by_id": ["Home.street", "Person.friends", "Person.home", "Query.person"],
        "people.friends": ["Person.name"],
    }
