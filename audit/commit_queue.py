"""Commit queue: entries that wait for the next commit of a journal. All that wait share one (group commit)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import perf_counter, thread_time
from typing import NamedTuple

import orjson

from audit.chain import Receipt
from audit.entry import Entry
from audit.errors import JournalUnavailable

log = logging.getLogger(__name__)

QUEUE_LIMIT = 1_024
GATHER_S = 0.002
IDLE_TURN_S = 0.0001
"""Processor time of a turn of the event loop, at most, if it has nothing else to do."""

TimingObserver = Callable[[float, float], None]
"""Called for each entry that gets a receipt, with the seconds in the queue and the seconds of its commit.

The commit includes waiting for the worker thread or connection, and for the write lock.
"""


class QueuedEntry(NamedTuple):
    """The bytes of an entry, and the future of its receipt and of the time at which it left the queue."""

    body: bytes
    receipt_future: asyncio.Future[tuple[Receipt, float]]


class CommitQueue:
    """Queue of one open journal. Its commits run one after another.

    commit:      starts the commit of some entries, and returns the future of their receipts.
    batch_limit: entries of one commit.
    gather_s:    time for which a commit waits while the event loop is busy, for the entries of that work.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[bytes]], asyncio.Future[list[Receipt]]],
        *,
        batch_limit: int,
        deadline_s: float,
        limit: int = QUEUE_LIMIT,
        gather_s: float = GATHER_S,
        observe_timing: TimingObserver | None = None,
    ) -> None:
        self._commit = commit
        self._batch_limit = batch_limit
        self._deadline_s = deadline_s
        self._limit = limit
        self._gather_s = gather_s
        self._observe_timing = observe_timing
        self._entries: list[QueuedEntry] = []
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    async def append(self, entry: Entry) -> Receipt:
        """The receipt of an entry. Raises: JournalUnavailable if it has none at the deadline."""
        if len(self._entries) >= self._limit:
            raise JournalUnavailable from asyncio.QueueFull()
        try:
            body = entry.to_bytes()
        except orjson.JSONEncodeError as cause:
            raise JournalUnavailable from cause
        loop = asyncio.get_running_loop()
        receipt_future: asyncio.Future[tuple[Receipt, float]] = loop.create_future()
        queued_at = perf_counter()
        self._entries.append(QueuedEntry(body, receipt_future))
        if self._is_idle.is_set():
            self._is_idle.clear()
            self._commit_when_idle()
        timeout_handle = loop.call_later(self._deadline_s, _fail_append, receipt_future, TimeoutError())
        try:
            receipt, dequeued_at = await receipt_future
        finally:
            timeout_handle.cancel()
        if self._observe_timing is not None:
            self._observe_timing(dequeued_at - queued_at, perf_counter() - dequeued_at)
        return receipt

    async def drain(self) -> None:
        """Return when no entry waits and no commit runs, or at the deadline, when the last commit has been started."""
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._is_idle.wait()
        except TimeoutError:
            log.error("the journal is closed while its disk does not respond; its last entries may not be written")
            if self._entries:
                self._start_commit()

    def _commit_when_idle(self) -> None:
        """Start a commit when the event loop has nothing else to do, or after `gather_s`.

        A commit of eight entries takes less than twice as long as that of one, and while the loop is busy it mostly
        waits for the interpreter lock: docs/decisions/0054.
        """
        loop = asyncio.get_running_loop()
        latest_start, turned_at = perf_counter() + self._gather_s, thread_time()

        def look() -> None:
            nonlocal turned_at
            last_turned_at, turned_at = turned_at, thread_time()
            if turned_at - last_turned_at < IDLE_TURN_S or perf_counter() >= latest_start:
                self._start_commit()
            else:
                loop.call_soon(look)

        loop.call_soon(look)

    def _start_commit(self) -> None:
        batch, self._entries = self._entries[: self._batch_limit], self._entries[self._batch_limit :]
        dequeued_at = perf_counter()
        commit = self._commit([queued.body for queued in batch])
        commit.add_done_callback(lambda commit: self._on_committed(batch, dequeued_at, commit))

    def _on_committed(
        self, batch: Sequence[QueuedEntry], dequeued_at: float, commit: asyncio.Future[list[Receipt]]
    ) -> None:
        try:
            receipts = commit.result()
        except Exception as cause:  # noqa: BLE001 - every waiting append must get it, of any class
            log.error("%d entries are not in the journal: %s", len(batch), cause)
            for queued in batch:
                _fail_append(queued.receipt_future, cause)
        else:
            for queued, receipt in zip(batch, receipts, strict=True):
                if not queued.receipt_future.done():
                    queued.receipt_future.set_result((receipt, dequeued_at))
        if self._entries:
            self._commit_when_idle()
        else:
            self._is_idle.set()


def _fail_append(receipt_future: asyncio.Future[tuple[Receipt, float]], cause: Exception) -> None:
    """Fail an append. Each gets its own error: re-raising one shared exception would mix their tracebacks."""
    if not receipt_future.done():
        error = JournalUnavailable()
        error.__cause__ = cause
        receipt_future.set_exception(error)
