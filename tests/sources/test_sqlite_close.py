"""SqliteSource: closing it, with statements that hang, and the end of the process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sources.errors import SourceUnavailable
from tests.sources.sqlite_files import NAME, OpenSource, RunEndless, failure_status, worker_threads


async def test_close_may_be_called_twice_and_concurrently(open_source: OpenSource) -> None:
    source = open_source(connections=2)
    await source.fetch(NAME)

    await asyncio.gather(source.close(), source.close())
    await source.close()

    assert await failure_status(source) == "DOWN"


async def test_close_interrupts_the_statement_on_an_open_connection(
    open_source: OpenSource, run_endless: RunEndless
) -> None:
    source = open_source()
    await source.fetch(NAME)
    (running,) = await run_endless(source)

    async with asyncio.timeout(10):
        await source.close()

    with pytest.raises(SourceUnavailable) as caught:
        await running
    assert caught.value.status == "DOWN"


async def test_close_fails_running_and_waiting_statements(open_source: OpenSource, run_endless: RunEndless) -> None:
    source = open_source()
    (running,) = await run_endless(source)
    waiting = asyncio.create_task(source.fetch(NAME))
    await asyncio.sleep(0)

    await source.close()

    for task in (running, waiting):
        with pytest.raises(SourceUnavailable) as caught:
            await task
        assert caught.value.status == "DOWN"


async def test_a_hanging_file_system_holds_up_neither_the_deadline_nor_close(
    path: Path, open_source: OpenSource
) -> None:
    path.unlink()
    os.mkfifo(path)  # opening it waits for a writer, in a call that nothing interrupts
    source = open_source(deadline_s=0.1)
    before = worker_threads()

    assert await failure_status(source) == "TIMEOUT"
    assert await failure_status(source) == "TIMEOUT"
    (thread,) = worker_threads() - before  # the hanging call holds its connection, so such calls cannot pile up
    await source.close()

    os.close(os.open(path, os.O_WRONLY))  # end the wait
    thread.join(timeout=10)
    assert not thread.is_alive()


async def test_a_connection_that_hangs_past_close_is_closed_when_it_returns(
    path: Path, open_source: OpenSource
) -> None:
    resume = threading.Event()

    class HangingPath(type(path)):  # type: ignore[misc]
        """A path whose file system hangs until `resume` is set."""

        def stat(self, **_: bool) -> os.stat_result:
            resume.wait()
            return path.stat()

    source = open_source(HangingPath(path), deadline_s=0.05)
    before = worker_threads()
    assert await failure_status(source) == "TIMEOUT"
    (thread,) = worker_threads() - before
    await source.close()

    resume.set()
    thread.join(timeout=10)

    assert not thread.is_alive()
    assert str(path) not in {os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["await source.close()", "pass"])
@pytest.mark.parametrize("source", ["endless", "hanging", "healthy"])
def test_the_process_ends_even_if_the_source_hangs(path: Path, source: str, ending: str) -> None:
    if source == "hanging":
        path.unlink()
        os.mkfifo(path)
    script = f"""
import asyncio
from pathlib import Path
from sources.errors import SourceUnavailable
from tests.sources.sqlite_files import ENDLESS, NAME
from sources.sqlite.source import SqliteSource

async def main():
    source = SqliteSource("things", Path({str(path)!r}), deadline_s=0.2)
    try:
        await source.fetch({"ENDLESS" if source == "endless" else "NAME"})
        print("OK")
    except SourceUnavailable as error:
        print(error.status)
    {ending}

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)

    assert done.stdout.split() == ["OK" if source == "healthy" else "TIMEOUT"]
