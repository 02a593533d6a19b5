"""Worker pool: runs the jobs of several SQLite sources on as few busy worker threads as possible.

SQLite blocks, so it runs in threads. But each busy thread competes for the interpreter lock, and so does the event
loop for every result that is brought to it. So one thread runs all queued jobs, of whichever files, and the results
come back together. A second thread starts only if the first is on the same job for two polls. A hanging file blocks at
most its own number of connections; threads remain for all others.
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

POLL_INTERVAL_S = 0.005
"""Seconds between polls: how late a deadline may be. A job still running after two polls gets a second thread."""
IDLE_POLL_INTERVAL_S = 0.25
"""Seconds between polls while no result is awaited, and running jobs only have to be interrupted."""
SHUTDOWN_WAIT_S = 0.25
"""Seconds that the last source waits for busy threads when it unregisters."""


@dataclass(slots=True, eq=False)
class Job:
    """A function to call with a connection in a worker thread, by a deadline on the `monotonic` clock."""

    function: Callable[[PooledConnection], Any]
    idle_connections: list[PooledConnection]
    release_to: list[PooledConnection]
    """Where the connection goes afterwards."""
    deadline: float
    future: asyncio.Future[Any]
    connection: PooledConnection | None = None
    polls_while_running: int = 0
    outcome_value: Any = None
    outcome_error: BaseException | None = None

    def fail_future(self, error: BaseException) -> None:
        """Set the future's error, unless it is done. If the job is running, the next poll interrupts it."""
        if not self.future.done():
            self.future.set_exception(error)

    def resolve(self) -> None:
        """Give the outcome to the future, unless it is done."""
        if self.outcome_error is not None:
            self.fail_future(self.outcome_error)
        elif not self.future.done():
            self.future.set_result(self.outcome_value)


class PoolStatistics(NamedTuple):
    """Jobs that wait for a thread or a connection, jobs that run, and threads that were woken and are not idle yet."""

    queued: int
    running: int
    busy_workers: int


class WorkerPool:
    """Worker threads for the connections of its sources, at most one each. None starts before it is needed."""

    def __init__(self, poll_interval_s: float = POLL_INTERVAL_S) -> None:
        self._poll_interval_s = poll_interval_s
        self._sources: set[object] = set()
        self._worker_limit = 0
        self._idle: list[WorkerThread] = []
        self._busy: dict[WorkerThread, asyncio.Future[None]] = {}
        self._wake_scheduled = False
        self._poll_timer: asyncio.TimerHandle | None = None
        # The lock guards these three, which the event loop and the threads share, and each list of idle connections.
        self._lock = threading.Lock()
        self._queued: deque[Job] = deque()
        self._running: set[Job] = set()
        self._finished: list[Job] = []

    def register(self, source: object, connections: int) -> None:
        """Allow one more thread for each connection of this source."""
        self._sources.add(source)
        self._worker_limit += connections

    async def unregister(self, source: object, closed: int) -> None:
        """Allow one thread less for each closed connection of this source. The last source stops all threads.

        A connection that hangs is not closed, and its thread stays allowed, so that other sources have as many as
        before. A hanging thread ends after its call.
        """
        self._sources.remove(source)
        self._worker_limit -= closed
        while self._idle and len(self._idle) + len(self._busy) > self._worker_limit:
            self._idle.pop(0).stop()
        if self._sources:
            return
        if self._poll_timer is not None:
            self._poll_timer.cancel()
            self._poll_timer = None
        busy, self._busy = self._busy, {}
        self._worker_limit = 0
        for worker in (*self._idle, *busy):
            worker.stop()
        self._idle.clear()
        if busy:
            await asyncio.wait(busy.values(), timeout=SHUTDOWN_WAIT_S)

    def submit(self, job: Job) -> None:
        """Queue a job. Its future gets TimeoutError at its deadline."""
        with self._lock:
            self._queued.append(job)
        if not self._wake_scheduled:
            # Not now: jobs that this turn of the loop submits next go to the same wake-up.
            self._wake_scheduled = True
            asyncio.get_running_loop().call_soon(self._wake_worker)

    def fail_jobs(self, idle_connections: list[PooledConnection], error: Callable[[], Exception]) -> None:
        """Fail the jobs that wait for these connections, or have one of them. Those that run are interrupted."""
        with self._lock:
            for job in (*self._queued, *self._running):
                if job.idle_connections is idle_connections:
                    job.fail_future(error())

    def statistics(self) -> PoolStatistics:
        """Numbers of jobs and of the threads that run them."""
        with self._lock:
            return PoolStatistics(len(self._queued), len(self._running), len(self._busy))

    def _wake_worker(self) -> None:
        """Wake or start a thread for the queued jobs, unless one is busy that is not stalled."""
        self._wake_scheduled = False
        self._schedule_poll(self._poll_interval_s)
        if (self._idle or len(self._busy) < self._worker_limit) and self._needs_worker():
            worker = self._idle.pop() if self._idle else WorkerThread("needtoknow-sqlite")
            self._busy[worker] = worker.submit(self._run_jobs)
            self._busy[worker].add_done_callback(lambda future: self._on_worker_done(worker, future))

    def _needs_worker(self) -> bool:
        with self._lock:
            # A busy thread without a running job has just been woken; do not wake another.
            all_stalled = len(self._running) >= len(self._busy) and all(
                job.polls_while_running >= 2 for job in self._running
            )
            return all_stalled and any(job.idle_connections and not job.future.done() for job in self._queued)

    def _on_worker_done(self, worker: WorkerThread, future: asyncio.Future[None]) -> None:
        is_stopped = self._busy.pop(worker, None) is None
        if is_stopped or len(self._idle) + len(self._busy) >= self._worker_limit:
            worker.stop()
        else:
            self._idle.append(worker)
        error = None if future.cancelled() else future.exception()
        with self._lock:
            if error is not None:  # no thread could be started, or its memory ran out
                for job in self._queued:
                    job.outcome_error = OSError(type(error).__name__)
                self._finished.extend(self._queued)
                self._queued.clear()
            has_queued = bool(self._queued)
        self._resolve_finished()
        if has_queued:
            self._wake_worker()

    def _resolve_finished(self) -> None:
        with self._lock:
            finished, self._finished = self._finished, []
        for job in finished:
            job.resolve()

    def _poll(self) -> None:
        """Resolve results, enforce deadlines, interrupt abandoned jobs, and count the polls of each running job."""
        self._poll_timer = None
        self._resolve_finished()
        now = monotonic()
        with self._lock:
            for job in (*self._queued, *self._running):
                if job.deadline <= now:
                    job.fail_future(TimeoutError())
            for job in self._running:
                job.polls_while_running += 1
                # The connection gets its next job under the same lock, so the interrupt cannot hit the next job.
                if job.future.done() and job.connection is not None:
                    job.connection.interrupt()
            is_awaited = any(not job.future.done() for job in (*self._queued, *self._running))
            is_running = bool(self._running)
        if is_awaited:
            self._wake_worker()
        elif is_running:
            self._schedule_poll(IDLE_POLL_INTERVAL_S)

    def _schedule_poll(self, seconds: float) -> None:
        """Schedule the next poll within `seconds`."""
        loop = asyncio.get_running_loop()
        if self._poll_timer is not None:
            if self._poll_timer.when() <= loop.time() + seconds:
                return
            self._poll_timer.cancel()
        self._poll_timer = loop.call_later(seconds, self._poll)

    def _run_jobs(self) -> None:
        """Run queued jobs until none is left that has an idle connection. Called in a worker thread."""
        job = self._next_job(None)
        while job is not None:
            assert job.connection is not None
            try:
                job.outcome_value = job.function(job.connection)
            except BaseException as error:  # noqa: BLE001 - it is the job's outcome, of any class
                job.outcome_error = error
            job = self._next_job(job)

    def _next_job(self, finished: Job | None) -> Job | None:
        """Release the connection of the finished job, and take the next job that has an idle connection."""
        with self._lock:
            if finished is not None:
                assert finished.connection is not None
                finished.release_to.append(finished.connection)
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
