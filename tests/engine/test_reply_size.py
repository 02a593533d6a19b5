"""The size of a reply is limited while it is built: a field that would exceed the limit is null for every parent."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.field_completion import chunks
from engine.reply_size import CHUNK_VALUES, OBJECT_BYTES, size_of
from engine.response import MAX_ERRORS
from tests.engine.shelf_schema import SHELVES, run

Json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab", min_size=1), inner),
)


@given(Json)
def test_a_size_is_that_of_the_json_and_more_for_each_object(value: Any) -> None:
    text = orjson.dumps(value)
    objects = str(value).count("{") + str(value).count("[") if value.__class__ is not str else 0

    assert size_of(value) >= len(text) - text.count(b"\\") - 2
    assert size_of([value] * 3) == OBJECT_BYTES + 3 * size_of(value)
    assert size_of({"abc": value}) == OBJECT_BYTES + 3 + 4 + size_of(value)
    assert objects == 0 or size_of(value) >= OBJECT_BYTES


async def test_a_small_reply_has_a_bound_that_is_not_less_than_its_size() -> None:
    result = await run("id width books contents { books slots } beside { id books } boxes { label shelf { id } }")

    assert not result.state.reply_size.is_exact
    assert result.state.reply_size.bytes >= size_of({"shelves": result.data})


async def test_near_the_limit_the_size_is_exact() -> None:
    selection = "id books beside { id }"
    # Until `beside` is fetched there is a null in its place, which counts too.
    size = size_of({"shelves": (await run(selection)).data}) + 3 * size_of(None)
    within, over = await run(selection, size_limit=size), await run(selection, size_limit=size - 1)

    assert (within.state.reply_size.is_exact, within.state.reply_size.bytes) == (True, size)
    assert (within.over_size_limit, within.data[0]["beside"]) == ([], {"id": "a"})
    assert over.over_size_limit == ["shelves.@.beside"]
    assert over.data == [{**each, "beside": None} for each in within.data]
    assert over.state.reply_size.bytes == size_of({"shelves": over.data})


async def test_a_field_that_fits_stands_after_one_that_does_not() -> None:
    long = " ".join(f"long_name_{number}: id" for number in range(40))
    result = await run(f"a: beside {{ {long} }} b: beside {{ id }}", size_limit=1_500)

    assert result.over_size_limit == ["shelves.@.a"]
    assert result.data == [{"a": None, "b": {"id": id}} for id in SHELVES]


async def test_nothing_is_fetched_for_rows_that_are_not_shown() -> None:
    selection = "beside { beside { id } " + " ".join(f"n{number}: id" for number in range(40)) + " }"
    result = await run(selection, size_limit=1_500)

    assert result.over_size_limit == ["shelves.@.beside"]
    assert result.keys == [["a", "b", "c"], ["a", "b", "c"]]


async def test_a_root_list_over_the_limit_has_a_null_for_each_item() -> None:
    result = await run("id", size_limit=100)

    assert result.over_size_limit == ["shelves.@"]
    assert result.data == [None, None, None]


async def test_one_row_shown_many_times_counts_each_time() -> None:
    ids = ", ".join(['"a"'] * 50)
    result = await run("books", ids=ids, row_limit=500, size_limit=50 * 80)

    assert result.over_size_limit == ["shelves.@"]
    assert result.data == [None] * 50


async def test_a_result_that_is_too_large_to_read_leaves_the_rest() -> None:
    result = await run("id everything { id }")

    assert result.over_size_limit == ["shelves.@.everything"]
    assert result.data == [{"id": id, "everything": None} for id in SHELVES]
    assert result.state.failed_fields == {}


async def test_other_tasks_run_between_the_chunks_of_a_long_list() -> None:
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count_turns())
    ids = ", ".join(['"a"'] * 480)
    result = await run(" ".join(f"n{number}: id" for number in range(200)), ids=ids, row_limit=480, size_limit=10**7)
    counting.cancel()

    assert turns >= 480 * 200 // CHUNK_VALUES // 2
    assert [list(each.values()) for each in result.data] == [["a"] * 200] * 480


async def test_an_error_in_a_chunk_has_the_index_of_the_whole_list() -> None:
    ids = ", ".join(['"a"'] * 300 + ['"b"'])
    selection = "width " + " ".join(f"n{number}: id" for number in range(100))
    result = await run(selection, ids=ids, row_limit=400, size_limit=10**7)

    assert [error.path for error in result.errors] == [["shelves", 300, "width"]]
    assert [each["width"] for each in result.data] == [80] * 300 + [None]
    assert {each["n99"] for each in result.data} == {"a", "b"}


@pytest.mark.parametrize("size_limit", [10**7, 100_000])
async def test_a_list_that_an_error_has_nulled_stays_null(size_limit: int) -> None:
    aliases = " ".join(f"n{number}: id" for number in range(100))
    result = await run(f"row {{ width {aliases} }}", ids='"a"', row_limit=400, size_limit=size_limit)

    assert result.data == [{"row": None}]
    assert [error.path for error in result.errors] == [["shelves", 0, "row", 0]]
    assert result.over_size_limit == []


async def test_a_field_with_too_many_errors_is_not_shown() -> None:
    ids = ", ".join(['"b"'] * 100)
    selection = " ".join(f"w{number}: width" for number in range(MAX_ERRORS // 100 + 1))
    result = await run(selection, ids=ids, row_limit=100, size_limit=10**7)

    assert len(result.errors) == MAX_ERRORS
    assert result.over_size_limit == ["shelves.@"]
    assert result.data == [None] * 100


@given(st.lists(st.none() | st.integers(0, 9).map(lambda size: list(range(size)))), st.integers(1, 5))
def test_chunks_hold_every_value_once_in_order(values: list[Any], length: int) -> None:
    parents: list[Any] = [({}, number) for number, _ in enumerate(values)]
    joined: dict[int, Any] = {}
    for part in chunks(parents, values, length, is_list=True):
        assert part.rows <= 2 * length
        for (_, number), value in zip(part.parents, part.values, strict=True):
            assert (number in joined) is (part.offset > 0)
            assert part.offset == (len(joined[number]) if number in joined else 0)
            joined[number] = joined[number] + value if number in joined else value

    assert list(joined.values()) == values


@pytest.mark.parametrize("rows", [0, 3])
def test_few_values_are_one_chunk(rows: int) -> None:
    values = [[1, 2, 3]] if rows else [[]]

    assert [part.values for part in chunks([({}, 0)], values, 5, is_list=True)] == [values]
