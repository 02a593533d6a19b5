"""Items of a list inside a row count as rows, once for each alias. A list field over the limit is null in every row."""

from __future__ import annotations

from tests.engine.shelf_schema import run


async def test_items_count_as_rows_once_for_each_alias() -> None:
    assert (await run("id")).state.row_count == 3
    assert (await run("books")).state.row_count == 3 + 4
    assert (await run("books more: books contents { books }")).state.row_count == 3 + 3 * 4
    # A list of lists has three items in two lists.
    assert (await run("contents { slots }")).state.row_count == 3 + 2 + 3


async def test_a_list_over_the_row_limit_is_null_in_every_row() -> None:
    within = await run("id books", row_limit=3 + 4)
    over = await run("id books", row_limit=3 + 3)

    assert within.over_row_limit == []
    assert within.data == [
        {"id": "a", "books": ["Emma", "Ulysses", "Dune"]},
        {"id": "b", "books": ["Middlemarch"]},
        {"id": "c", "books": []},
    ]
    assert over.over_row_limit == ["shelves.@.books"]
    assert over.data == [{"id": each, "books": None} for each in "abc"]
    assert over.errors == []


async def test_a_list_within_the_row_limit_stands_beside_one_over_it() -> None:
    result = await run("books contents { books slots }", row_limit=3 + 4 + 4)

    assert result.over_row_limit == ["shelves.@.contents.slots"]
    assert [each["books"] for each in result.data] == [["Emma", "Ulysses", "Dune"], ["Middlemarch"], []]
    assert [each["contents"] for each in result.data] == [
        {"books": ["Emma", "Ulysses", "Dune"], "slots": None},
        {"books": ["Middlemarch"], "slots": None},
        {"books": [], "slots": None},
    ]


async def test_an_error_beside_a_list_does_not_count_it_twice() -> None:
    result = await run("width books", row_limit=3 + 4)

    assert [error.path for error in result.errors] == [["shelves", 1, "width"]]
    assert result.over_row_limit == []
    assert (result.state.row_count, result.data[0]["books"]) == (3 + 4, ["Emma", "Ulysses", "Dune"])


async def test_a_list_over_the_row_limit_is_null_beside_an_error_too() -> None:
    result = await run("width books", row_limit=3 + 3)

    assert [error.path for error in result.errors] == [["shelves", 1, "width"]]
    assert result.over_row_limit == ["shelves.@.books"]
    assert [each["books"] for each in result.data] == [None, None, None]


async def test_nothing_is_fetched_for_items_that_a_limit_removed() -> None:
    within = await run("boxes { label shelf { id } }", row_limit=3 + 2 + 2)
    over = await run("boxes { label shelf { id } }", row_limit=3 + 1)

    assert within.keys == [["a", "b", "c"], ["a", "b"]]
    assert within.data[0]["boxes"] == [{"label": "one", "shelf": {"id": "a"}}, {"label": "two", "shelf": {"id": "b"}}]
    assert over.keys == [["a", "b", "c"]]
    assert [each["boxes"] for each in over.data] == [None, None, None]


async def test_aliases_of_a_list_column_share_one_parsed_list() -> None:
    result = await run("a: books b: books")

    assert result.data[0]["a"][0] is result.data[0]["b"][0]
