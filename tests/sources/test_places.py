"""Places: how many there are, who is next, and that none is lost whatever becomes of those who wait."""

from __future__ import annotations

import asyncio

import pytest

from sources.places import Places

LONG = 60.0


async def waiting(places: Places, number: int) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.create_task(places.take(LONG)) for _ in range(number)]
    await asyncio.sleep(0)
    return tasks


async def test_there_are_so_many_and_no_more() -> None:
    places = Places(2)

    assert [places.take_now() for _ in range(3)] == [True, True, False]
    assert not await places.take(0)
    assert not await places.take(0.001)
    assert places.taken == 2


async def test_who_has_waited_longest_is_next_and_nobody_overtakes() -> None:
    places = Places(1)
    assert places.take_now()
    first, second = await waiting(places, 2)
    places.free()

    assert not places.take_now()
    assert await first
    assert not second.done()
    places.free()
    assert await second
    assert places.taken == 1


async def test_one_who_gave_up_is_passed_over() -> None:
    places = Places(1)
    assert places.take_now()
    assert not await places.take(0.001)
    (patient,) = await waiting(places, 1)
    places.free()

    assert await patient


@pytest.mark.parametrize("is_given", [False, True], ids=["before it is given one", "after"])
async def test_one_who_leaves_takes_no_place_along(is_given: bool) -> None:
    places = Places(1)
    assert places.take_now()
    leaver, patient = await waiting(places, 2)
    if is_given:
        places.free()
    leaver.cancel()
    await asyncio.wait([leaver])
    if not is_given:
        places.free()

    assert leaver.cancelled()
    assert await patient
    places.free()
    assert places.taken == 0
    assert places.take_now()


async def test_with_fewer_places_those_inside_stay_and_with_more_those_who_wait_come_in() -> None:
    places = Places(2)
    assert places.take_now()
    assert places.take_now()
    first, second = await waiting(places, 2)
    places.limit = 1
    places.free()
    await asyncio.sleep(0)
    assert (places.taken, first.done()) == (1, False)
    places.limit = 3

    assert await first
    assert await second
    assert places.taken == 3
