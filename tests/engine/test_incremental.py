"""When the parts of a response arrive, what ends them, and which limits hold over all of them."""

from __future__ import annotations

import asyncio

import pytest

from engine.reply_size import FRAGMENT_BYTES, OBJECT_BYTES
from engine.response import MAX_ERRORS
from tests.engine.deferred_schema import BAD, MANY, MISSING, NAME, ONE, OTHER, SLOW, HeldLoader, executing
from tests.engine.merged_parts import MergedParts

SLOW_AND_OTHER = '{items(ids:[1]){id ...@defer(label:"slow"){slow{id}} ...@defer(label:"other"){other{id}}}}'

THREE_LISTS = "{items(ids:[1]){...@defer{a:many{id}} ...@defer{b:many{id}} ...@defer{c:many{id}}}}"


async def merged(text: str, loader: HeldLoader | None = None, **limits: int) -> MergedParts:
    """All parts of an operation."""
    async with executing(text, loader, **limits) as operation:
        found = MergedParts()
        async for batch in operation.parts:
            await found.add(batch, operation.state)
    return found


async def test_the_initial_part_waits_for_no_deferred_source() -> None:
    loader = HeldLoader([SLOW])
    async with executing('{items(ids:[1]){id ...@defer(label:"slow"){slow{id}}}}', loader) as operation:
        (initial,) = await anext(operation.parts)

        assert initial.response.data == {"items": [{"id": 1}]}
        following = asyncio.ensure_future(operation.next())
        await loader.call(SLOW).has_begun.wait()
        assert not following.done()
        loader.call(SLOW).may_end.set()
        assert await following == ["slow"]


async def test_two_deferred_parts_do_not_wait_for_each_other() -> None:
    loader = HeldLoader([SLOW])
    async with executing(SLOW_AND_OTHER, loader) as operation:
        assert [await operation.next(), await operation.next()] == [[""], ["other"]]
        loader.call(SLOW).may_end.set()
        assert await operation.next() == ["slow"]
        with pytest.raises(StopAsyncIteration):
            await operation.next()


async def test_deferred_parts_are_fetched_side_by_side() -> None:
    # Each fetch waits until the other has begun.
    found = await merged(SLOW_AND_OTHER, HeldLoader(barrier=asyncio.Barrier(2)))

    assert found.data == {"items": [{"id": 1, "slow": {"id": 1}, "other": {"id": 1}}]}


@pytest.mark.parametrize(
    "inner",
    [
        '...@defer(label:"slow"){slow{id} ...@defer(label:"other"){other{id}}}',
        '...@defer(label:"slow"){slow{id}} ...@defer(label:"other"){slow{id} other{id}}',
    ],
    ids=["inside it", "overlapping it"],
)
async def test_a_part_waits_for_the_one_that_it_needs(inner: str) -> None:
    loader = HeldLoader([SLOW, OTHER])
    async with executing(f"{{items(ids:[1]){{id {inner}}}}}", loader) as operation:
        assert await operation.next() == [""]
        following = asyncio.ensure_future(operation.next())
        await loader.call(OTHER).has_begun.wait()
        loader.call(OTHER).may_end.set()
        await loader.call(SLOW).has_begun.wait()
        assert not following.done()
        loader.call(SLOW).may_end.set()
        assert await following == ["slow", "other"]


async def test_hidden_rows_change_no_number_of_parts() -> None:
    inner = '...@defer(label:"slow"){slow{id ...@defer(label:"other"){other{id}}}}'
    there, missing = [await merged(f"{{items(ids:[{item}]){{id {inner}}}}}") for item in (1, MISSING)]

    assert (there.batches, missing.batches) == ([[0], [1], [2]], [[0, 1, 2]])


async def test_a_last_field_comes_after_all_other_parts() -> None:
    text = '{...@defer(label:"last"){sources} items(ids:[1]){...@defer(label:"slow"){slow{id}} ...@defer{other{id}}}}'
    found = await merged(text)

    assert found.order[-1] == 3
    assert found.data["sources"] == ["items.one", "other.one", "slow.one"]


@pytest.mark.parametrize("is_running", [False, True], ids=["between parts", "while it waits"])
async def test_closing_ends_all_that_runs(is_running: bool) -> None:
    loader, before = HeldLoader([SLOW, OTHER]), asyncio.all_tasks()
    async with executing(SLOW_AND_OTHER, loader) as operation:
        await operation.next()
        following = asyncio.ensure_future(operation.next())
        await loader.call(SLOW).has_begun.wait()
        await loader.call(OTHER).has_begun.wait()
        if is_running:
            following.cancel()
        else:
            loader.call(OTHER).may_end.set()
        await asyncio.wait([following])

    assert set(loader.cancelled) == ({SLOW, OTHER} if is_running else {SLOW})
    assert asyncio.all_tasks() == before


async def test_a_reader_keeps_no_turn_of_the_scheduler() -> None:
    async with executing(SLOW_AND_OTHER) as operation:
        async for _ in operation.parts:
            assert operation.state.time_slice.is_long
            assert not operation.turn.locked()


async def test_a_part_with_a_defect_is_never_given() -> None:
    loader = HeldLoader([NAME], failing=SLOW)
    async with executing('{items(ids:[1]){name ...@defer(label:"slow"){slow{id}}}}', loader) as operation:
        initial = asyncio.ensure_future(operation.next())
        await loader.has_failed.wait()
        loader.call(NAME).may_end.set()

        assert await initial == [""]
        with pytest.raises(RuntimeError, match="a defect"):
            await operation.next()


async def test_an_error_removes_its_fragment_and_not_the_object() -> None:
    found = await merged(f"{{items(ids:[1,{BAD}]){{id ...@defer{{name other{{id}}}}}}}}")

    assert found.data == {"items": [{"id": 1, "name": "item 1", "other": {"id": 1}}, {"id": BAD}]}
    assert [(error.message, error.path) for error in found.errors] == [("no name", ["items", 1, "name"])]


async def test_a_nulled_object_takes_its_deferred_fields_with_it() -> None:
    found = await merged(f"{{items(ids:[1,{BAD}]){{name ...@defer{{id other{{id}}}}}}}}")

    assert found.data == {"items": [{"name": "item 1", "id": 1, "other": {"id": 1}}, None]}
    assert (found.removed, len(found.errors)) == (1, 1)


async def test_a_nulled_object_takes_the_parts_inside_its_parts_with_it() -> None:
    loader, found = HeldLoader([NAME, MANY]), MergedParts()
    inner = "...@defer{other{id ...@defer{slow{id ...@defer{many{id}}}}}}"
    async with executing(f"{{items(ids:[{BAD}]){{name {inner}}}}}", loader) as operation:
        initial = asyncio.ensure_future(anext(operation.parts))
        await loader.call(MANY).has_begun.wait()
        loader.call(NAME).may_end.set()
        await found.add(await initial, operation.state)
        loader.call(MANY).may_end.set()
        async for batch in operation.parts:
            await found.add(batch, operation.state)

    assert found.data == {"items": [None]}
    assert (found.removed, found.order) == (3, [0, 1, 2, 3])


async def test_a_removed_object_is_fetched_no_further() -> None:
    loader = HeldLoader([OTHER])
    inner = "...@defer{other{id slow{id}}}"
    async with executing(f"{{items(ids:[{BAD}]){{name {inner}}}}}", loader) as operation:
        (initial,) = await anext(operation.parts)
        loader.call(OTHER).may_end.set()
        assert [[part.number for part in batch] async for batch in operation.parts] == [[1]]

    assert initial.response.data == {"items": [None]}
    assert loader.ended == [ONE, OTHER]


async def test_the_row_limit_holds_over_all_parts() -> None:
    found = await merged(THREE_LISTS, HeldLoader(many=3), row_limit=7)

    assert sorted(len(each or ()) for each in found.data["items"][0].values()) == [0, 3, 3]
    assert list(found.nulls.values()) == ["row limit"]


async def test_the_size_limit_holds_over_all_parts() -> None:
    many = 10_000  # more than are completed without a pause
    async with executing(THREE_LISTS, HeldLoader(many=many)) as operation:
        async for _ in operation.parts:
            pass
        size, measured = operation.state.reply_size, operation.state.measured_size()
    found = await merged(THREE_LISTS, HeldLoader(many=many), size_limit=measured - 1)

    assert not size.is_exact
    assert size.bytes >= measured > many * 3 * OBJECT_BYTES
    assert sorted(len(each or ()) for each in found.data["items"][0].values()) == [0, many, many]
    assert list(found.nulls.values()) == ["size limit"]


async def test_each_object_with_deferred_fields_counts_toward_the_size() -> None:
    ids = ",".join(map(str, range(100, 200)))
    names = " ".join(f"name_{number}:name" for number in range(20))
    async with executing(f"{{items(ids:[{ids}]){{...@defer{{{names}}}}}}}") as operation:
        initial = await anext(operation.parts)
        size, measured = operation.state.reply_size.bytes, operation.state.measured_size()

    assert [len(part.inner) for part in initial] == [100]
    assert size >= measured >= 100 * (FRAGMENT_BYTES + OBJECT_BYTES + 20 * len("name_"))


async def test_the_limit_on_errors_holds_over_all_parts() -> None:
    ids = ",".join(map(str, range(100, 100 + MAX_ERRORS // 2 + 1)))
    text = f"{{items(ids:[{ids}]){{...@defer{{a:other{{tags}}}} ...@defer{{b:slow{{tags}}}}}}}}"
    found = await merged(text, HeldLoader(tags="no list"))

    assert len(found.errors) == MAX_ERRORS
    assert sorted(set(found.nulls.values())) == ["size limit"]
    assert len(found.nulls) == MAX_ERRORS // 2 + 1


async def test_too_many_errors_of_inputs_leave_out_the_derived_field() -> None:
    ids = ",".join(map(str, range(100, 100 + MAX_ERRORS + 1)))
    found = await merged(f"{{items(ids:[{ids}]){{...@defer{{digest other{{id}}}}}}}}", HeldLoader(tags="no list"))

    assert {each["digest"] for each in found.data["items"]} == {None}
    assert all(each["other"] for each in found.data["items"])
    assert set(found.nulls.values()) == {"size limit"}
    assert len(found.nulls) == MAX_ERRORS + 1
