"""Cooperative scheduling: a long operation runs in time slices, so that short ones are answered meanwhile.

An operation is long once it has used up a time slice. Long operations take turns, one at a time. While any short one is
in progress, a long one pauses after each slice for as long as the slice took: a short operation needs the event loop
ten times or more, and would wait for a slice each time. If a turn ends without a pause, the next one begins with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter, thread_time
from typing import Self

TIME_SLICE_S = 0.005
SHORTEST_PAUSE_S = 0.001


class Scheduler:
    """Shares the event loop of a process among its operations."""

    def __init__(
        self, clock: Callable[[], float] = thread_time, elapsed_clock: Callable[[], float] = perf_counter
    ) -> None:
        """`clock` counts only processor time: on a busy machine a short operation stays short.

        `elapsed_clock` runs at least as fast, and costs a fifth of it.
        """
        self.clock, self.elapsed_clock = clock, elapsed_clock
        self.short_operations = 0
        self.turn = asyncio.Lock()
        self.pause_due_s = 0.0

    def operation(self) -> TimeSlice:
        """The time slices of one operation, which lasts as long as it is entered."""
        return TimeSlice(self)


class TimeSlice:
    """The processor time that one operation has used since it last waited."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._elapsed_clock = scheduler.elapsed_clock
        self._has_turn = False
        self.is_long = False
        self._begin()

    def __enter__(self) -> Self:
        self._scheduler.short_operations += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.suspend()
        self._scheduler.short_operations -= not self.is_long

    @property
    def is_over(self) -> bool:
        """Whether the operation should `pause` before it goes on."""
        return self._elapsed_clock() > self._earliest_end and self._scheduler.clock() - self._began_at > TIME_SLICE_S

    async def pause(self) -> None:
        """Let other operations run, and then begin a new time slice. From now on the operation is long."""
        scheduler, used_s = self._scheduler, self._scheduler.clock() - self._began_at
        if not self.is_long:
            self.is_long = True
            scheduler.short_operations -= 1
        await asyncio.sleep(used_s if scheduler.short_operations else 0)
        self._begin()
        self.suspend()
        await self.resume()

    def suspend(self) -> None:
        """Let other long operations run while this one waits for something else."""
        if self._has_turn:
            self._has_turn = False
            self._scheduler.pause_due_s = self._scheduler.clock() - self._began_at
            self._scheduler.turn.release()

    async def resume(self) -> None:
        """Begin a new time slice, after waiting for something else; if the operation is long, when it has its turn."""
        if self.is_long and not self._has_turn:
            await self._scheduler.turn.acquire()
            self._has_turn = True
            if self._scheduler.short_operations and self._scheduler.pause_due_s > SHORTEST_PAUSE_S:
                await asyncio.sleep(self._scheduler.pause_due_s)
        self._begin()

    def _begin(self) -> None:
        self._began_at, self._earliest_end = self._scheduler.clock(), self._elapsed_clock() + TIME_SLICE_S
