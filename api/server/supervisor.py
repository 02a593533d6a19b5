"""Several processes that serve one socket, so that every core can. Knows nothing of what they serve.

They share the data folder and nothing else. One that is killed has another put in its place; one that ends by itself
ends them all. uvicorn's own supervisor would tell of a journal that does not open by a traceback from each.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from threading import Thread

import typer

from api.config.user_error import UserError

SIGNALS = (signal.SIGINT, signal.SIGTERM)
FORK = multiprocessing.get_context("fork")

Work = Callable[[Callable[[], None]], None]


class Supervisor:
    """That many processes that do `work`; each is given what to call when it answers."""

    def __init__(self, work: Work, count: int, announce: Callable[[], None]) -> None:
        self._work = work
        self._count = count
        self._announce = announce
        self._told, self._tell = FORK.Pipe(duplex=False)
        self._running: dict[int, ForkProcess] = {}
        self._answers = self._is_stopping = False
        self._mistake: str | None = None

    def run(self) -> None:
        """Until SIGINT or SIGTERM. Raises: Mistake, typer.Exit where a worker ended by itself."""
        for each in SIGNALS:
            signal.signal(each, lambda *_: self._stop())
        # The first alone: what is wrong is then told once, and what has to be made is made by one.
        self._start()
        while self._running or self._told.poll():
            for ready in wait([self._told, *self._running]):
                if isinstance(ready, int):
                    self._bury(self._running.pop(ready))
                else:
                    self._hear(self._told.recv())
        if self._mistake is not None:
            raise UserError(self._mistake)

    def _start(self) -> None:
        process = FORK.Process(target=_serve, args=(self._work, self._tell))
        process.start()
        self._running[process.sentinel] = process
        if self._is_stopping:
            process.terminate()

    def _stop(self) -> None:
        self._is_stopping = True
        for process in list(self._running.values()):
            process.terminate()

    def _hear(self, mistake: str | None) -> None:
        if mistake is not None:
            self._mistake = mistake
        elif not self._answers:
            self._answers = True
            for _ in range(self._count - 1):
                self._start()
            self._announce()

    def _bury(self, process: ForkProcess) -> None:
        process.join()
        if self._is_stopping:
            return
        if process.exitcode is not None and process.exitcode < 0:
            self._start()
        else:
            self._mistake = self._mistake or "A worker ended by itself."
            self._stop()


def _serve(work: Work, tell: Connection) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(lambda: tell.send(None))
    except typer.TyperException as mistake:
        tell.send(mistake.format_message())
        sys.exit(1)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
