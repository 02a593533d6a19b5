"""Rulings: what is withheld where, which fetch may be called, and the exact columns of each."""

from __future__ import annotations

import pytest

from engine.authorization import Visible, authorize
from tests.engine.harness import Answer, Desk, Leave, Refusal, refusal
from tests.engine.small_schema import BY_ID, BY_PIN, BY_TEXT, GUARDS

EVERYTHING = "{person(id:1){name born pin label home{street tags} things{title note ...on Letter{text}} friends{name}}}"


async def test_each_fetch_may_read_the_columns_of_its_fields_and_no_others(desk: Desk) -> None:
    answer = await desk.ask(EVERYTHING)

    assert answer.withheld == {}
    assert answer.columns == {
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
    desk: Desk, guard: str, withheld: set[str], columns: dict[str, list[str]]
) -> None:
    answer = await desk.ask(EVERYTHING, without=[guard])

    assert answer.withheld == dict.fromkeys(withheld, guard)
    assert {name: answer.columns[name] for name in columns} == columns


async def test_a_denied_edge_adds_neither_its_key_nor_its_fetch(desk: Desk) -> None:
    answer = await desk.ask("{person(id:1){name things{title}}}", without=["THING"])

    assert answer.columns == {"people.by_id": ["name"]}
    assert answer.asked == [("people.by_id", "1")]


async def test_nothing_below_a_denied_field_is_listed(desk: Desk) -> None:
    answer = await desk.ask("{person(id:1){things{note ...on Letter{text}}}}", without=["THING", "NOTE", "PRIVATE"])

    assert answer.withheld == {"person.things": "THING"}


@pytest.mark.parametrize("selection", ["label pin name", "name pin label"])
async def test_a_column_that_two_fields_need_is_masked_if_either_may_see_only_a_mask(
    desk: Desk, selection: str
) -> None:
    answer = await desk.ask(f"{{person(id:1){{{selection}}}}}", masked=["PIN"])

    assert answer.data == {"person": {"label": "*** ***", "pin": "***", "name": "***"}}
    assert {Visible("Person.pin", is_masked=True), Visible("Person.name", is_masked=False)} < set(
        answer.ruling.visible[BY_ID]
    )


async def test_an_open_field_is_read_by_the_grant_of_its_holder(desk: Desk) -> None:
    answer = await desk.ask("{person(id:1){home{street}}}", masked=["HOME"])

    assert answer.ruling.columns[BY_ID] == (Visible("street", is_masked=True),)
    assert Visible("Home.street", is_masked=True) in answer.ruling.visible[BY_ID]


async def test_all_guards_must_pass_and_one_that_nothing_would_turn_speaks_first(desk: Desk) -> None:
    text = "{person(id:1){label}}"

    assert (await desk.ask(text, step_up=["PIN"])).withheld == {"person.label": "PIN"}
    assert (await desk.ask(text, without=["NAME"], step_up=["PIN"])).withheld == {"person": "NAME"}
    answer = await desk.ask("{thing(id:1){...on Letter{note}}}", step_up=["NOTE"], without=["PRIVATE"])
    assert answer.withheld == {"thing.note": "PRIVATE"}


async def test_arguments_call_for_guards_of_their_own(desk: Desk) -> None:
    assert set(desk.prepare('{search(pin:"1"){total}}').guards) == {"NAME", "PIN"}
    assert set(desk.prepare('{search(text:"1"){total}}').guards) == {"NAME"}
    assert set(desk.prepare("query($p:String){search(pin:$p){total}}", {"p": "1"}).guards) == {"NAME", "PIN"}


async def test_one_field_may_be_withheld_for_its_arguments_at_one_place_and_not_at_another(desk: Desk) -> None:
    answer = await desk.ask('{a:search(pin:"1"){total} b:search(text:"x"){total}}', without=["PIN"])

    assert answer.withheld == {"a.total": "PIN"}
    assert answer.data == {"a": {"total": None}, "b": {"total": 2}}
    assert answer.asked == [("people.by_text", "x")]


async def test_nobody_searches_by_a_value_that_they_see_only_masked(desk: Desk) -> None:
    answer = await desk.ask('{search(pin:"1"){total} person(id:1){pin}}', masked=["PIN"])

    assert answer.withheld == {"search.total": "PIN"}
    assert answer.data == {"search": {"total": None}, "person": {"pin": "***"}}
    assert answer.asked == [("people.by_id", "1")]


def test_a_guard_without_a_verdict_is_never_let_through(desk: Desk) -> None:
    with pytest.raises(KeyError):
        authorize(desk.prepare("{person(id:1){pin}}"), {"NAME": Leave("NAME")}, {}, refusal)


def test_a_guard_that_is_both_granted_and_denied_is_denied(desk: Desk) -> None:
    leave = {guard: Leave(guard) for guard in GUARDS}

    assert authorize(desk.prepare("{person(id:1){pin}}"), leave, {"NAME": Refusal("NAME")}, refusal).fetch_guards == {}


async def test_an_open_page_of_which_every_field_is_denied_calls_no_source(desk: Desk) -> None:
    answer = await desk.ask('{search(text:"x"){total people{name}}}', without=["NAME"])

    assert answer.withheld == {"search.total": "NAME", "search.people": "NAME"}
    assert answer.data == {"search": {"total": None, "people": None}}
    assert (answer.asked, answer.columns) == ([], {})


async def test_an_open_page_is_followed_for_its_own_fields_and_not_for_those_of_another(desk: Desk) -> None:
    answer = await desk.ask('{a:search(text:"x"){__typename} b:search(text:"y"){total}}')

    assert answer.data == {"a": {"__typename": "Page"}, "b": {"total": 2}}
    assert answer.asked == [("people.by_text", "y")]


@pytest.mark.parametrize(
    ("selection", "asked"),
    [
        ("info{__typename}", []),
        ("info{__typename more}", [("people.by_text", "x")]),
        ("total info{__typename}", [("people.by_text", "x")]),
        ("info{__typename} total", [("people.by_text", "x")]),
        ("info{more} people{pin}", [("people.by_text", "x")]),
    ],
)
async def test_an_open_field_on_an_open_page_opens_nothing(
    desk: Desk, selection: str, asked: list[tuple[str, str]]
) -> None:
    answer = await desk.ask(f'{{search(text:"x"){{{selection}}}}}', without=["PIN"])

    assert (answer.asked, answer.broken) == (asked, [])


async def test_a_page_is_opened_by_the_first_of_its_fields_that_is_granted(desk: Desk) -> None:
    answer = await desk.ask('{search(text:"x"){people{pin name}}}', without=["PIN"])

    assert answer.columns == {"people.by_pin": ["name"], "people.by_text": ["name"]}
    assert answer.ruling.fetch_guards == {BY_TEXT: "NAME", BY_PIN: "NAME"}


async def test_what_is_shown_is_listed_by_the_fetch_whose_rows_hold_it(desk: Desk) -> None:
    answer: Answer = await desk.ask("{person(id:1){pin home{street} friends{name}}}", without=["PIN"])

    assert {fetch.name: [name for name, _ in shown] for fetch, shown in answer.ruling.visible.items()} == {
        "people.by_id": ["Home.street", "Person.friends", "Person.home", "Query.person"],
        "people.friends": ["Person.name"],
    }
