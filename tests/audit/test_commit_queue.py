"""Commit queue: how long entries are gathered before their commit starts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import thread_time

from audit.chain import Receipt
from audit.commit_queue import IDLE_TURN_S, CommitQueue
from audit.entry import Entry

MakeIntent = Callable[..., Entry]


class CommitSizes(list[int]):
    """Commits that succeed at once: the number of entries of each."""

    def commit(self, bodies: Sequence[bytes]) -> asyncio.Future[list[Receipt]]:
        self.append(len(bodies))
        committed = asyncio.get_running_loop().create_future()
        committed.set_result([Receipt(number, b"") for number, _ in enumerate(bodies)])
        return committed


async def sizes_if_busy(gather_s: float, make_intent: MakeIntent) -> list[int]:
    """The sizes of the commits if five entries are appended in five turns of a loop that is busy in each."""
    sizes = CommitSizes()
    queue = CommitQueue(sizes.commit, batch_limit=100, deadline_s=60, gather_s=gather_s)
    appends = []
    for number in range(5):
        appends.append(asyncio.ensure_future(queue.append(make_intent(number))))
        busy_until = thread_time() + 2 * IDLE_TURN_S
        while thread_time() < busy_until:
            pass
        await asyncio.sleep(0)
    await asyncio.gather(*appends)
    return sizes


async def test_the_entries_of_a_busy_loop_share_a_commit(make_intent: MakeIntent) -> None:
    assert await sizes_if_busy(60, make_intent) == [5]


async def test_a_commit_starts_in_time_however_busy_the_loop(make_intent: MakeIntent) -> None:
    first, *others = await sizes_if_busy(0, make_intent)

    assert first == 1
    assert sum(others) == 4


async def test_an_idle_loop_starts_a_commit_at_once(make_intent: MakeIntent) -> None:
    sizes = CommitSizes()
    queue = CommitQueue(sizes.commit, batch_limit=100, deadline_s=60, gather_s=60)

    for number in range(3):
        await queue.append(make_intent(number))

    assert sizes == [1, 1, 1]
