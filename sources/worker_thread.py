"""Worker thread: runs blocking functions one after another for an event loop. Sources and the journal share it.

Decision 0040 says why this is not aiosqlite's thread or asyncio's executor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
Call = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class WorkerThread:
    """A daemon thread, started by the first `run`: a call that hangs in the file system does not keep the process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[Call | None] | None = None

    def run(self, fn: Callable[[], T]) -> asyncio.Future[T]:
        """The future result of `fn()`, which runs after every call before it, even if the future is cancelled.

        The future has RuntimeError or MemoryError if no thread can be started.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            if self._calls is None:
                calls: SimpleQueue[Call | None] = SimpleQueue()
                Thread(target=_run_calls, args=(calls,), name=self._name, daemon=True).start()
                self._calls = calls
            self._calls.put((fn, future))
        except (RuntimeError, MemoryError) as error:
            future.set_exception(error)
        return future

    def stop(self) -> None:
        """End the thread after the calls before; does not wait for it. The next `run` starts another."""
        if self._calls is not None:
            self._calls.put(None)
            self._calls = None


def _run_calls(calls: SimpleQueue[Call | None]) -> None:
    while (call := calls.get()) is not None:
        fn, future = call
        result, error = None, None
        try:
            result = fn()
        except BaseException as raised:  # noqa: BLE001 - the caller gets it, of any class
            error = raised
        with suppress(RuntimeError):  # the loop is closed, so nothing waits for this any more
            future.get_loop().call_soon_threadsafe(_resolve, future, result, error)
        del call, fn, future, result, error  # or an idle thread would keep them


def _resolve(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
