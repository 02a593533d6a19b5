"""Worker thread: runs blocking functions one after another for an event loop. Sources and the journal share it.

asyncio's executor joins its threads at exit, so a call that hangs would keep the process alive. aiosqlite has a thread
for each connection, which costs up to 2.3 times the CPU (decision 0040).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from time import sleep
from typing import Any, NamedTuple, TypeVar

MEMORY_RETRY_S = 0.01

T = TypeVar("T")


class Call(NamedTuple):
    """A function to call in the thread, and the future of its result."""

    function: Callable[[], Any]
    future: asyncio.Future[Any]


class WorkerThread:
    """A daemon thread, started by the first `submit`: a call that hangs does not keep the process alive."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[Call | None] | None = None
        self._thread: Thread | None = None

    def is_alive(self) -> bool:
        """Whether the thread runs. It ends only when it is stopped, or if something ends it from outside its calls."""
        return self._thread is not None and self._thread.is_alive()

    def submit(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """The future result of `function()`. Calls run in order; cancelling the future does not cancel the call.

        The future has RuntimeError or MemoryError if no thread can be started.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            if self._calls is None:
                calls: SimpleQueue[Call | None] = SimpleQueue()
                thread = Thread(target=_run_calls, args=(calls,), name=self._name, daemon=True)
                thread.start()
                self._calls, self._thread = calls, thread
            self._calls.put(Call(function, future))
        except (RuntimeError, MemoryError) as error:
            future.set_exception(error)
        return future

    def stop(self) -> None:
        """End the thread after the queued calls, without waiting for it. The next `submit` starts another."""
        if self._calls is not None:
            self._calls.put(None)
            self._calls = self._thread = None


def _run_calls(calls: SimpleQueue[Call | None]) -> None:
    while (call := calls.get()) is not None:
        function, future = call
        result, error = None, None
        try:
            result = function()
        except BaseException as raised:  # noqa: BLE001 - the caller gets it, of any class
            error = raised
        _hand_over(future, result, error)
        del call, function, future, result, error  # so that an idle thread keeps no reference


def _hand_over(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    while True:
        try:
            future.get_loop().call_soon_threadsafe(_resolve, future, result, error)
        except RuntimeError:  # the loop is closed, so nothing waits for this any more
            return
        except MemoryError:  # without a result, its caller would wait for ever
            sleep(MEMORY_RETRY_S)
        else:
            return


def _resolve(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
