"""Paths of the nulls that stand because of a denial, a failed fetch or a limit."""

from __future__ import annotations

from tests.engine.engine_harness import Harness
from tests.engine.shelf_schema import run


async def test_a_denied_field_is_explained_for_each_of_its_objects(harness: Harness) -> None:
    outcome = await harness.execute("{people(ids:[1,7,2]){x:pin name}}", denied=["PIN"])

    assert outcome.nulls == {"people.0.x": "PIN", "people.2.x": "PIN"}


async def test_an_absent_parent_of_a_denied_field_is_not_explained(harness: Harness) -> None:
    outcome = await harness.execute("{person(id:7){pin friends{pin}}}", denied=["PIN"])

    assert (outcome.data, outcome.nulls) == ({"person": None}, {})
    assert outcome.withheld == {"person.pin": "PIN", "person.friends.@.pin": "PIN"}


async def test_a_denied_non_null_list_is_explained_for_each_item(harness: Harness) -> None:
    outcome = await harness.execute("{people(ids:[1,7]){name}}", denied=["NAME"])

    assert outcome.nulls == {"people.0": "NAME", "people.1": "NAME"}


async def test_a_denied_non_null_object_is_explained_inside(harness: Harness) -> None:
    outcome = await harness.execute('{search(pin:"1"){__typename total info{more} people{name}}}', denied=["PIN"])

    assert outcome.data == {"search": {"__typename": "Page", "total": None, "info": None, "people": None}}
    assert outcome.nulls == dict.fromkeys(["search.total", "search.info", "search.people"], "PIN")


async def test_a_field_denied_for_one_type_is_explained_for_that_type(harness: Harness) -> None:
    outcome = await harness.execute("{person(id:1){things{note}finds{...on Letter{note}}}}", denied=["PRIVATE"])

    assert outcome.data["person"]["things"] == [{"note": "NOTE:torn"}, {"note": None}]
    assert outcome.nulls == {"person.things.1.note": "PRIVATE", "person.finds.1.note": "PRIVATE"}


async def test_a_failed_fetch_is_explained_only_where_there_was_a_key(harness: Harness) -> None:
    text = '{lost:thing(id:"o"){...on Book{owner{name}}} found:thing(id:"b"){...on Book{owner{name}}}}'
    outcome = await harness.execute(text, unavailable=["people"])

    assert outcome.data == {"lost": {"owner": None}, "found": {"owner": None}}
    assert outcome.nulls == {"found.owner": "people"}


async def test_a_failed_item_is_explained_by_its_index(harness: Harness) -> None:
    outcome = await harness.execute("{people(ids:[1,2]){name} search{total people{name}}}", unavailable=["people"])

    assert outcome.nulls == dict.fromkeys(["people.0", "people.1", "search.total", "search.people"], "people")


async def test_a_failure_is_explained_at_each_parent_in_a_list(harness: Harness) -> None:
    outcome = await harness.execute(
        "{people(ids:[1,7,2]){friends{things{title}} things{title}}}", unavailable=["things"]
    )

    assert outcome.nulls == dict.fromkeys(
        ["people.0.friends.0.things", "people.0.things", "people.2.friends.0.things", "people.2.things"], "things"
    )


async def test_rows_over_the_limit_are_explained_for_each_parent() -> None:
    result = await run("id beside{id}", row_limit=5)

    assert result.over_row_limit == ["shelves.@.beside"]
    assert result.nulls == dict.fromkeys([f"shelves.{index}.beside" for index in range(3)], "row limit")


async def test_items_over_the_row_limit_are_explained_for_every_row() -> None:
    result = await run("books", row_limit=4)

    assert result.nulls == dict.fromkeys([f"shelves.{index}.books" for index in range(3)], "row limit")


async def test_a_list_over_the_size_limit_is_explained_item_by_item() -> None:
    result = await run("books", size_limit=10)

    assert result.data == [None, None, None]
    assert result.nulls == dict.fromkeys(["shelves.0", "shelves.1", "shelves.2"], "size limit")


async def test_a_fetch_over_the_size_limit_is_explained_where_it_was_asked() -> None:
    result = await run("id everything{id}", ids='"b"')

    assert (result.data, result.nulls) == (
        [{"id": "b", "everything": None}],
        {"shelves.0.everything": "size limit"},
    )


async def test_an_object_that_an_error_removed_explains_nothing() -> None:
    result = await run("id row{id width everything{id}}", ids='"a"', row_limit=1_000, size_limit=10**6)

    assert (result.data[0]["row"], len(result.errors)) == (None, 1)
    assert result.nulls == {}


async def test_an_open_object_in_which_nothing_is_granted_is_explained(harness: Harness) -> None:
    page = await harness.execute("{search{info{more}}}", denied=["NAME"])
    no_page = await harness.execute('{person(id:1){alike(pin:"1"){total info{more}}}}', denied=["PIN"])
    nothing = await harness.execute("{search{__typename}}", denied=["NAME"])

    assert (page.data, page.nulls) == ({"search": {"info": None}}, {"search.info": "NAME"})
    assert (no_page.data, no_page.nulls) == ({"person": {"alike": None}}, {"person.alike": "PIN"})
    assert nothing.nulls == {}
