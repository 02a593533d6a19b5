"""A crew: threads that run what is due for several files, as few of them awake as will do.

SQLite would stop the event loop, so it runs in threads. But each thread that is awake takes its turn at the interpreter
lock, and so does the loop for each answer that is brought to it. So one thread runs all that is due, whichever files it
is for, and brings the answers back in one go. A second is woken only when the first is found at one errand twice by the
clock: a file that is slow, or hangs, keeps as many threads as it has lines and holds up nobody else.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from time import monotonic

from sources.sqlite.job import Job
from sources.sqlite.worker import WorkerThread

TICK_S = 0.005
"""The clock that all here goes by: how late a deadline may be, and about when another thread is woken for the rest."""
IDLE_TICK_S = 0.25
"""The same clock where nobody waits any more and what runs is only to be stopped."""


class WorkerPool:
    """As many threads, at the most, as its members have lines. None is started before it is needed."""

    def __init__(self) -> None:
        self._members: set[object] = set()
        self._idle: list[WorkerThread] = []
        self._awake: dict[WorkerThread, asyncio.Task[None]] = {}
        self._is_called = False
        self._clock: asyncio.TimerHandle | None = None
        # What follows belongs to the loop and the threads together.
        self._lock = threading.Lock()
        self._due: deque[Job] = deque()
        self._running: set[Job] = set()
        self._ended: list[Job] = []

    def join(self, member: object, lines: int) -> None:
        """There is work to come for so many lines."""
        self._members.add(member)
        self._idle += [WorkerThread(self.errands) for _ in range(lines)]

    async def leave(self, member: object) -> None:
        """The last one ends the threads. One that hangs ends by itself, should it ever wake."""
        self._members.discard(member)
        if self._members:
            return
        if self._clock is not None:
            self._clock.cancel()
        if self._awake:
            _, hung = await asyncio.wait(self._awake.values(), timeout=IDLE_TICK_S)
            for work in hung:
                work.cancel()
            await asyncio.gather(*hung, return_exceptions=True)
        for hand in self._idle:
            await hand.close()

    def send(self, errand: Job) -> None:
        """Have it done. Its answer is TimeoutError when its time has passed."""
        with self._lock:
            self._due.append(errand)
        if not self._is_called:
            # Not yet: what else becomes due in this turn of the loop goes with it.
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._call)

    def errands(self) -> Iterator[Job]:
        """What is due, one after the other; the one before has then been done. Called in a thread."""
        errand = self._next(None)
        while errand is not None:
            yield errand
            errand = self._next(errand)

    def _next(self, done: Job | None) -> Job | None:
        with self._lock:
            if done is not None:
                assert done.line is not None
                done.back.append(done.line)
                self._running.discard(done)
                self._ended.append(done)
            for _ in range(len(self._due)):
                errand = self._due.popleft()
                if errand.answer.done():
                    continue
                if errand.lines:
                    errand.line = errand.lines.pop()  # the last one back: its page cache is warm
                    self._running.add(errand)
                    return errand
                self._due.append(errand)
        return None

    def _call(self) -> None:
        """Wake a thread for what is due, unless one is awake that is not held up."""
        self._is_called = False
        self._wind(TICK_S)
        if self._idle and all(hand.is_held_up for hand in self._awake) and self._can_go_on():
            hand = self._idle.pop()
            self._awake[hand] = asyncio.create_task(self._work(hand))

    def _can_go_on(self) -> bool:
        """Is anything due that has a line to go by?"""
        with self._lock:
            return any(errand.lines and not errand.answer.done() for errand in self._due)

    async def _work(self, hand: WorkerThread) -> None:
        try:
            await hand.work()
        except Exception as fault:  # noqa: BLE001 - no thread could be started, or no memory was left for one
            with self._lock:
                for errand in self._due:
                    errand.fault = OSError(type(fault).__name__)
                self._ended.extend(self._due)
                self._due.clear()
        finally:
            del self._awake[hand]
            self._idle.append(hand)
        self._deliver()
        self._call()

    def _deliver(self) -> None:
        with self._lock:
            ended, self._ended = self._ended, []
        for errand in ended:
            errand.settle()

    def _look(self) -> None:
        """What the time that has passed asks for."""
        self._clock = None
        self._deliver()
        now = monotonic()
        with self._lock:
            for errand in (*self._due, *self._running):
                if errand.until <= now:
                    errand.fail(TimeoutError())
            for errand in self._running:
                # A line is given to the next errand under the same lock, so this hits no other.
                if errand.answer.done() and errand.line is not None:
                    errand.line.interrupt()
            is_waited_for = any(not errand.answer.done() for errand in (*self._due, *self._running))
            is_at_work = bool(self._running)
        for hand in self._awake:
            hand.look()
        if is_waited_for:
            self._call()
        elif is_at_work:
            self._wind(IDLE_TICK_S)

    def _wind(self, seconds: float) -> None:
        """Have the clock turn by then."""
        loop = asyncio.get_running_loop()
        if self._clock is not None:
            if self._clock.when() <= loop.time() + seconds:
                return
            self._clock.cancel()
        self._clock = loop.call_later(seconds, self._look)
