"""WorkerThread: calls run in order, their results come back, and the thread ends when it is stopped."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sources.worker_thread import WorkerThread


@pytest.fixture
def worker() -> Iterator[WorkerThread]:
    worker = WorkerThread("tested")
    yield worker
    worker.stop()


async def test_calls_run_in_order_in_one_other_thread(worker: WorkerThread) -> None:
    order: list[int] = []

    def call(number: int) -> threading.Thread:
        order.append(number)
        return threading.current_thread()

    threads = await asyncio.gather(*(worker.submit(lambda n=number: call(n)) for number in range(50)))  # type: ignore[misc]

    assert order == list(range(50))
    assert len(set(threads)) == 1
    assert threads[0] is not threading.current_thread()


async def test_an_error_is_the_callers_and_the_thread_goes_on(worker: WorkerThread) -> None:
    with pytest.raises(ZeroDivisionError):
        await worker.submit(lambda: 1 / 0)

    assert await worker.submit(lambda: 2) == 2


async def test_a_cancelled_call_still_runs(worker: WorkerThread) -> None:
    go, has_run = threading.Event(), threading.Event()
    first, second = worker.submit(go.wait), worker.submit(has_run.set)
    second.cancel()
    go.set()
    await first
    await worker.submit(int)

    assert has_run.is_set()


async def test_after_stop_queued_calls_run_and_the_next_starts_a_thread(worker: WorkerThread) -> None:
    first = worker.submit(threading.current_thread)
    worker.stop()
    second = worker.submit(threading.current_thread)

    assert (await first) is not (await second)
    (await first).join(timeout=10)
    assert not (await first).is_alive()


async def test_a_result_is_brought_when_there_is_memory_again(
    worker: WorkerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    call_soon, failures = loop.call_soon_threadsafe, [MemoryError(), MemoryError()]

    def call_soon_without_memory(*arguments: Any, **options: Any) -> asyncio.Handle:
        if failures:
            raise failures.pop()
        return call_soon(*arguments, **options)

    monkeypatch.setattr(loop, "call_soon_threadsafe", call_soon_without_memory)

    assert await worker.submit(lambda: 1) == 1
    assert failures == []
    assert worker.is_alive()


def test_a_call_that_hangs_does_not_keep_the_process_alive() -> None:
    script = """
import asyncio, threading
from sources.worker_thread import WorkerThread

async def main():
    WorkerThread("hangs").submit(threading.Event().wait)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)

    assert done.stderr == ""


def test_a_result_after_the_loop_has_closed_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    go = threading.Event()
    worker = WorkerThread("late")

    async def start() -> threading.Thread:
        worker.submit(go.wait)
        (thread,) = (thread for thread in threading.enumerate() if thread.name == "late")
        return thread

    thread = asyncio.run(start())
    worker.stop()
    go.set()
    thread.join(timeout=10)

    assert not thread.is_alive()
    assert capfd.readouterr().err == ""
