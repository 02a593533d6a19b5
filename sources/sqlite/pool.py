"""Worker pool: runs the jobs of several SQLite sources on as few awake threads as possible.

SQLite blocks, so it runs in threads. But each awake thread competes for the interpreter lock, and so does the event
loop for every result that is brought to it. So one thread runs all queued jobs, of whichever files, and the results
come back together. A second thread starts only if the first is on the same job for two ticks. A slow or hanging file
can hold as many threads as it has connections, and there is still one for each connection of the others.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

from sources.sqlite.connection import PooledConnection
from sources.worker_thread import WorkerThread

TICK_S = 0.005
"""Seconds between two ticks: how late a deadline may be, and half of the time until a stalled thread gets help."""
IDLE_TICK_S = 0.25
"""Seconds between two ticks while no result is awaited, and running jobs only have to be interrupted."""


@dataclass(slots=True, eq=False)
class Job:
    """A function to call with a connection in a worker thread, by a deadline on the `monotonic` clock."""

    fn: Callable[[PooledConnection], Any]
    idle_connections: list[PooledConnection]
    return_to: list[PooledConnection]
    """The list to which the connection returns afterwards."""
    deadline: float
    future: asyncio.Future[Any]
    connection: PooledConnection | None = None
    ticks: int = 0
    """The number of ticks that found it running."""
    result: Any = None
    error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        """Set the error, unless there is a result. If the job is running, the next tick interrupts it."""
        if not self.future.done():
            self.future.set_exception(error)

    def resolve(self) -> None:
        """Set the result or the error, unless the future is done."""
        if self.error is not None:
            self.fail(self.error)
        elif not self.future.done():
            self.future.set_result(self.result)


class PoolStatistics(NamedTuple):
    """Jobs that wait for a thread or a connection, jobs that run, and threads that are awake."""

    queued: int
    running: int
    busy_workers: int


class WorkerPool:
    """Threads for the connections of its clients, at most one each. None starts before it is needed."""

    def __init__(self, tick_s: float = TICK_S) -> None:
        self._tick_s = tick_s
        self._clients: set[object] = set()
        self._idle: list[WorkerThread] = []
        self._busy: dict[WorkerThread, asyncio.Future[None]] = {}
        self._wake_scheduled = False
        self._ticker: asyncio.TimerHandle | None = None
        # The lock guards these three, which the event loop and the threads share, and each list of idle connections.
        self._lock = threading.Lock()
        self._queued: deque[Job] = deque()
        self._running: set[Job] = set()
        self._finished: list[Job] = []

    def register(self, client: object, connections: int) -> None:
        """Allow one more thread for each connection of this client."""
        self._clients.add(client)
        self._idle += [WorkerThread("needtoknow-sqlite") for _ in range(connections)]

    async def unregister(self, client: object) -> None:
        """Forget a client; the last one stops the threads. A thread that hangs stops if its call ever returns."""
        self._clients.discard(client)
        if self._clients:
            return
        if self._ticker is not None:
            self._ticker.cancel()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=IDLE_TICK_S)
        for worker in (*self._idle, *self._busy):
            worker.stop()

    def submit(self, job: Job) -> None:
        """Queue a job. Its future gets TimeoutError at its deadline."""
        with self._lock:
            self._queued.append(job)
        if not self._wake_scheduled:
            # Not now: jobs that this turn of the loop submits next go to the same wake-up.
            self._wake_scheduled = True
            asyncio.get_running_loop().call_soon(self._wake_worker)

    def statistics(self) -> PoolStatistics:
        """How much there is to do, and how many threads do it."""
        with self._lock:
            return PoolStatistics(len(self._queued), len(self._running), len(self._busy))

    def _wake_worker(self) -> None:
        """Wake a thread for the queued jobs, unless one is awake that is not stalled."""
        self._wake_scheduled = False
        self._schedule_tick(self._tick_s)
        if self._idle and self._needs_worker():
            worker = self._idle.pop()
            self._busy[worker] = worker.run(self._run_jobs)
            self._busy[worker].add_done_callback(lambda future: self._on_worker_done(worker, future))

    def _needs_worker(self) -> bool:
        with self._lock:
            # A busy thread without a running job is about to take one.
            are_stalled = len(self._running) >= len(self._busy) and all(job.ticks >= 2 for job in self._running)
            return are_stalled and any(job.idle_connections and not job.future.done() for job in self._queued)

    def _on_worker_done(self, worker: WorkerThread, future: asyncio.Future[None]) -> None:
        del self._busy[worker]
        self._idle.append(worker)
        error = None if future.cancelled() else future.exception()
        if error is not None:  # no thread could be started, or its memory ran out
            with self._lock:
                for job in self._queued:
                    job.error = OSError(type(error).__name__)
                self._finished.extend(self._queued)
                self._queued.clear()
        self._resolve_finished()
        if self._queued:
            self._wake_worker()

    def _resolve_finished(self) -> None:
        with self._lock:
            finished, self._finished = self._finished, []
        for job in finished:
            job.resolve()

    def _tick(self) -> None:
        """Resolve results, enforce deadlines, interrupt abandoned jobs, and count the ticks of each running job."""
        self._ticker = None
        self._resolve_finished()
        now = monotonic()
        with self._lock:
            for job in (*self._queued, *self._running):
                if job.deadline <= now:
                    job.fail(TimeoutError())
            for job in self._running:
                job.ticks += 1
                # Another job gets the connection under the same lock, so the interrupt cannot hit that one.
                if job.future.done() and job.connection is not None:
                    job.connection.interrupt()
            is_awaited = any(not job.future.done() for job in (*self._queued, *self._running))
            is_running = bool(self._running)
        if is_awaited:
            self._wake_worker()
        elif is_running:
            self._schedule_tick(IDLE_TICK_S)

    def _schedule_tick(self, seconds: float) -> None:
        """Have the next tick within `seconds`."""
        loop = asyncio.get_running_loop()
        if self._ticker is not None:
            if self._ticker.when() <= loop.time() + seconds:
                return
            self._ticker.cancel()
        self._ticker = loop.call_later(seconds, self._tick)

    def _run_jobs(self) -> None:
        """Run queued jobs until none is left that has an idle connection. Called in a worker thread."""
        job = self._next_job(None)
        while job is not None:
            assert job.connection is not None
            try:
                job.result = job.fn(job.connection)
            except BaseException as error:  # noqa: BLE001 - it is the job's result, of any class
                job.error = error
            job = self._next_job(job)

    def _next_job(self, finished: Job | None) -> Job | None:
        """Return the connection of the job before, and take the next job that has an idle connection from the queue."""
        with self._lock:
            if finished is not None:
                assert finished.connection is not None
                finished.return_to.append(finished.connection)
                self._running.discard(finished)
                self._finished.append(finished)
            for _ in range(len(self._queued)):
                job = self._queued.popleft()
                if job.future.done():
                    continue
                if job.idle_connections:
                    job.connection = job.idle_connections.pop()  # the last one returned: its page cache is warm
                    self._running.add(job)
                    return job
                self._queued.append(job)
        return None
